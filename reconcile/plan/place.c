/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Choosing among the sizes of a cloud. */
#include "reconcile/plan/place.h"

#include <string.h>

static const struct size *catalog_find(const struct cloud_scene *cloud, const char *type)
{
	for (guint i = 0; cloud->catalog_sizes != NULL && i < cloud->catalog_sizes->len; i++) {
		const struct size *size = g_ptr_array_index(cloud->catalog_sizes, i);

		if (g_strcmp0(size->name, type) == 0)
			return size;
	}
	return NULL;
}

static bool has_ability(const struct cloud_scene *cloud, enum ability ability)
{
	return cloud->traits != NULL && (cloud->traits->abilities & (unsigned)ability) != 0;
}

/* Fills from @more what @size leaves open; the name stays. */
static void size_complete(struct size *size, const struct size *more)
{
	size->cpus = size->cpus != 0 ? size->cpus : more->cpus;
	size->memory_bytes = size->memory_bytes != 0 ? size->memory_bytes : more->memory_bytes;
	size->disk_bytes = size->disk_bytes != 0 ? size->disk_bytes : more->disk_bytes;
	size->price_micros = size->price_micros != 0 ? size->price_micros : more->price_micros;
}

/* What the cloud's manifest says of a word, borrowed; amounts from the catalogue where it has the
 * type. */
static struct size word_size(const struct cloud_scene *cloud, const struct size_word *word)
{
	const struct size *listed = word->type == NULL ? NULL : catalog_find(cloud, word->type);
	struct size size = word->size;

	size.name = word->type;
	if (listed != NULL)
		size_complete(&size, listed);
	return size;
}

/* The cheapest, else the smallest; an offer with a price goes before one without. The name decides
 * between equals, so that the choice does not hang on the order of a catalogue. */
static bool is_better(const struct size *a, const struct size *b)
{
	if ((a->price_micros == 0) != (b->price_micros == 0))
		return a->price_micros != 0;
	if (a->price_micros != b->price_micros)
		return a->price_micros < b->price_micros;
	if (a->cpus != b->cpus)
		return a->cpus < b->cpus;
	if (a->memory_bytes != b->memory_bytes)
		return a->memory_bytes < b->memory_bytes;
	if (a->disk_bytes != b->disk_bytes)
		return a->disk_bytes < b->disk_bytes;
	return g_strcmp0(a->name, b->name) < 0;
}

static void offer_take(struct size *best, bool *has_best, const struct size *want,
                       const struct size *offer)
{
	bool is_known = offer->cpus != 0 || offer->memory_bytes != 0;

	if (is_known && size_fits(want, offer) && (!*has_best || is_better(offer, best))) {
		*best = *offer;
		*has_best = true;
	}
}

/* @ret_best is borrowed. */
static bool offers_search(const struct cloud_scene *cloud, const struct size *want,
                          struct size *ret_best)
{
	bool has_best = false;

	for (guint i = 0; cloud->cloud != NULL && i < cloud->cloud->sizes->len; i++) {
		const struct size_word *word = g_ptr_array_index(cloud->cloud->sizes, i);
		struct size offer = word_size(cloud, word);

		if (word->type != NULL)
			offer_take(ret_best, &has_best, want, &offer);
	}
	for (guint i = 0; cloud->catalog_sizes != NULL && i < cloud->catalog_sizes->len; i++)
		offer_take(ret_best, &has_best, want, g_ptr_array_index(cloud->catalog_sizes, i));
	return has_best;
}

static bool is_catalog_awaited(const struct cloud_scene *cloud)
{
	return has_ability(cloud, ABILITY_CATALOG) && cloud->catalog_sizes == NULL;
}

static bool amounts_choose(const struct cloud_scene *cloud, const struct size *want,
                           struct size *ret_size, char **ret_text)
{
	struct size best = { 0 };

	if (has_ability(cloud, ABILITY_ANY_SIZE)) {
		*ret_size = size_copy(want);
		return true;
	}
	if (is_catalog_awaited(cloud)) {
		*ret_text = g_strdup_printf("the sizes of %s are not known yet", cloud->name);
		return false;
	}
	if (!offers_search(cloud, want, &best)) {
		g_autofree char *text = size_text(want);
		*ret_text = g_strdup_printf("no size of %s has %s", cloud->name, text);
		return false;
	}
	*ret_size = size_copy(&best);
	/* A disk is chosen apart where types have none. */
	ret_size->disk_bytes = best.disk_bytes != 0 ? best.disk_bytes : want->disk_bytes;
	return true;
}

/* A word that nobody explains is the provider's own, unless there is a list to check it against. */
static bool foreign_word_choose(const struct cloud_scene *cloud, const struct size *want,
                                struct size *ret_size, char **ret_text)
{
	const struct size *listed = catalog_find(cloud, want->name);

	if (listed != NULL) {
		*ret_size = size_copy(listed);
		return true;
	}
	if (is_catalog_awaited(cloud)) {
		*ret_text = g_strdup_printf("the sizes of %s are not known yet", cloud->name);
		return false;
	}
	if (cloud->catalog_sizes != NULL || has_ability(cloud, ABILITY_ANY_SIZE)) {
		*ret_text = g_strdup_printf("%s has no size \"%s\"", cloud->name, want->name);
		return false;
	}
	*ret_size = size_copy(want);
	return true;
}

bool place_choose(const struct cloud_scene *cloud, const struct size *want, struct size *ret_size,
                  char **ret_text)
{
	const struct size_word *word = want->name == NULL || cloud->cloud == NULL
	                                       ? NULL
	                                       : cloud_find_size(cloud->cloud, want->name);

	if (want->name == NULL)
		return amounts_choose(cloud, want, ret_size, ret_text);
	if (word == NULL)
		return foreign_word_choose(cloud, want, ret_size, ret_text);
	struct size size = word_size(cloud, word);

	if (word->type == NULL)
		return amounts_choose(cloud, &size, ret_size, ret_text);
	*ret_size = size_copy(&size);
	return true;
}

const struct size *place_asked(const struct cloud_scene *cloud, const struct size *want)
{
	const struct size_word *word = want->name == NULL || cloud == NULL || cloud->cloud == NULL
	                                       ? NULL
	                                       : cloud_find_size(cloud->cloud, want->name);

	return word != NULL && word->type == NULL ? &word->size : want;
}
