/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One slot, one action or one hold. */
#include "reconcile/plan/plan_build.h"

#include "reconcile/model/fingerprint.h"

static const struct cloud_scene *cloud_find(const struct scene *scene, const char *name)
{
	for (size_t i = 0; i < scene->clouds_len; i++) {
		if (g_str_equal(scene->clouds[i]->name, name)) {
			return scene->clouds[i];
		}
	}
	return NULL;
}

static void plan_create(struct plan *plan, const struct scene *scene, const struct slot *slot)
{
	const struct component *component = slot->component;
	const struct cloud_scene *cloud = cloud_find(scene, component->cloud);
	const struct image *image =
		cloud == NULL || cloud->cloud == NULL
			? NULL
			: cloud_find_image(cloud->cloud, component->spec->image);
	const struct size_word *word =
		cloud == NULL || cloud->cloud == NULL || component->spec->size.name == NULL
			? NULL
			: cloud_find_size(cloud->cloud, component->spec->size.name);

	if (cloud == NULL || !cloud->is_up || !cloud->is_listed) {
		return;
	}
	struct action *action = action_new(ACTION_CREATE, VERB_CREATE, slot->key);

	action->cloud = g_strdup(component->cloud);
	action->component = component;
	action->place = component->place;
	action->size = size_copy(word == NULL ? &component->spec->size : &word->size);
	if (word != NULL) {
		g_free(action->size.name);
		action->size.name = g_strdup(word->type);
	}
	action->fingerprint =
		fingerprint_make(component->spec, image == NULL ? NULL : image->options);
	action->why = g_strdup("new");
	g_ptr_array_add(plan->actions, action);
}

static void plan_destroy(struct plan *plan, const struct slot *slot)
{
	const struct sighting *sighting = g_ptr_array_index(slot->sightings, 0);
	struct action *action = action_new(ACTION_DESTROY, VERB_DESTROY, slot->key);

	action->cloud = g_strdup(sighting->cloud);
	action->instance_id = g_strdup(sighting->instance->id);
	action->why = g_strdup("not desired");
	g_ptr_array_add(plan->actions, action);
}

static void plan_slot(struct plan *plan, const struct scene *scene, const struct slot *slot)
{
	bool is_seen = slot->sightings != NULL && slot->sightings->len > 0;

	if (slot->operation != NULL) {
		return;
	}
	if (slot->component != NULL && !is_seen) {
		plan_create(plan, scene, slot);
	}
	if (slot->component == NULL && is_seen) {
		plan_destroy(plan, slot);
	}
}

struct plan *plan_build(const struct scene *scene)
{
	struct plan *plan = plan_new(scene->name);

	plan->commit = g_strdup(scene->fleet->commit);
	for (size_t i = 0; i < scene->slots_len; i++) {
		plan_slot(plan, scene, scene->slots[i]);
	}
	return plan;
}
