/* SPDX-License-Identifier: GPL-2.0-or-later */
/* claim - all that is known of one kind and name: the documents that say it is theirs, and the
 * version in force. */
#pragma once

#include "reconcile/manifest/entry.h"

struct claim {
	enum kind_id kind;
	char *name;
	GPtrArray *entries; /* struct entry, borrowed from their files */

	/* The last good version; text NULL: none. */
	char *good_text; /* a reference-counted string */
	const char *good_file;
	uint32_t good_line;
	bool is_changed; /* since it was last taken */

	/* What is wrong over the whole set, as of the last look. */
	GPtrArray *findings;         /* struct finding; NULL: nothing */
	const struct entry *checked; /* whose references the findings are about */
	uint64_t checked_at;         /* against which set of clouds */

	/* The good version, flagged. */
	void *stale;
	char *why_stale;
};

/* A claim without documents. */
struct claim *claim_new(enum kind_id kind, const char *name);
/* Frees the claim, not the entries. */
void claim_free(struct claim *claim);
/* For g_ptr_array_sort: in the order of key_compare. */
int claim_compare(const void *a, const void *b);
/* Takes @text as the good version; is_changed says whether it is another than before. */
void claim_set_good(struct claim *claim, const char *text, const char *file, uint32_t line);
/* Forgets the good version. */
void claim_drop_good(struct claim *claim);
/* The good version flagged as stale because of @why; NULL where there is none. Borrowed. */
void *claim_stale(struct claim *claim, const struct manifest_limits *limits, const char *why);
/* Finds two documents of one name; true when there are. */
bool claim_check_single(struct claim *claim, const struct manifest_limits *limits);
