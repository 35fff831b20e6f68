/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of a member, and which instance is its own. */
#include "reconcile/engine/member.h"

#include "reconcile/engine/backoff.h"
#include "reconcile/engine/news.h"
#include "reconcile/engine/unit.h"
#include "reconcile/engine/vain.h"

#include <string.h>

struct member *member_new(struct unit *unit, const char *key)
{
	struct member *member = g_new0(struct member, 1);

	member->slot.key = g_strdup(key);
	member->unit = unit;
	return member;
}

void member_free(struct member *member)
{
	g_assert(member->probing.position == 0);
	g_free(member->slot.key);
	record_free(member->slot.record);
	operation_free(member->slot.operation);
	vain_forget(member);
	if (member->slot.sightings != NULL)
		g_ptr_array_unref(member->slot.sightings);
	if (member->replay != NULL)
		ask_free(member->replay);
	g_free(member);
}

void member_touch(struct engine *engine, struct member *member)
{
	member->is_touched = true;
	unit_dirty(engine, member->unit, false);
}

struct record *member_record(struct engine *engine, struct member *member)
{
	if (member->slot.record == NULL) {
		member->slot.record = record_new(member->slot.key);
		member_follow(engine, member);
		news_record(engine, member);
	}
	return member->slot.record;
}

static struct seen *sighting_at(const struct member *member, guint i)
{
	return member->slot.sightings->pdata[i];
}

struct seen *member_find(const struct member *member, const char *instance_id)
{
	for (guint i = 0; member->slot.sightings != NULL && i < member->slot.sightings->len; i++)
		if (g_strcmp0(sighting_at(member, i)->sighting.instance->id, instance_id) == 0)
			return sighting_at(member, i);
	return NULL;
}

struct seen *member_seen(const struct member *member)
{
	const struct record *record = member->slot.record;

	return record == NULL || record->instance_id == NULL
	               ? NULL
	               : member_find(member, record->instance_id);
}

static bool is_own(const struct member *member, const struct seen *seen)
{
	const struct record *record = member->slot.record;

	return record != NULL && g_strcmp0(record->instance_id, seen->sighting.instance->id) == 0;
}

void member_add_seen(struct engine *engine, struct member *member, struct seen *seen)
{
	seen->member = member;
	if (member->slot.sightings == NULL)
		member->slot.sightings = g_ptr_array_sized_new(1);
	g_ptr_array_insert(member->slot.sightings, is_own(member, seen) ? 0 : -1, seen);
	member_touch(engine, member);
}

void member_remove_seen(struct engine *engine, struct member *member, struct seen *seen)
{
	struct record *record = member->slot.record;
	bool was_own = is_own(member, seen);

	g_ptr_array_remove(member->slot.sightings, seen);
	seen->member = NULL;
	if (was_own) {
		g_clear_pointer(&record->instance_id, g_free);
		g_clear_pointer(&record->uid, g_free);
		record->ready_at_ms = 0;
		news_record(engine, member);
	}
	if (member->slot.sightings->len == 0)
		g_clear_pointer(&member->slot.sightings, g_ptr_array_unref);
	else if (was_own && member->slot.operation == NULL)
		member_adopt(engine, member, sighting_at(member, 0));
	member_touch(engine, member);
}

void member_adopt(struct engine *engine, struct member *member, struct seen *seen)
{
	const struct instance *instance = seen->sighting.instance;
	struct record *record = member_record(engine, member);

	g_free(record->cloud);
	record->cloud = g_strdup(seen->cloud->scene.name);
	g_free(record->instance_id);
	record->instance_id = g_strdup(instance->id);
	if (instance->marks.uid != NULL) {
		g_free(record->uid);
		record->uid = g_strdup(instance->marks.uid);
	}
	if (instance->marks.spec != NULL) {
		g_free(record->fingerprint);
		record->fingerprint = g_strdup(instance->marks.spec);
	}
	record->created_at_ms =
		instance->created_at_ms ? instance->created_at_ms : seen->sighting.first_seen_at_ms;
	record->is_protected |=
		instance->marks.is_protected &&
		!(member->slot.component != NULL && member->slot.component->says_unprotected);
	if (member->slot.sightings != NULL && g_ptr_array_remove(member->slot.sightings, seen))
		g_ptr_array_insert(member->slot.sightings, 0, seen);
	news_record(engine, member);
}

void member_claim(struct engine *engine, struct member *member)
{
	const struct slot *slot = &member->slot;

	if (slot->component != NULL && slot->sightings != NULL && slot->operation == NULL &&
	    (slot->record == NULL || slot->record->instance_id == NULL))
		member_adopt(engine, member, sighting_at(member, 0));
}

void member_fail(struct engine *engine, struct member *member, enum fault fault, const char *text,
                 int64_t now_ms)
{
	struct record *record = member_record(engine, member);

	record->attempts =
		record->fault == fault || record->fault == FAULT_NONE ? record->attempts + 1 : 1;
	record->fault = fault;
	record->retry_at_ms = backoff_until_ms(fault, record->attempts, &engine->rand, now_ms);
	if (g_strcmp0(record->fault_text, text) != 0) {
		g_free(record->fault_text);
		record->fault_text = g_strdup(text);
	}
	news_record(engine, member);
}

void member_succeed(struct engine *engine, struct member *member, bool is_whole)
{
	struct record *record = member->slot.record;

	if (record == NULL || (record->fault == FAULT_NONE && record->retry_at_ms == 0 &&
	                       (record->attempts == 0 || !is_whole)))
		return;
	record->fault = FAULT_NONE;
	record->retry_at_ms = 0;
	g_clear_pointer(&record->fault_text, g_free);
	if (is_whole)
		record->attempts = 0;
	news_record(engine, member);
}

void member_follow(struct engine *engine, struct member *member)
{
	const struct component *component = member->slot.component;
	struct record *record = member->slot.record;
	bool is_protected;

	if (record == NULL || component == NULL)
		return;
	is_protected =
		component->is_protected || (record->is_protected && !component->says_unprotected);
	if (record->rank == component->rank && record->is_protected == is_protected &&
	    record->missing_since_ms == 0)
		return;
	record->rank = component->rank;
	record->is_protected = is_protected;
	record->missing_since_ms = 0;
	news_record(engine, member);
}

bool member_is_void(const struct member *member)
{
	return member->slot.component == NULL && member->slot.sightings == NULL &&
	       member->slot.operation == NULL && member->slot.record == NULL;
}
