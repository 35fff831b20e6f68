/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of a deployment, as a merge of what is desired and what is remembered. */
#include "reconcile/engine/unit.h"

#include "reconcile/engine/member.h"
#include "reconcile/engine/news.h"
#include "reconcile/engine/readiness.h"
#include "reconcile/engine/vain.h"
#include "reconcile/model/key.h"

#include <string.h>

static void queue_free(void *data)
{
	struct queue *queue = data;

	g_ptr_array_unref(queue->actions);
	g_free(queue);
}

static void member_free_cb(void *member)
{
	member_free(member);
}

static struct unit *unit_new(char *own_name)
{
	struct unit *unit = g_new0(struct unit, 1);

	unit->name = own_name;
	unit->members = g_ptr_array_new_with_free_func(member_free_cb);
	unit->queues = g_ptr_array_new_with_free_func(queue_free);
	unit->wake_at_ms = INT64_MAX;
	return unit;
}

void unit_free(struct unit *unit)
{
	g_ptr_array_unref(unit->queues);
	plan_free(unit->plan);
	g_ptr_array_unref(unit->members);
	deployment_unref(unit->deployment);
	g_free(unit->name);
	g_free(unit);
}

struct unit *unit_find(const struct engine *engine, const char *name)
{
	return g_hash_table_lookup(engine->unit_index, name);
}

static guint unit_position(const struct engine *engine, const char *name)
{
	guint low = 0, high = engine->units->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		const struct unit *unit = engine->units->pdata[middle];

		if (key_compare(unit->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct unit *unit_get(struct engine *engine, const char *name, size_t len)
{
	g_autofree char *text = g_strndup(name, len);
	struct unit *unit = unit_find(engine, text);

	if (unit == NULL) {
		unit = unit_new(g_steal_pointer(&text));
		g_ptr_array_insert(engine->units, (gint)unit_position(engine, unit->name), unit);
		g_hash_table_insert(engine->unit_index, unit->name, unit);
		unit_dirty(engine, unit, true);
	}
	return unit;
}

/* Where @key is, or where it belongs; lists and stores come sorted, so the end is tried first. */
static guint member_position(const struct unit *unit, const char *key)
{
	guint low = 0, high = unit->members->len;

	if (high > 0 &&
	    key_compare(((struct member *)unit->members->pdata[high - 1])->slot.key, key) < 0)
		return high;
	while (low < high) {
		guint middle = low + (high - low) / 2;
		const struct member *member = unit->members->pdata[middle];

		if (key_compare(member->slot.key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct member *unit_member_find(const struct unit *unit, const char *key)
{
	guint position = member_position(unit, key);
	struct member *member;

	if (position == unit->members->len)
		return NULL;
	member = unit->members->pdata[position];
	return strcmp(member->slot.key, key) == 0 ? member : NULL;
}

struct member *unit_member_get(struct unit *unit, const char *key)
{
	struct member *member = unit_member_find(unit, key);

	if (member == NULL) {
		member = member_new(unit, key);
		g_ptr_array_insert(unit->members, (gint)member_position(unit, key), member);
	}
	return member;
}

void unit_dirty(struct engine *engine, struct unit *unit, bool is_urgent)
{
	unit->is_dirty = true;
	unit->is_urgent |= is_urgent;
	if (unit->is_listed)
		return;
	unit->is_listed = true;
	g_ptr_array_add(engine->work, unit);
}

void unit_dirty_all(struct engine *engine)
{
	for (guint i = 0; i < engine->units->len; i++)
		unit_dirty(engine, engine->units->pdata[i], true);
}

void unit_dirty_listed(struct engine *engine)
{
	for (guint i = 0; i < engine->units->len; i++) {
		struct unit *unit = engine->units->pdata[i];

		if (unit->needs_lists)
			unit_dirty(engine, unit, false);
	}
}

/* The old member of @key, taken out of @old at or after *@next; members in between are not
 * desired. */
static struct member *merge_take(GPtrArray *old, guint *next, const char *key, GPtrArray *into)
{
	while (*next < old->len) {
		struct member *member = old->pdata[*next];
		int order = key_compare(member->slot.key, key);

		if (order > 0)
			return NULL;
		*next += 1;
		if (order == 0)
			return member;
		member->slot.component = NULL;
		g_ptr_array_add(into, member);
	}
	return NULL;
}

static void merge_component(struct unit *unit, const struct component *component, GPtrArray *old,
                            guint *next)
{
	size_t size = component_size(component);

	for (size_t i = 0; i < size; i++) {
		g_autofree char *name = component_member_name(component, i);
		g_autofree char *key = key_join(unit->name, component->name, name);
		struct member *member = merge_take(old, next, key, unit->members);

		if (member == NULL)
			member = member_new(unit, key);
		member->slot.component = component;
		g_ptr_array_add(unit->members, member);
	}
}

static void unit_merge(struct unit *unit)
{
	GPtrArray *old = unit->members;
	const struct deployment *deployment = unit->deployment;
	guint next = 0;

	unit->members = g_ptr_array_new_with_free_func(member_free_cb);
	for (guint i = 0; deployment != NULL && i < deployment->components->len; i++)
		merge_component(unit, deployment->components->pdata[i], old, &next);
	for (; next < old->len; next++) {
		((struct member *)old->pdata[next])->slot.component = NULL;
		g_ptr_array_add(unit->members, old->pdata[next]);
	}
	g_ptr_array_set_free_func(old, NULL);
	g_ptr_array_unref(old);
}

static bool unit_has_records(const struct unit *unit)
{
	for (guint i = 0; i < unit->members->len; i++)
		if (((struct member *)unit->members->pdata[i])->slot.record != NULL)
			return true;
	return false;
}

static bool unit_is_missing(const struct unit *unit)
{
	for (guint i = 0; i < unit->members->len; i++) {
		const struct member *member = unit->members->pdata[i];

		if (member->slot.record != NULL && member->slot.record->missing_since_ms != 0)
			return true;
	}
	return false;
}

static void unit_tell(struct engine *engine, struct unit *unit, bool was_missing, int64_t now_ms)
{
	if (was_missing)
		news_unit(engine, EVENT_DEPLOYMENT_BACK, unit, now_ms);
	else if (unit->is_known)
		news_unit(engine, EVENT_DEPLOYMENT_CHANGED, unit, now_ms);
	else if (!unit_has_records(unit))
		news_unit(engine, EVENT_DEPLOYMENT_NEW, unit, now_ms);
	unit->is_known = true;
}

void unit_follow(struct engine *engine, struct unit *unit, struct deployment *deployment,
                 int64_t now_ms)
{
	struct deployment *old = unit->deployment;
	bool was_missing = deployment != NULL && unit_is_missing(unit);

	/* The plan and the queues borrow components of the old manifest. */
	unit_drop_queues(unit);
	g_clear_pointer(&unit->plan, plan_free);
	unit->deployment = deployment ? deployment_ref(deployment) : NULL;
	unit_merge(unit);
	if (deployment != NULL)
		unit_tell(engine, unit, was_missing, now_ms);
	unit_forgive(engine, unit, old != NULL);
	for (guint i = 0; i < unit->members->len; i++) {
		vain_forget(unit->members->pdata[i]);
		member_claim(engine, unit->members->pdata[i]);
		member_follow(engine, unit->members->pdata[i]);
		readiness_follow(engine, unit->members->pdata[i], now_ms);
	}
	deployment_unref(old);
	unit->reasons = 0;
	unit->is_converged = false;
	unit_dirty(engine, unit, true);
}

void unit_miss(struct engine *engine, struct unit *unit, int64_t now_ms)
{
	bool was_missing = unit_is_missing(unit);
	bool is_new = false;

	for (guint i = 0; i < unit->members->len; i++) {
		struct member *member = unit->members->pdata[i];

		if (member->slot.record == NULL || member->slot.record->missing_since_ms != 0)
			continue;
		member->slot.record->missing_since_ms = now_ms;
		news_record(engine, member);
		is_new = true;
	}
	if (!is_new)
		return;
	if (!was_missing)
		news_unit(engine, EVENT_DEPLOYMENT_MISSING, unit, now_ms);
	unit_forgive(engine, unit, false);
	unit_dirty(engine, unit, true);
}

void unit_forgive(struct engine *engine, struct unit *unit, bool all)
{
	for (guint i = 0; i < unit->members->len; i++) {
		struct member *member = unit->members->pdata[i];
		struct record *record = member->slot.record;

		if (record == NULL || (!all && record->retry_at_ms != INT64_MAX))
			continue;
		member_succeed(engine, member, true);
	}
}

bool unit_has_queue(const struct unit *unit)
{
	for (guint i = 0; i < unit->queues->len; i++) {
		const struct queue *queue = unit->queues->pdata[i];

		if (queue->next < queue->actions->len)
			return true;
	}
	return false;
}

void unit_drop_queues(struct unit *unit)
{
	g_ptr_array_set_size(unit->queues, 0);
}
