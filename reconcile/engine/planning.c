/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Laying out the scene of a unit, planning it, and what follows from the plan. */
#include "reconcile/engine/cloud.h"
#include "reconcile/engine/hold.h"
#include "reconcile/engine/member.h"
#include "reconcile/engine/news.h"
#include "reconcile/engine/readiness.h"
#include "reconcile/engine/unit.h"
#include "reconcile/plan/plan_build.h"

enum {
	MEMBERS_PER_MS = 100, /* a unit of 10,000 is planned at most ten times a second */
};

static size_t instances_total(const struct engine *engine)
{
	size_t total = 0;

	for (guint i = 0; i < engine->clouds->len; i++)
		total += ((struct cloud_state *)engine->clouds->pdata[i])->scene.instances;
	return total;
}

struct plan *unit_look(const struct engine *engine, const struct unit *unit, int64_t now_ms)
{
	struct scene scene = {
		.now_ms = now_ms,
		.name = unit->name,
		.deployment = unit->deployment,
		.fleet = engine->fleet,
		.slots = (struct slot *const *)unit->members->pdata,
		.slots_len = unit->members->len,
		.clouds = (struct cloud_scene *const *)engine->clouds->pdata,
		.clouds_len = engine->clouds->len,
		.limits = &engine->limits,
		.deletions = engine->deletions,
		.instances_total = instances_total(engine),
		.is_observing = engine->is_observing,
	};

	return plan_build(&scene);
}

bool unit_may_plan(const struct unit *unit, int64_t now_ms, int64_t *ret_at_ms)
{
	*ret_at_ms = unit->planned_at_ms + (int64_t)(unit->members->len / MEMBERS_PER_MS);
	return unit->is_urgent || unit->plan == NULL || *ret_at_ms <= now_ms;
}

/* What neither is desired, nor exists, nor is under way is forgotten. */
static void unit_tidy(struct engine *engine, struct unit *unit)
{
	guint kept = 0;

	for (guint i = 0; i < unit->members->len; i++) {
		struct member *member = unit->members->pdata[i];
		struct slot *slot = &member->slot;

		if (slot->record != NULL && slot->component == NULL && slot->sightings == NULL &&
		    slot->operation == NULL) {
			news_record_gone(engine, member);
			g_clear_pointer(&slot->record, record_free);
		}
		if (!member_is_void(member)) {
			unit->members->pdata[kept++] = member;
			continue;
		}
		readiness_forget(engine, member);
		member_free(member);
	}
	unit->members->len = kept;
}

static struct queue *queue_get(struct unit *unit, struct cloud_state *cloud,
                               const struct action *action)
{
	enum budget_class class = action->verb == VERB_CREATE ? BUDGET_CREATE : BUDGET_CHANGE;
	const struct component *component = class == BUDGET_CREATE ? action->component : NULL;
	struct queue *queue;

	for (guint i = unit->queues->len; i > 0; i--) {
		queue = unit->queues->pdata[i - 1];
		if (queue->cloud == cloud && queue->class == class && queue->component == component)
			return queue;
	}
	queue = g_new0(struct queue, 1);
	queue->cloud = cloud;
	queue->class = class;
	queue->component = component;
	queue->actions = g_ptr_array_new();
	g_ptr_array_add(unit->queues, queue);
	return queue;
}

static void unit_queue(struct engine *engine, struct unit *unit)
{
	unit_drop_queues(unit);
	for (guint i = 0; i < unit->plan->actions->len; i++) {
		struct action *action = unit->plan->actions->pdata[i];
		struct cloud_state *cloud = cloud_find(engine, action->cloud);

		if (cloud != NULL)
			g_ptr_array_add(queue_get(unit, cloud, action)->actions, action);
	}
}

/* One event for a reason, however many members it holds. */
static void unit_tell_holds(struct engine *engine, struct unit *unit, int64_t now_ms)
{
	uint64_t reasons = 0;

	for (guint i = 0; i < unit->plan->holds->len; i++) {
		const struct hold *hold = unit->plan->holds->pdata[i];
		uint64_t bit = UINT64_C(1) << hold->reason;
		struct event *event;

		if (!hold_is_news(hold->reason) || reasons & bit)
			continue;
		reasons |= bit;
		if (unit->reasons & bit)
			continue;
		event = news_unit(engine, EVENT_HOLD, unit, now_ms);
		event->key = g_strdup(hold->key);
		event->cloud = g_strdup(hold->cloud);
		event->after = g_strdup(hold_reason_name(hold->reason));
		event->text = g_strdup(hold->text);
		event->place = hold->place;
	}
	unit->reasons = reasons;
}

static bool unit_is_done(const struct unit *unit)
{
	if (unit->plan->actions->len > 0 || unit->plan->holds->len > 0)
		return false;
	for (guint i = 0; i < unit->members->len; i++) {
		const struct slot *slot = &((struct member *)unit->members->pdata[i])->slot;

		if (slot->operation != NULL || (slot->component != NULL && !slot->is_ready))
			return false;
	}
	return true;
}

static void unit_note_holds(struct unit *unit)
{
	unit->wake_at_ms = INT64_MAX;
	unit->needs_lists = false;
	for (guint i = 0; i < unit->plan->holds->len; i++) {
		const struct hold *hold = unit->plan->holds->pdata[i];

		if (hold->until_ms > 0)
			unit->wake_at_ms = MIN(unit->wake_at_ms, hold->until_ms);
		unit->needs_lists |= hold_needs_lists(hold->reason);
	}
}

static void member_begin(struct engine *engine, struct member *member, int64_t now_ms)
{
	member->is_touched = false;
	readiness_check_late(engine, member, now_ms);
}

void unit_plan(struct engine *engine, struct unit *unit, int64_t now_ms)
{
	bool was_converged = unit->is_converged;

	unit_tidy(engine, unit);
	/* Its actions are queued; the queues go first. */
	unit_drop_queues(unit);
	plan_free(unit->plan);
	unit->plan = unit_look(engine, unit, now_ms);
	unit->planned_at_ms = now_ms;
	unit->is_dirty = false;
	unit->is_urgent = false;
	unit->deletions_known = engine->deletions_made;
	for (guint i = 0; i < unit->members->len; i++)
		member_begin(engine, unit->members->pdata[i], now_ms);
	unit_note_holds(unit);
	engine->wake_at_ms = MIN(engine->wake_at_ms, unit->wake_at_ms);
	unit_queue(engine, unit);
	unit_tell_holds(engine, unit, now_ms);
	unit->is_converged = unit_is_done(unit);
	if (unit->is_converged && !was_converged && unit->members->len > 0)
		news_unit(engine, EVENT_DEPLOYMENT_CONVERGED, unit, now_ms);
}
