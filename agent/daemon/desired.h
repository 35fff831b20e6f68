/* SPDX-License-Identifier: GPL-2.0-or-later */
/* desired - the manifest directory as the fleet that is in force, kept so.
 *
 * Puts source, manifests, git and follow together, and keeps last good documents in the store. */
#pragma once

#include "agent/daemon/follow.h"
#include "agent/store/store.h"
#include "reconcile/manifest/manifests.h"

struct desired;

struct desired_options {
	const char *dir; /* absolute */
	bool is_watching;
	const struct manifest_limits *limits;
	const struct follow_options *follow; /* dir is not looked at */
	struct store *store;                 /* NULL: documents are not kept */
	bool is_writing;                     /* documents are kept, not only read */
};

struct desired_events {
	/* Fleet, findings or commit are new. Not called from within desired_open. */
	void (*changed)(void *data);
	/* Something worth a line. */
	void (*note)(const char *text, void *data);
	/* Whether a cloud without a manifest is needed to empty it; NULL: none is. */
	bool (*is_needed)(const char *cloud, void *data);
	void *data;
};

/* Looks once. A directory that cannot be read gives an incomplete fleet and a finding; only a store
 * that cannot be read is an error. */
struct desired *desired_open(const struct desired_options *options,
                             const struct desired_events *events, GError **error);
/* NULL is fine. */
void desired_close(struct desired *desired);
/* See follow_set_settle. */
void desired_set_settle(struct desired *desired, int64_t settle_ms);
/* Looks now. */
void desired_look(struct desired *desired);
/* Lets go of clouds that are gone from the manifests and needed no more; cheap when there are none.
 */
void desired_release(struct desired *desired);
/* Writes documents that could not be written before; cheap when there are none. */
bool desired_keep(struct desired *desired, GError **error);

/* Borrowed until the next change. */
struct fleet *desired_fleet(const struct desired *desired);
/* struct finding, sorted. */
GPtrArray *desired_findings(const struct desired *desired);
/* How many files the last look knew. */
unsigned desired_files(const struct desired *desired);
/* "watching 3 directories", or "read once". */
const char *desired_following(const struct desired *desired);

AUTO_DEFINE(desired, desired_close);
