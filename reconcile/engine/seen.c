/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is believed of an instance before a list tells. */
#include "reconcile/engine/seen.h"

#include "reconcile/engine/cloud.h"
#include "reconcile/engine/member.h"

struct seen *seen_add(struct cloud_state *cloud, struct instance *own_instance, int64_t now_ms)
{
	struct seen *seen = g_new0(struct seen, 1);

	seen->sighting.instance = own_instance;
	seen->sighting.cloud = cloud->scene.name;
	seen->sighting.first_seen_at_ms = now_ms;
	seen->cloud = cloud;
	g_hash_table_replace(cloud->seen, own_instance->id, seen);
	return seen;
}

struct seen *seen_expect(struct engine *engine, struct member *member, struct cloud_state *cloud,
                         const char *instance_id, int64_t now_ms)
{
	const struct operation *operation = member->slot.operation;
	struct seen *seen = g_hash_table_lookup(cloud->seen, instance_id);
	struct instance *instance;

	if (seen != NULL)
		return seen;
	instance = instance_new(instance_id);
	instance->name = g_strdup(operation->name);
	instance->state = INSTANCE_PENDING;
	instance->size = size_copy(&operation->size);
	instance->created_at_ms = now_ms;
	if (member->slot.component != NULL)
		instance->labels = pairs_ref(member->slot.component->spec->labels);
	if (cloud_can(cloud, ABILITY_ATOMIC_MARKS)) {
		instance->marks.owner = g_strdup(engine->owner);
		instance->marks.member = g_strdup(operation->key);
		instance->marks.uid = g_strdup(operation->uid);
		instance->marks.spec = g_strdup(operation->fingerprint);
		instance->marks.is_protected = member->slot.record->is_protected;
	}
	seen = seen_add(cloud, instance, now_ms);
	seen->is_guess = true;
	member_add_seen(engine, member, seen);
	return seen;
}

void seen_remember(struct engine *engine, struct member *member)
{
	const struct record *record = member->slot.record;
	struct cloud_state *cloud = cloud_get(engine, record->cloud);
	struct instance *instance;
	struct seen *seen;

	if (g_hash_table_contains(cloud->seen, record->instance_id))
		return;
	instance = instance_new(record->instance_id);
	instance->state = INSTANCE_UNKNOWN;
	instance->marks.owner = g_strdup(engine->owner);
	instance->marks.member = g_strdup(record->key);
	instance->marks.uid = g_strdup(record->uid);
	instance->marks.spec = g_strdup(record->fingerprint);
	instance->marks.is_protected = record->is_protected;
	instance->created_at_ms = record->created_at_ms;
	seen = seen_add(cloud, instance, record->created_at_ms);
	seen->is_guess = true;
	member_add_seen(engine, member, seen);
}

void seen_assume(struct seen *seen, const struct ask *ask, int64_t now_ms)
{
	static const enum instance_state states[VERBS] = {
		[VERB_DESTROY] = INSTANCE_DELETING,
		[VERB_START] = INSTANCE_PENDING,
		[VERB_STOP] = INSTANCE_STOPPING,
	};
	struct instance *instance = seen->sighting.instance;

	seen->fresh_from_ms = cloud_settled_ms(seen->cloud, now_ms);
	if (states[ask->verb] != INSTANCE_UNKNOWN)
		instance->state = states[ask->verb];
	if (ask->verb == VERB_DESTROY) {
		seen->is_destroyed = true;
		seen->gone_from_ms = seen->fresh_from_ms;
	}
	if (ask->verb == VERB_RESIZE) {
		size_clear(&instance->size);
		instance->size = size_copy(&ask->size);
	}
	if (ask->verb == VERB_MARK) {
		seen->marked_from_ms = seen->fresh_from_ms;
		marks_clear(&instance->marks);
		instance->marks = marks_copy(&ask->marks);
		pairs_unref(instance->labels);
		instance->labels = pairs_ref(ask->labels);
	}
}

void seen_suspect(struct engine *engine, struct seen *seen, int64_t now_ms)
{
	seen->gone_from_ms = cloud_settled_ms(seen->cloud, now_ms);
	seen->sighting.missed = MAX(seen->sighting.missed, 1);
	if (seen->member != NULL)
		member_touch(engine, seen->member);
	cloud_list_soon(engine, seen->cloud, now_ms);
}
