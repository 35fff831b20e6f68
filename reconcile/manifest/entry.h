/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entry - one document as a file holds it now: good, or with what is wrong with it. */
#pragma once

#include "reconcile/manifest/row.h"
#include "reconcile/manifest/yaml.h"

struct entry {
	const char *file; /* interned */
	uint32_t line;    /* of the first line of its text */
	char *text;       /* its own YAML, a reference-counted string */
	size_t len;
	enum kind_id kind; /* KINDS: unknown */
	char *name;        /* NULL: unknown */
	struct place name_place;
	void *object;        /* struct cloud or struct deployment; NULL: bad */
	GPtrArray *findings; /* struct finding; never NULL */
	struct yaml_usage usage;
};

/* One document's part of a file. */
struct piece {
	const char *text;
	size_t len;
	uint32_t line;
};

/* Finds the document that begins after the end of @piece (which starts as { text, 0, 1 }), up to
 * @end; false when there is none. */
bool piece_next(struct piece *piece, const char *end);

/* Decodes the document @piece; @usage is what the file has used so far, and grows. */
struct entry *entry_new(const char *file, const struct piece *piece,
                        const struct manifest_limits *limits, struct yaml_usage *usage);
void entry_free(struct entry *entry);
/* Whether it holds nothing, or comments only. */
bool entry_is_empty(const struct entry *entry);
/* The text of an entry with @findings as its list, for more of them. */
struct source entry_source(const struct entry *entry, const struct manifest_limits *limits,
                           GPtrArray *findings);

AUTO_DEFINE(entry, entry_free);
