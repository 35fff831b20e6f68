/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record - what we remember of a member between passes and across restarts.
 *
 * A memory, not the truth: with the database lost, marks rebuild it. A record exists from the first
 * intent to create its member until the member is not desired and its instance is proved gone. */
#pragma once

#include "reconcile/model/auto.h"
#include "reconcile/model/fault.h"
#include "reconcile/model/place.h"

#include <stdbool.h>
#include <stdint.h>

struct record {
	char *key;
	char *cloud;              /* where its instance is, or is being made */
	char *uid;                /* of the current creation; NULL: none */
	char *instance_id;        /* NULL: not known */
	char *fingerprint;        /* what that creation asked for */
	unsigned rank;            /* of its component: removal goes from the highest down */
	bool is_protected;        /* outlives its line in the manifest */
	int64_t created_at_ms;    /* of the current creation's intent */
	int64_t ready_at_ms;      /* first seen ready; 0: not yet */
	int64_t missing_since_ms; /* its manifest is missing since; 0: it is not */
	/* The last failure, and when the next attempt may be made. */
	unsigned attempts;
	int64_t retry_at_ms;
	enum fault fault; /* FAULT_NONE: the last operation succeeded */
	char *fault_text;
	char *commit;       /* of the last operation */
	struct place place; /* of the line that asked for it */
};

/* A record of which only the key is known; owned by the caller. */
struct record *record_new(const char *key);
/* NULL is fine. */
void record_free(struct record *record);
struct record *record_copy(const struct record *record);

AUTO_DEFINE(record, record_free);
