/* SPDX-License-Identifier: GPL-2.0-or-later */
/* finding - something wrong in a manifest, said so that its author can mend it.
 *
 * Prints as
 *
 *     deploy/shop.yaml:21:7: unknown key "cuont" in a component; did you mean "count"?
 *       21 |       cuont: 3
 *          |       ^
 */
#pragma once

#include "reconcile/model/auto.h"
#include "reconcile/model/place.h"

#include <glib.h>
#include <stdbool.h>

struct finding {
	struct place place;
	char *text;        /* one line, lower case */
	char *line;        /* the source line, NULL where there is none */
	char *document;    /* "Deployment shop" where known, else NULL */
	struct place also; /* the other place, e.g. of two documents with one name */
};

/* A finding at @place; @text is consumed, @line copied (may be NULL). */
struct finding *finding_new(const struct place *place, char *own_text, const char *line);
void finding_free(struct finding *finding);
/* A deep copy. */
struct finding *finding_copy(const struct finding *finding);
/* A new array that owns the struct finding in it. */
GPtrArray *finding_array_new(void);
/* Order by file, line, column, text: for g_ptr_array_sort. */
int finding_compare(const void *a, const void *b);
/* The finding as above, several lines with a newline at the end; coloured when @in_colour. */
char *finding_format(const struct finding *finding, bool in_colour);
/* Of @words (NULL-terminated), the one nearest to @word by edit distance; NULL when none is near.
 *  */
const char *finding_nearest(const char *word, const char *const *words);

AUTO_DEFINE(finding, finding_free);
