/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source - one document's text, where it stands, and what is found wrong with it. */
#pragma once

#include "reconcile/manifest/manifests.h"
#include "reconcile/manifest/node.h"

enum {
	SOURCE_FINDINGS_MAX =
		100 /* a file with more has one cause, and each costs a look at the text */
};

struct source {
	const char *file; /* interned */
	const char *text; /* valid UTF-8; borrowed */
	size_t len;
	uint32_t line; /* of the first line of @text */
	const struct manifest_limits *limits;
	GPtrArray *findings; /* struct finding; borrowed, appended to */
};

/* Where @node stands. */
struct place source_place(const struct source *source, const struct node *node);
/* The text of line @line of the file, without its end; NULL outside; freed by the caller. */
char *source_line(const struct source *source, uint32_t line);
/* The bytes of the line break at @at, before @end; 0 where there is none. */
size_t source_break_len(const char *at, const char *end);
/* Whether more findings would be dropped, so that looking for more is in vain. */
bool source_is_full(const struct source *source);
/* Appends a finding at @node. */
void source_find(struct source *source, const struct node *node, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
/* Appends a finding at @line and @column; returns it, or NULL when there are enough already. */
struct finding *source_find_at(struct source *source, uint32_t line, uint32_t column,
                               char *own_text);
/* Appends a finding at byte @offset of the text of the scalar @node, as near as can be told. */
void source_find_inside(struct source *source, const struct node *node, size_t offset,
                        char *own_text);
/* What keeps the bytes of a file from being looked at at all, and in which line (0: in none);
 * freed by the caller. NULL: nothing, it is text of a size that is taken. */
char *source_check_bytes(const struct manifest_limits *limits, const char *text, size_t len,
                         uint32_t *ret_line);
/* How many bytes of @text are a mark of byte order, which is no part of it. */
size_t source_mark_len(const char *text, size_t len);
