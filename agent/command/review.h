/* SPDX-License-Identifier: GPL-2.0-or-later */
/* review - manifests read once, with all that is wrong in them and in what their clouds ask of
 * their connectors. Nothing of the state directory and no cloud is touched. */
#pragma once

#include "reconcile/model/auto.h"
#include "reconcile/model/fleet.h"

struct review {
	struct fleet *fleet; /* of the good documents */
	GPtrArray *findings; /* struct finding, sorted */
	GPtrArray *notes;    /* char *: what could not be checked here */
	unsigned files;
};

/* Reads @paths (@len of them), directories and files, as one set; without a directory among them,
 * clouds may be elsewhere. @plugin_dir is where connector programs are, after those of
 * $MUSTER_PLUGIN_PATH. Never fails: what is wrong is a finding. */
struct review *review_make(char *const *paths, size_t len, const char *plugin_dir);
void review_free(struct review *review);
/* How many members the fleet wants. */
size_t review_members(const struct review *review);

AUTO_DEFINE(review, review_free);
