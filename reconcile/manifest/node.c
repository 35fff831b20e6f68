/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a tree of nodes. */
#include "reconcile/manifest/node.h"

void tree_free(struct tree *tree)
{
	g_ptr_array_unref(tree->nodes);
	g_free(tree);
}

const struct node *node_get(const struct node *node, const char *key)
{
	if (node == NULL || node->kind != NODE_MAP)
		return NULL;
	for (size_t i = 0; i < node->len; i++)
		if (g_str_equal(node_key(node, i)->text, key))
			return node_value(node, i);
	return NULL;
}

const char *node_text(const struct node *node)
{
	return node == NULL || node->kind != NODE_SCALAR ? NULL : node->text;
}

bool node_is_null(const struct node *node)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	for (size_t i = 0; node->kind == NODE_SCALAR && node->is_plain && i < G_N_ELEMENTS(words);
	     i++)
		if (g_str_equal(node->text, words[i]))
			return true;
	return false;
}
