/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slot - all that is known of one kind and name: the documents that say it is theirs, and the
 * version in force. */
#pragma once

#include "reconcile/manifest/entry.h"

struct slot {
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

/* A slot without documents. */
struct slot *slot_new(enum kind_id kind, const char *name);
/* Frees the slot, not the entries. */
void slot_free(struct slot *slot);
/* For g_ptr_array_sort: in the order of key_compare. */
int slot_compare(const void *a, const void *b);
/* Takes @text as the good version; is_changed says whether it is another than before. */
void slot_set_good(struct slot *slot, const char *text, const char *file, uint32_t line);
/* Forgets the good version. */
void slot_drop_good(struct slot *slot);
/* The good version flagged as stale because of @why; NULL where there is none. Borrowed. */
void *slot_stale(struct slot *slot, const struct manifest_limits *limits, const char *why);
/* Finds two documents of one name; true when there are. */
bool slot_check_single(struct slot *slot, const struct manifest_limits *limits);
