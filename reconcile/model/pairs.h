/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pairs - an immutable, sorted set of text pairs.
 *
 * Labels, an image's options, a cloud's settings: names and values that we carry but do not
 * interpret. Names are unique and sorted by strcmp, so two sets compare in one walk. Shared by
 * reference: a set never changes after pairs_new. */
#pragma once

#include "reconcile/model/auto.h"
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct pair {
	const char *name;
	const char *value;
};

struct pairs {
	size_t len;
	struct pair *items;
	int refs;
};

/* Copies @len pairs of @items (any order) into a new set; a later duplicate wins. */
struct pairs *pairs_new(const struct pair *items, size_t len);
/* Another reference to @pairs; NULL stays NULL. */
struct pairs *pairs_ref(struct pairs *pairs);
/* Drops a reference; NULL is fine. */
void pairs_unref(struct pairs *pairs);

/* The value of @name, or NULL. @pairs may be NULL (empty). */
const char *pairs_get(const struct pairs *pairs, const char *name);
/* Whether both hold the same pairs; NULL equals empty. */
bool pairs_equal(const struct pairs *a, const struct pairs *b);

AUTO_DEFINE(pairs, pairs_unref);
