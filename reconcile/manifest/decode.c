/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values go from nodes into structs by offset. */
#include "reconcile/manifest/decode.h"

#include "reconcile/manifest/check.h"
#include "reconcile/model/key.h"
#include "reconcile/model/quantity.h"

#include <stdlib.h>

static void *field_at(const struct row *row, void *target)
{
	return (char *)target + row->offset;
}

/* Lists and maps stand where their key stands: that is the line that people look for. */
static struct place value_place(const struct source *source, const struct node *key,
                                const struct node *value)
{
	return source_place(source, value->kind == NODE_SCALAR ? value : key);
}

void decode_struct(const struct shape *shape, const struct source *source, const struct node *node,
                   void *target)
{
	for (size_t i = 0; i < node->len; i++) {
		const struct node *key = node_key(node, i), *value = node_value(node, i);
		const struct row *row = check_find_row(shape, key->text);
		void *inner = row->inner == NULL ? target : row->inner(target);

		if (row->place_offset > 0) {
			struct place *place = (void *)((char *)inner + row->place_offset);
			*place = value_place(source, key, value);
		}
		if (row->take != NULL)
			row->take(row, source, value, inner);
	}
}

void take_text(const struct row *row, const struct source *source, const struct node *node,
               void *target)
{
	char **field = field_at(row, target);

	(void)source;
	g_free(*field);
	*field = g_strdup(node->text);
}

void take_unsigned(const struct row *row, const struct source *source, const struct node *node,
                   void *target)
{
	int64_t value = 0;

	(void)source;
	check_integer(node->text, &value);
	*(unsigned *)field_at(row, target) = (unsigned)value;
}

void take_quantity(const struct row *row, const struct source *source, const struct node *node,
                   void *target)
{
	int64_t *field = field_at(row, target);

	(void)source;
	if (row->shape->kind == SHAPE_BYTES)
		quantity_parse_bytes(node->text, field, NULL);
	else
		quantity_parse_duration(node->text, field, NULL);
}

char **decode_texts(const struct node *node)
{
	char **texts = g_new0(char *, node->len + 1);

	for (size_t i = 0; i < node->len; i++)
		texts[i] = g_strdup(node->items[i]->text);
	return texts;
}

void take_texts(const struct row *row, const struct source *source, const struct node *node,
                void *target)
{
	(void)source;
	*(char ***)field_at(row, target) = decode_texts(node);
}

static int name_compare(const void *a, const void *b)
{
	return key_compare(*(const char *const *)a, *(const char *const *)b);
}

void take_names(const struct row *row, const struct source *source, const struct node *node,
                void *target)
{
	char **names = decode_texts(node);

	(void)source;
	qsort(names, node->len, sizeof(*names), name_compare);
	*(char ***)field_at(row, target) = names;
}

struct pairs *decode_pairs(const struct node *node)
{
	g_autofree struct pair *items = g_new(struct pair, node->len + 1);

	for (size_t i = 0; i < node->len; i++)
		items[i] = (struct pair){ node_key(node, i)->text, node_value(node, i)->text };
	return pairs_new(items, node->len);
}

void take_pairs(const struct row *row, const struct source *source, const struct node *node,
                void *target)
{
	(void)source;
	*(struct pairs **)field_at(row, target) = decode_pairs(node);
}

void take_struct(const struct row *row, const struct source *source, const struct node *node,
                 void *target)
{
	decode_struct(row->shape, source, node, field_at(row, target));
}
