/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine does before it plans, in the simplest form. */
#include "tests/reconcile/plan/stage.h"

#include "reconcile/model/fingerprint.h"
#include "reconcile/model/key.h"
#include "reconcile/plan/place.h"

#include <string.h>

static const struct traits traits_usual = {
	.abilities = ABILITY_BATCH_CREATE | ABILITY_ATOMIC_MARKS | ABILITY_POWER | ABILITY_RESIZE |
	             ABILITY_LIVE_RESIZE | ABILITY_MARK | ABILITY_USER_DATA | ABILITY_SSH_KEYS |
	             ABILITY_NETWORKS | ABILITY_FIREWALL | ABILITY_LABELS,
	.create_deadline_ms = STAGE_DEADLINE_MS,
	.batch_max = 10,
};

static const struct engine_limits limits_usual = {
	.deletions = 5,
	.deletions_percent = 10,
	.deletion_window_ms = 3600 * 1000,
	.missing_grace_ms = 600 * 1000,
};

static void cloud_scene_free(void *data)
{
	struct cloud_scene *cloud = data;

	g_free((char *)cloud->fault_text);
	g_free((struct traits *)cloud->traits);
	g_clear_pointer(&cloud->catalog_sizes, g_ptr_array_unref);
	g_free(cloud);
}

static void sighting_free(void *data)
{
	struct sighting *sighting = data;

	instance_free(sighting->instance);
	g_free(sighting);
}

static void slot_free(void *data)
{
	struct slot *slot = data;

	g_free(slot->key);
	record_free(slot->record);
	operation_free(slot->operation);
	g_clear_pointer(&slot->sightings, g_ptr_array_unref);
	g_free(slot);
}

struct stage *stage_new(void)
{
	struct stage *stage = g_new0(struct stage, 1);

	stage->now_ms = STAGE_NOW_MS;
	stage->manifests = manifests_new(&manifests_limits_default);
	stage->fleet = fleet_new();
	stage->clouds = g_ptr_array_new_with_free_func(cloud_scene_free);
	stage->slots = g_ptr_array_new_with_free_func(slot_free);
	stage->by_key = g_hash_table_new(g_str_hash, g_str_equal);
	stage->deletions = g_ptr_array_new_with_free_func((GDestroyNotify)deletion_free);
	stage->limits = limits_usual;
	return stage;
}

void stage_free(struct stage *stage)
{
	if (stage == NULL)
		return;
	g_hash_table_unref(stage->by_key);
	g_ptr_array_unref(stage->slots);
	g_ptr_array_unref(stage->clouds);
	g_ptr_array_unref(stage->deletions);
	fleet_unref(stage->fleet);
	manifests_free(stage->manifests);
	g_free(stage);
}

void stage_put(struct stage *stage, const char *file, const char *text)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

	manifests_put(stage->manifests, file, bytes);
}

void stage_remove(struct stage *stage, const char *file)
{
	manifests_remove(stage->manifests, file);
}

void stage_settle(struct stage *stage)
{
	fleet_unref(stage->fleet);
	stage->fleet = manifests_fleet(stage->manifests, NULL);
	for (guint i = 0; i < stage->clouds->len; i++) {
		struct cloud_scene *cloud = g_ptr_array_index(stage->clouds, i);

		cloud->cloud = NULL;
	}
	for (guint i = 0; i < stage->fleet->clouds->len; i++) {
		const struct cloud *cloud = g_ptr_array_index(stage->fleet->clouds, i);

		stage_cloud(stage, cloud->name)->cloud = cloud;
	}
}

struct cloud_scene *stage_cloud(struct stage *stage, const char *name)
{
	guint at = 0;

	for (; at < stage->clouds->len; at++) {
		struct cloud_scene *cloud = g_ptr_array_index(stage->clouds, at);
		int order = strcmp(name, cloud->name);

		if (order == 0)
			return cloud;
		if (order < 0)
			break;
	}
	struct cloud_scene *cloud = g_new0(struct cloud_scene, 1);

	cloud->name = g_intern_string(name);
	cloud->traits = g_memdup2(&traits_usual, sizeof(traits_usual));
	cloud->is_up = true;
	cloud->is_listed = true;
	g_ptr_array_insert(stage->clouds, (gint)at, cloud);
	return cloud;
}

struct traits *stage_traits(struct stage *stage, const char *name)
{
	return (struct traits *)stage_cloud(stage, name)->traits;
}

struct slot *stage_slot(struct stage *stage, const char *key)
{
	struct slot *slot = g_hash_table_lookup(stage->by_key, key);

	if (slot == NULL) {
		slot = g_new0(struct slot, 1);
		slot->key = g_strdup(key);
		g_ptr_array_add(stage->slots, slot);
		g_hash_table_insert(stage->by_key, slot->key, slot);
	}
	return slot;
}

static const struct component *component_of(const struct stage *stage, const char *key)
{
	g_auto(GStrv) parts = g_strsplit(key, "/", 3);
	const struct deployment *deployment = fleet_find_deployment(stage->fleet, parts[0]);

	return deployment == NULL ? NULL : deployment_find_component(deployment, parts[1]);
}

struct record *stage_record(struct stage *stage, const char *key)
{
	struct slot *slot = stage_slot(stage, key);
	const struct component *component = component_of(stage, key);

	if (slot->record == NULL) {
		slot->record = record_new(key);
		slot->record->created_at_ms = stage->now_ms - STAGE_DEADLINE_MS;
		if (component != NULL) {
			slot->record->cloud = g_strdup(component->cloud);
			slot->record->rank = component->rank;
			slot->record->is_protected = component->is_protected;
		}
	}
	return slot->record;
}

char *stage_fingerprint(const struct stage *stage, const char *key)
{
	const struct component *component = component_of(stage, key);
	const struct cloud_scene scene = {
		.cloud =
			component == NULL ? NULL : fleet_find_cloud(stage->fleet, component->cloud),
	};
	const struct image *image =
		scene.cloud == NULL ? NULL : cloud_find_image(scene.cloud, component->spec->image);

	return component == NULL
	               ? NULL
	               : fingerprint_make(component->spec, image == NULL ? NULL : image->options,
	                                  place_asked(&scene, &component->spec->size));
}

static void record_take(struct stage *stage, const char *key, const char *cloud,
                        const struct instance *instance)
{
	struct record *record = stage_record(stage, key);

	g_free(record->cloud);
	record->cloud = g_strdup(cloud);
	record->instance_id = g_strdup(instance->id);
	record->uid = g_strdup(instance->marks.uid);
	record->fingerprint = g_strdup(instance->marks.spec);
}

struct sighting *stage_instance(struct stage *stage, const char *key, const char *cloud,
                                const char *id)
{
	struct slot *slot = stage_slot(stage, key);
	const struct component *component = component_of(stage, key);
	struct sighting *sighting = g_new0(struct sighting, 1);
	struct instance *instance = instance_new(id);

	instance->state = INSTANCE_RUNNING;
	instance->created_at_ms = stage->now_ms - 3600 * 1000;
	instance->marks.owner = g_strdup("us");
	instance->marks.member = g_strdup(key);
	instance->marks.uid = g_strdup_printf("uid-%s", id);
	instance->marks.spec = stage_fingerprint(stage, key);
	if (component != NULL) {
		instance->marks.is_protected = component->is_protected;
		instance->labels = pairs_ref(component->spec->labels);
	}
	sighting->instance = instance;
	sighting->cloud = g_intern_string(cloud);
	sighting->first_seen_at_ms = instance->created_at_ms;
	sighting->complete_lists = 3;
	if (slot->sightings == NULL) {
		slot->sightings = g_ptr_array_new_with_free_func(sighting_free);
		slot->is_ready = true;
		record_take(stage, key, cloud, instance);
	}
	g_ptr_array_add(slot->sightings, sighting);
	stage_cloud(stage, cloud)->instances++;
	return sighting;
}

struct operation *stage_operation(struct stage *stage, const char *key, enum verb verb)
{
	struct slot *slot = stage_slot(stage, key);
	const struct component *component = component_of(stage, key);

	slot->operation = operation_new(7, verb, key, component == NULL ? NULL : component->cloud);
	slot->operation->begun_at_ms = stage->now_ms - 3000;
	return slot->operation;
}

void stage_deletion(struct stage *stage, const char *key, const char *cloud, int64_t ago_ms)
{
	g_ptr_array_add(stage->deletions, deletion_new(stage->now_ms - ago_ms, key, cloud));
}

static void members_lay_out(struct stage *stage)
{
	for (guint i = 0; i < stage->slots->len; i++)
		((struct slot *)g_ptr_array_index(stage->slots, i))->component = NULL;
	for (guint d = 0; d < stage->fleet->deployments->len; d++) {
		const struct deployment *deployment =
			g_ptr_array_index(stage->fleet->deployments, d);

		for (guint c = 0; c < deployment->components->len; c++) {
			const struct component *component =
				g_ptr_array_index(deployment->components, c);

			for (size_t m = 0; m < component_size(component); m++) {
				g_autofree char *name = component_member_name(component, m);
				g_autofree char *key =
					key_join(deployment->name, component->name, name);
				stage_slot(stage, key)->component = component;
			}
		}
	}
}

static int slot_compare(const void *a, const void *b)
{
	return key_compare((*(struct slot *const *)a)->key, (*(struct slot *const *)b)->key);
}

static size_t instances_count(const struct stage *stage)
{
	size_t count = 0;

	for (guint i = 0; i < stage->clouds->len; i++)
		count += ((struct cloud_scene *)g_ptr_array_index(stage->clouds, i))->instances;
	return count;
}

static struct plan *range_plan(struct stage *stage, const char *name, size_t from, size_t to)
{
	struct scene scene = {
		.now_ms = stage->now_ms,
		.name = name,
		.deployment = fleet_find_deployment(stage->fleet, name),
		.fleet = stage->fleet,
		.slots = (struct slot *const *)stage->slots->pdata + from,
		.slots_len = to - from,
		.clouds = (struct cloud_scene *const *)stage->clouds->pdata,
		.clouds_len = stage->clouds->len,
		.limits = &stage->limits,
		.deletions = stage->deletions,
		.instances_total = instances_count(stage),
	};

	return plan_build(&scene);
}

static char *deployment_of(const struct slot *slot)
{
	return g_strndup(slot->key, strcspn(slot->key, "/"));
}

GPtrArray *stage_plans(struct stage *stage)
{
	GPtrArray *plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);

	members_lay_out(stage);
	g_ptr_array_sort(stage->slots, slot_compare);
	for (guint from = 0, to = 0; from < stage->slots->len; from = to) {
		g_autofree char *name = deployment_of(g_ptr_array_index(stage->slots, from));
		size_t len = strlen(name);

		for (to = from; to < stage->slots->len; to++) {
			const char *key = ((struct slot *)g_ptr_array_index(stage->slots, to))->key;
			if (strncmp(key, name, len) != 0 || key[len] != '/')
				break;
		}
		g_ptr_array_add(plans, range_plan(stage, name, from, to));
	}
	return plans;
}

struct plan *stage_plan(struct stage *stage, const char *deployment)
{
	g_autoptr(GPtrArray) plans = stage_plans(stage);

	for (guint i = 0; i < plans->len; i++) {
		struct plan *plan = g_ptr_array_index(plans, i);

		if (g_str_equal(plan->deployment, deployment))
			return g_ptr_array_steal_index(plans, i);
	}
	return plan_new(deployment);
}
