/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check - a tree against a shape: every finding at once, and none twice. */
#pragma once

#include "reconcile/manifest/row.h"

/* Appends what is wrong with @node to the findings of @source; true when nothing is. */
bool check_node(struct source *source, const struct shape *shape, const struct node *node);
/* "a text", "a list", …: what @node is, for messages. */
const char *check_node_title(const struct node *node);
/* The row of @name in a struct shape, or NULL. */
const struct row *check_find_row(const struct shape *shape, const char *name);
/* Whether @text is a whole number without sign or leading zero, and which; saturates. */
bool check_integer(const char *text, int64_t *ret_value);
/* "; did you mean \"x\"?" for the nearest of @words to @word, or ""; freed by the caller. */
char *check_hint(const char *word, const char *const *words);
