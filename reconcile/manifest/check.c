/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One function for each kind of shape, in a table. */
#include "reconcile/manifest/check.h"

#include "reconcile/model/quantity.h"

#include <string.h>

enum {
	SHOWN_MAX = 40 /* characters of a wrong value in a message */
};

const char *check_node_title(const struct node *node)
{
	static const char *const titles[] = {
		[NODE_SCALAR] = "a text",
		[NODE_LIST] = "a list",
		[NODE_MAP] = "a map",
	};

	return node_is_null(node) ? "nothing" : titles[node->kind];
}

/* What @node is, in quotes where it is short enough to be shown. */
static char *node_shown(const struct node *node)
{
	if (node->kind != NODE_SCALAR || node_is_null(node))
		return g_strdup(check_node_title(node));
	if (g_utf8_strlen(node->text, -1) > SHOWN_MAX || strchr(node->text, '\n') != NULL) {
		g_autofree char *start = g_utf8_substring(
			node->text, 0, MIN(SHOWN_MAX, g_utf8_strlen(node->text, -1)));
		start[strcspn(start, "\n")] = '\0';
		return g_strdup_printf("\"%s...\"", start);
	}
	return g_strdup_printf(node->is_plain ? "\"%s\"" : "the text \"%s\"", node->text);
}

char *check_hint(const char *word, const char *const *words)
{
	const char *nearest = finding_nearest(word, words);

	return nearest == NULL ? g_strdup("") : g_strdup_printf("; did you mean \"%s\"?", nearest);
}

bool check_integer(const char *text, int64_t *ret_value)
{
	int64_t value = 0;

	if (*text == '\0' || text[strspn(text, "0123456789")] != '\0' ||
	    (text[0] == '0' && text[1] != '\0'))
		return false;
	for (const char *at = text; *at != '\0'; at++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *at - '0', &value)) {
			value = INT64_MAX;
			break;
		}
	}
	*ret_value = value;
	return true;
}

static void wrong_kind(struct source *source, const struct node *node, const char *wanted)
{
	g_autofree char *shown = node_shown(node);

	source_find(source, node, "this must be %s, not %s", wanted, shown);
}

static bool is_in_range(const struct shape *shape, int64_t value)
{
	return value >= shape->min && (shape->max == 0 || value <= shape->max);
}

static void check_text(struct source *source, const struct shape *shape, const struct node *node)
{
	if (node->kind != NODE_SCALAR || node_is_null(node)) {
		wrong_kind(source, node, shape->title);
		return;
	}
	glong len = g_utf8_strlen(node->text, -1);

	if (len < shape->min) {
		source_find(source, node, "%s must not be empty", shape->title);
	} else if (shape->max > 0 && len > shape->max) {
		source_find(source, node,
		            "%s must be at most %" G_GINT64_FORMAT " characters long, not %ld",
		            shape->title, shape->max, len);
	}
}

static void check_bool(struct source *source, const struct shape *shape, const struct node *node)
{
	const char *text = node_text(node);

	(void)shape;
	if (text == NULL || !node->is_plain ||
	    (!g_str_equal(text, "true") && !g_str_equal(text, "false")))
		wrong_kind(source, node, "true or false");
}

static void check_whole(struct source *source, const struct shape *shape, const struct node *node)
{
	const char *text = node_text(node);
	int64_t value = 0;

	if (text == NULL || !node->is_plain || !check_integer(text, &value) ||
	    !is_in_range(shape, value)) {
		g_autofree char *wanted =
			shape->max == 0 ? g_strdup_printf("a whole number from %" G_GINT64_FORMAT,
		                                          shape->min)
					: g_strdup_printf("a whole number from %" G_GINT64_FORMAT
		                                          " to %" G_GINT64_FORMAT,
		                                          shape->min, shape->max);
		wrong_kind(source, node, wanted);
	}
}

/* Of a size and a duration alike. */
static void quantity_range_check(struct source *source, const struct shape *shape,
                                 const struct node *node, int64_t value)
{
	char *(*format)(int64_t) =
		shape->kind == SHAPE_BYTES ? quantity_format_bytes : quantity_format_duration;
	g_autofree char *min = format(shape->min);
	g_autofree char *max = format(shape->max);

	if (value < shape->min) {
		source_find(source, node, "\"%s\" is too little: it must be at least %s",
		            node->text, min);
	} else if (!is_in_range(shape, value)) {
		source_find(source, node, "\"%s\" is too much: it must be at most %s", node->text,
		            max);
	}
}

static void check_quantity(struct source *source, const struct shape *shape,
                           const struct node *node)
{
	bool is_bytes = shape->kind == SHAPE_BYTES;
	const char *text = node_text(node);
	g_autoptr(GError) error = NULL;
	int64_t value = 0;

	if (text == NULL || node_is_null(node)) {
		wrong_kind(source, node,
		           is_bytes ? "a size as \"4GiB\"" : "a duration as \"30s\" or \"5m\"");
	} else if (is_bytes ? quantity_parse_bytes(text, &value, &error)
	                    : quantity_parse_duration(text, &value, &error)) {
		quantity_range_check(source, shape, node, value);
	} else {
		source_find(source, node, "%s", error->message);
	}
}

static void check_word(struct source *source, const struct shape *shape, const struct node *node)
{
	const char *text = node_text(node);

	if (text == NULL || node_is_null(node)) {
		wrong_kind(source, node, shape->title);
		return;
	}
	if (!g_strv_contains(shape->words, text)) {
		g_autofree char *hint = check_hint(text, shape->words);
		g_autofree char *known = g_strjoinv("\", \"", (char **)shape->words);
		g_autofree char *shown = node_shown(node);
		source_find(source, node, "%s must be one of \"%s\", not %s%s", shape->title, known,
		            shown, hint);
	}
}

static void length_check(struct source *source, const struct shape *shape, const struct node *node)
{
	int64_t len = (int64_t)node->len;

	if (len < shape->min) {
		source_find(source, node, "%s must not be empty", shape->title);
	} else if (shape->max > 0 && len > shape->max) {
		source_find(source, node, "%s must not have more than %" G_GINT64_FORMAT " entries",
		            shape->title, shape->max);
	}
}

static void unique_check(struct source *source, const struct node *list)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < list->len; i++) {
		const char *text = node_text(list->items[i]);

		if (text != NULL && !g_hash_table_add(seen, (void *)text))
			source_find(source, list->items[i], "\"%s\" is in this list twice", text);
	}
}

static void check_list(struct source *source, const struct shape *shape, const struct node *node)
{
	if (node->kind != NODE_LIST) {
		wrong_kind(source, node, "a list");
		return;
	}
	length_check(source, shape, node);
	for (size_t i = 0; i < node->len; i++)
		check_node(source, shape->item, node->items[i]);
	if (shape->is_unique)
		unique_check(source, node);
}

/* A merge key has had its finding when the tree was built. */
static bool is_merge_key(const struct node *key)
{
	return key->is_plain && g_str_equal(key->text, "<<");
}

static void check_map(struct source *source, const struct shape *shape, const struct node *node)
{
	if (node->kind != NODE_MAP) {
		wrong_kind(source, node, "a map");
		return;
	}
	length_check(source, shape, node);
	for (size_t i = 0; i < node->len; i++) {
		if (!is_merge_key(node_key(node, i))) {
			check_node(source, shape->key, node_key(node, i));
			check_node(source, shape->item, node_value(node, i));
		}
	}
}

const struct row *check_find_row(const struct shape *shape, const char *name)
{
	for (const struct row *row = shape->rows; row->name != NULL; row++)
		if (g_str_equal(row->name, name))
			return row;
	return NULL;
}

static void unknown_key(struct source *source, const struct shape *shape, const struct node *key)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (const struct row *row = shape->rows; row->name != NULL; row++)
		g_ptr_array_add(names, (void *)row->name);
	g_ptr_array_add(names, NULL);
	g_autofree char *hint = check_hint(key->text, (const char *const *)names->pdata);

	source_find(source, key, "unknown key \"%s\" in %s%s", key->text, shape->title, hint);
}

static void required_check(struct source *source, const struct shape *shape,
                           const struct node *node)
{
	for (const struct row *row = shape->rows; row->name != NULL; row++)
		if (row->is_required && node_get(node, row->name) == NULL)
			source_find(source, node, "%s needs \"%s\"", shape->title, row->name);
}

static void exclusive_check(struct source *source, const struct shape *shape,
                            const struct node *node)
{
	const char *first = NULL;

	for (size_t i = 0; shape->exclusive != NULL && shape->exclusive[i] != NULL; i++) {
		const char *name = shape->exclusive[i];
		const struct node *value = node_get(node, name);

		if (value != NULL && first != NULL) {
			source_find(source, value, "\"%s\" and \"%s\" exclude each other", first,
			            name);
		}
		first = value != NULL && first == NULL ? name : first;
	}
	if (shape->needs_one && first == NULL) {
		g_autofree char *names = g_strjoinv("\", \"", (char **)shape->exclusive);
		source_find(source, node, "%s needs one of \"%s\"", shape->title, names);
	}
}

static void check_struct(struct source *source, const struct shape *shape, const struct node *node)
{
	if (node->kind != NODE_MAP) {
		wrong_kind(source, node, "a map");
		return;
	}
	for (size_t i = 0; i < node->len; i++) {
		const struct node *key = node_key(node, i);
		const struct row *row = check_find_row(shape, key->text);

		if (row != NULL)
			check_node(source, row->shape, node_value(node, i));
		else if (!is_merge_key(key))
			unknown_key(source, shape, key);
	}
	length_check(source, shape, node);
	required_check(source, shape, node);
	exclusive_check(source, shape, node);
}

static void check_either(struct source *source, const struct shape *shape, const struct node *node)
{
	if (node->kind == NODE_LIST || node_is_null(node))
		wrong_kind(source, node, shape->title);
	else
		check_node(source, node->kind == NODE_MAP ? shape->item : shape->scalar, node);
}

static void (*const checks[])(struct source *, const struct shape *, const struct node *) = {
	[SHAPE_TEXT] = check_text,         [SHAPE_BOOL] = check_bool,
	[SHAPE_INTEGER] = check_whole,     [SHAPE_BYTES] = check_quantity,
	[SHAPE_DURATION] = check_quantity, [SHAPE_WORD] = check_word,
	[SHAPE_LIST] = check_list,         [SHAPE_MAP] = check_map,
	[SHAPE_STRUCT] = check_struct,     [SHAPE_EITHER] = check_either,
};

bool check_node(struct source *source, const struct shape *shape, const struct node *node)
{
	guint before = source->findings->len;

	checks[shape->kind](source, shape, node);
	if (shape->check != NULL && source->findings->len == before)
		shape->check(source, shape, node);
	return source->findings->len == before;
}
