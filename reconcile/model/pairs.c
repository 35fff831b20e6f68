/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set is one block: the refcount, the rows and their text are allocated and freed together. */
#include "reconcile/model/pairs.h"

#include <stdlib.h>
#include <string.h>

/* A row with where it came from, so that of equal names the later one can win. */
struct numbered {
	const struct pair *pair;
	size_t at;
};

static int numbered_compare(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	int order = strcmp(x->pair->name, y->pair->name);

	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static bool is_last_of_its_name(const struct numbered *rows, size_t i, size_t len)
{
	return i + 1 == len || !g_str_equal(rows[i].pair->name, rows[i + 1].pair->name);
}

static const char *text_put(char **at, const char *text)
{
	const char *start = *at;

	*at = stpcpy(*at, text) + 1;
	return start;
}

static struct pairs *pairs_copy_rows(const struct numbered *rows, size_t len)
{
	size_t text_bytes = 0;

	for (size_t i = 0; i < len; i++)
		text_bytes += strlen(rows[i].pair->name) + strlen(rows[i].pair->value) + 2;
	struct pairs *pairs = g_malloc(sizeof(*pairs) + len * sizeof(struct pair) + text_bytes);
	char *at = (char *)(pairs + 1) + len * sizeof(struct pair);

	*pairs = (struct pairs){ .items = (struct pair *)(pairs + 1), .refs = 1 };
	for (size_t i = 0; i < len; i++) {
		if (is_last_of_its_name(rows, i, len)) {
			struct pair *item = &pairs->items[pairs->len++];
			item->name = text_put(&at, rows[i].pair->name);
			item->value = text_put(&at, rows[i].pair->value);
		}
	}
	return pairs;
}

struct pairs *pairs_new(const struct pair *items, size_t len)
{
	g_autofree struct numbered *rows = g_new(struct numbered, len);

	for (size_t i = 0; i < len; i++)
		rows[i] = (struct numbered){ .pair = &items[i], .at = i };
	if (len > 1)
		qsort(rows, len, sizeof(*rows), numbered_compare);
	return pairs_copy_rows(rows, len);
}

struct pairs *pairs_ref(struct pairs *pairs)
{
	if (pairs != NULL)
		pairs->refs++;
	return pairs;
}

void pairs_unref(struct pairs *pairs)
{
	if (pairs != NULL && --pairs->refs == 0)
		g_free(pairs);
}

static int pair_compare_name(const void *name, const void *pair)
{
	return strcmp(name, ((const struct pair *)pair)->name);
}

const char *pairs_get(const struct pairs *pairs, const char *name)
{
	if (pairs == NULL || pairs->len == 0)
		return NULL;
	const struct pair *found =
		bsearch(name, pairs->items, pairs->len, sizeof(struct pair), pair_compare_name);
	return found == NULL ? NULL : found->value;
}

bool pairs_equal(const struct pairs *a, const struct pairs *b)
{
	size_t a_len = a == NULL ? 0 : a->len;
	size_t b_len = b == NULL ? 0 : b->len;

	if (a_len != b_len || a == b)
		return a_len == b_len;
	for (size_t i = 0; i < a_len; i++)
		if (!g_str_equal(a->items[i].name, b->items[i].name) ||
		    !g_str_equal(a->items[i].value, b->items[i].value))
			return false;
	return true;
}
