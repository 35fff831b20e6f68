/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all members of a component share. */
#include "reconcile/plan/tier.h"

#include "reconcile/model/fingerprint.h"
#include "reconcile/model/key.h"
#include "reconcile/plan/order.h"
#include "reconcile/plan/place.h"
#include "reconcile/plan/subject.h"
#include "reconcile/plan/values.h"

#include <string.h>

bool slot_is_present(const struct slot *slot)
{
	return (slot->sightings != NULL && slot->sightings->len > 0) ||
	       (slot->record != NULL && slot->record->instance_id != NULL);
}

struct tier *tiers_find_name(const struct tiers *tiers, const char *name, size_t len)
{
	size_t from = 0, to = tiers->len;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const char *other = tiers->items[middle].component->name;
		int order = strncmp(name, other, len);

		if (order == 0 && other[len] == '\0')
			return &tiers->items[middle];
		if (order > 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

struct tier *tiers_find(const struct tiers *tiers, const struct component *component)
{
	return tiers_find_name(tiers, component->name, strlen(component->name));
}

/* A count tells of ordinals only: a name that is left over from a list of them is no part of it. */
static void leaving_count(struct tiers *tiers, const struct slot *slot)
{
	struct key_parts parts;

	if (!slot_is_present(slot) || !key_split(slot->key, &parts))
		return;
	struct tier *tier = tiers_find_name(tiers, parts.component, parts.component_len);

	if (tier != NULL && (tier->component->names != NULL || parts.ordinal != 0))
		tier->leaving++;
}

/* Slots of one component stand together, so one lookup serves a run of them. */
static void slots_count(struct tiers *tiers, const struct scene *scene)
{
	struct tier *tier = NULL;

	for (size_t i = 0; i < scene->slots_len; i++) {
		const struct slot *slot = scene->slots[i];

		if (slot->component == NULL) {
			leaving_count(tiers, slot);
			continue;
		}
		if (tier == NULL || tier->component != slot->component) {
			tier = tiers_find(tiers, slot->component);
			g_assert(tier != NULL);
		}
		tier->present += slot_is_present(slot);
		tier->ready += slot->is_ready;
	}
}

static void image_resolve(struct tier *tier)
{
	const char *word = tier->component->spec->image;
	const struct cloud *cloud = tier->cloud == NULL ? NULL : tier->cloud->cloud;

	if (cloud == NULL || cloud->images->len == 0 || word == NULL)
		return;
	const struct image *image = cloud_find_image(cloud, word);

	if (image == NULL) {
		tier->image_problem = g_strdup_printf("%s has no image \"%s\"", cloud->name, word);
		return;
	}
	tier->image = image->options;
}

static void size_resolve(struct tier *tier)
{
	if (tier->cloud == NULL)
		return;
	place_choose(tier->cloud, &tier->component->spec->size, &tier->size, &tier->size_problem);
}

/* "small on lab", or "2 cpus, 4GiB as m1.medium on lab" where the cloud's type was chosen for
 * them. */
static char *what_text(const struct tier *tier)
{
	const struct component *component = tier->component;
	g_autofree char *size = size_text(&component->spec->size);
	bool is_chosen = component->spec->size.name == NULL && tier->size.name != NULL;

	return g_strdup_printf("%s%s%s on %s", size, is_chosen ? " as " : "",
	                       is_chosen ? tier->size.name : "", component->cloud);
}

static char *count_text(const struct tier *tier)
{
	size_t present = tier->present + tier->leaving;

	if (present == 0 || present == tier->wanted)
		return NULL;
	return g_strdup_printf("%s %zu → %zu", tier->component->names == NULL ? "count" : "members",
	                       present, tier->wanted);
}

static void tier_resolve(struct tier *tier)
{
	image_resolve(tier);
	size_resolve(tier);
	tier->asked = place_asked(tier->cloud, &tier->component->spec->size);
	tier->fingerprint = fingerprint_make(tier->component->spec, tier->image, tier->asked);
	tier->what = what_text(tier);
	tier->count_why = count_text(tier);
}

static void user_data_resolve(struct tier *tier, const struct scene *scene)
{
	const struct component *component = tier->component;

	if (component->spec->user_data != NULL && tier->present < tier->wanted &&
	    values_are_shared(component->spec->user_data)) {
		tier->has_user_data = true;
		tier->user_data = values_resolve(scene, component, NULL, &tier->missing);
	}
}

void tiers_init(struct tiers *tiers, const struct scene *scene)
{
	GPtrArray *components = scene->deployment == NULL ? NULL : scene->deployment->components;

	tiers->len = components == NULL ? 0 : components->len;
	tiers->items = g_new0(struct tier, tiers->len);
	for (size_t i = 0; i < tiers->len; i++) {
		struct tier *tier = &tiers->items[i];

		tier->component = g_ptr_array_index(components, i);
		tier->cloud = subject_cloud(scene, tier->component->cloud);
		tier->wanted = component_size(tier->component);
	}
	slots_count(tiers, scene);
	for (size_t i = 0; i < tiers->len; i++) {
		tier_resolve(&tiers->items[i]);
		user_data_resolve(&tiers->items[i], scene);
		order_resolve(tiers, &tiers->items[i], scene->name);
	}
}

void tiers_clear(struct tiers *tiers)
{
	for (size_t i = 0; i < tiers->len; i++) {
		struct tier *tier = &tiers->items[i];

		size_clear(&tier->size);
		g_free(tier->size_problem);
		g_free(tier->image_problem);
		g_free(tier->fingerprint);
		g_free(tier->what);
		g_free(tier->count_why);
		g_free(tier->user_data);
		g_free(tier->waits);
		g_free(tier->after_why);
	}
	g_free(tiers->items);
	*tiers = (struct tiers){ 0 };
}
