/* SPDX-License-Identifier: GPL-2.0-or-later */
/* node - one value of a YAML document, with its place.
 *
 * A tree is built once, read, and freed as a whole. An alias is the same node in two places, so a
 * tree may be a graph, but never one with a cycle. */
#pragma once

#include "reconcile/model/auto.h"
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum node_kind {
	NODE_SCALAR,
	NODE_LIST,
	NODE_MAP,
};

struct node {
	enum node_kind kind;
	bool is_plain;   /* a scalar without quotes: it may be a number, true, false or nothing */
	bool is_literal; /* a scalar after "|": its lines are those of the file */
	uint32_t line;
	uint32_t column;
	unsigned weight;     /* how many nodes it is, aliases expanded */
	char *text;          /* NODE_SCALAR */
	struct node **items; /* NODE_LIST: values; NODE_MAP: key and value in turns */
	size_t len;          /* of values, or of pairs */
};

struct tree {
	struct node *root; /* NULL: an empty document */
	GPtrArray *nodes;  /* all of them, owned */
};

/* Frees the tree with all its nodes. */
void tree_free(struct tree *tree);

/* The key of pair @i of a map. */
static inline const struct node *node_key(const struct node *map, size_t i)
{
	return map->items[2 * i];
}

/* The value of pair @i of a map. */
static inline const struct node *node_value(const struct node *map, size_t i)
{
	return map->items[2 * i + 1];
}

/* The value of @key where @node is a map that has it, else NULL. @node may be NULL. */
const struct node *node_get(const struct node *node, const char *key);
/* The text of @node where it is a scalar, else NULL. @node may be NULL. */
const char *node_text(const struct node *node);
/* Whether @node is what YAML calls null: nothing at all, "~" or "null", without quotes. */
bool node_is_null(const struct node *node);

AUTO_DEFINE(tree, tree_free);
