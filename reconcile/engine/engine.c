/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entry points, and the order of a pass. */
#include "reconcile/engine/engine.h"

#include "reconcile/engine/answers.h"
#include "reconcile/engine/cloud.h"
#include "reconcile/engine/hold.h"
#include "reconcile/engine/member.h"
#include "reconcile/engine/news.h"
#include "reconcile/engine/readiness.h"
#include "reconcile/engine/restore.h"
#include "reconcile/engine/turns.h"
#include "reconcile/engine/unit.h"

#include <string.h>

enum {
	TRIES_OF_APPLY = 5, /* failures in a row after which waiting for the next is no progress */
};

const struct engine_limits engine_limits_default = {
	.deletions = 5,
	.deletions_percent = 10,
	.deletion_window_ms = 60 * 60 * 1000,
	.missing_grace_ms = 10 * 60 * 1000,
	.busy_ms = 2 * 1000,
	.rest_ms = 60 * 1000,
	.probes_in_flight = 64,
};

static void cloud_free_cb(void *cloud)
{
	cloud_free(cloud);
}

static void unit_free_cb(void *unit)
{
	unit_free(unit);
}

static void deletion_free_cb(void *deletion)
{
	deletion_free(deletion);
}

static void flight_free_cb(void *flight)
{
	flight_free(flight);
}

struct engine *engine_new(const struct engine_options *options)
{
	struct engine *engine = g_new0(struct engine, 1);

	engine->owner = g_strdup(options->owner);
	engine->rand.state = options->seed;
	engine->limits = options->limits;
	engine->is_observing = options->is_observing;
	engine->can_act = true;
	engine->fleet = fleet_new();
	engine->fleet->is_complete = false;
	engine->clouds = g_ptr_array_new_with_free_func(cloud_free_cb);
	engine->units = g_ptr_array_new_with_free_func(unit_free_cb);
	engine->unit_index = g_hash_table_new(g_str_hash, g_str_equal);
	engine->work = g_ptr_array_new();
	engine->deletions = g_ptr_array_new_with_free_func(deletion_free_cb);
	engine->flights = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, flight_free_cb);
	engine->probes = g_hash_table_new(g_int64_hash, g_int64_equal);
	engine->agenda = g_ptr_array_new();
	engine->changed = g_ptr_array_new();
	engine->effects = effects_new();
	engine->wake_at_ms = INT64_MAX;
	return engine;
}

void engine_free(struct engine *engine)
{
	if (engine == NULL)
		return;
	while (agenda_first(engine->agenda) != NULL)
		agenda_remove(engine->agenda, agenda_first(engine->agenda));
	g_hash_table_unref(engine->flights);
	g_hash_table_unref(engine->probes);
	g_hash_table_unref(engine->unit_index);
	g_ptr_array_unref(engine->work);
	g_ptr_array_unref(engine->units);
	g_ptr_array_unref(engine->clouds);
	g_ptr_array_unref(engine->deletions);
	g_ptr_array_unref(engine->agenda);
	g_ptr_array_unref(engine->changed);
	effects_free(engine->effects);
	fleet_unref(engine->fleet);
	g_free(engine->owner);
	g_free(engine->why_not);
	g_free(engine);
}

void engine_restore(struct engine *engine, GPtrArray *own_records, GPtrArray *own_operations,
                    GPtrArray *own_deletions, int64_t last_operation)
{
	g_assert(!engine->has_fleet);
	engine->last_operation = last_operation;
	restore_records(engine, own_records);
	restore_operations(engine, own_operations);
	g_ptr_array_unref(engine->deletions);
	engine->deletions = own_deletions;
	g_ptr_array_set_free_func(engine->deletions, deletion_free_cb);
}

static bool cloud_settle(struct engine *engine, struct cloud_state *cloud, int64_t now_ms)
{
	bool is_new = cloud_follow(engine, cloud, now_ms);

	if (is_new && cloud->scene.cloud == NULL && !cloud_is_used(engine, cloud))
		cloud_forget(cloud);
	return is_new;
}

static void clouds_follow(struct engine *engine, int64_t now_ms)
{
	bool is_new = false;

	for (guint i = 0; i < engine->fleet->clouds->len; i++)
		cloud_get(engine, ((struct cloud *)engine->fleet->clouds->pdata[i])->name);
	for (guint i = 0; i < engine->clouds->len; i++)
		is_new |= cloud_settle(engine, engine->clouds->pdata[i], now_ms);
	if (!is_new)
		return;
	/* Words for images and sizes may mean something else now. */
	for (guint i = 0; i < engine->units->len; i++)
		unit_forgive(engine, engine->units->pdata[i], false);
	unit_dirty_all(engine);
}

static void deployments_follow(struct engine *engine, int64_t now_ms)
{
	for (guint i = 0; i < engine->fleet->deployments->len; i++) {
		struct deployment *deployment = engine->fleet->deployments->pdata[i];
		struct unit *unit = unit_get(engine, deployment->name, strlen(deployment->name));

		if (unit->deployment != deployment)
			unit_follow(engine, unit, deployment, now_ms);
	}
	for (guint i = 0; i < engine->units->len; i++) {
		struct unit *unit = engine->units->pdata[i];

		if (fleet_find_deployment(engine->fleet, unit->name) != NULL)
			continue;
		if (unit->deployment != NULL)
			unit_follow(engine, unit, NULL, now_ms);
		if (engine->fleet->is_complete)
			unit_miss(engine, unit, now_ms);
	}
}

void engine_set_fleet(struct engine *engine, struct fleet *fleet, int64_t now_ms)
{
	struct fleet *old = engine->fleet;
	bool was_complete = old->is_complete;

	engine->fleet = fleet_ref(fleet);
	if (!engine->has_fleet)
		engine->began_ms = now_ms;
	engine->has_fleet = true;
	clouds_follow(engine, now_ms);
	deployments_follow(engine, now_ms);
	if (was_complete != fleet->is_complete)
		unit_dirty_all(engine);
	fleet_unref(old);
}

void engine_set_limits(struct engine *engine, const struct engine_limits *limits)
{
	engine->limits = *limits;
	for (guint i = 0; i < engine->clouds->len; i++)
		cloud_hasten(engine, engine->clouds->pdata[i]);
	unit_dirty_all(engine);
}

void engine_cloud_up(struct engine *engine, const char *cloud, const struct traits *traits,
                     int64_t now_ms)
{
	cloud_up(engine, cloud_get(engine, cloud), traits, now_ms);
}

void engine_cloud_down(struct engine *engine, const char *cloud, enum fault fault, const char *text,
                       int64_t now_ms)
{
	cloud_down(engine, cloud_get(engine, cloud), fault, text, now_ms);
}

void engine_cloud_changed(struct engine *engine, const char *cloud, int64_t now_ms)
{
	cloud_list_soon(engine, cloud_get(engine, cloud), now_ms);
}

void engine_answer(struct engine *engine, struct answer *own_answer, int64_t now_ms)
{
	answers_take(engine, own_answer, now_ms);
}

void engine_probe_done(struct engine *engine, uint64_t probe, bool is_ready, const char *text,
                       int64_t now_ms)
{
	readiness_probed(engine, probe, is_ready, text, now_ms);
}

void engine_set_acting(struct engine *engine, bool can_act, const char *why, int64_t now_ms)
{
	if (engine->can_act == can_act && g_strcmp0(engine->why_not, can_act ? NULL : why) == 0)
		return;
	if (engine->can_act != can_act) {
		struct event *event = news_event(
			engine, can_act ? EVENT_ACTING_RESUMED : EVENT_ACTING_STOPPED, now_ms);

		event->text = g_strdup(why);
	}
	engine->can_act = can_act;
	g_free(engine->why_not);
	engine->why_not = can_act ? NULL : g_strdup(why);
	unit_dirty_all(engine);
}

static void deletions_prune(struct engine *engine, int64_t now_ms)
{
	int64_t from_ms = now_ms - engine->limits.deletion_window_ms;
	guint old = 0;

	while (old < engine->deletions->len &&
	       ((struct deletion *)engine->deletions->pdata[old])->at_ms <= from_ms)
		old++;
	if (old > 0)
		g_ptr_array_remove_range(engine->deletions, 0, old);
}

static void units_wake(struct engine *engine, int64_t now_ms)
{
	if (now_ms < engine->wake_at_ms)
		return;
	engine->wake_at_ms = INT64_MAX;
	for (guint i = 0; i < engine->units->len; i++) {
		struct unit *unit = engine->units->pdata[i];

		if (unit->wake_at_ms <= now_ms) {
			unit->wake_at_ms = INT64_MAX;
			unit_dirty(engine, unit, false);
		}
		engine->wake_at_ms = MIN(engine->wake_at_ms, unit->wake_at_ms);
	}
}

struct effects *engine_step(struct engine *engine, int64_t now_ms)
{
	struct effects *effects;

	answers_give_up(engine, now_ms);
	deletions_prune(engine, now_ms);
	units_wake(engine, now_ms);
	turns_take(engine, now_ms);
	readiness_step(engine, now_ms);
	news_flush(engine);
	effects = engine->effects;
	engine->effects = effects_new();
	effects->wake_at_ms = MIN(turns_next_ms(engine, now_ms), readiness_next_ms(engine));
	return effects;
}

static void plan_free_cb(void *plan)
{
	plan_free(plan);
}

GPtrArray *engine_plan(struct engine *engine, const char *deployment, int64_t now_ms)
{
	GPtrArray *plans = g_ptr_array_new_with_free_func(plan_free_cb);

	for (guint i = 0; i < engine->units->len; i++) {
		const struct unit *unit = engine->units->pdata[i];
		struct plan *plan;

		if (deployment != NULL && !g_str_equal(unit->name, deployment))
			continue;
		plan = unit_look(engine, unit, now_ms);
		if (plan->actions->len > 0 || plan->holds->len > 0)
			g_ptr_array_add(plans, plan);
		else
			plan_free(plan);
	}
	return plans;
}

/* Sizes that are on their way hold members that they may soon release. */
static bool sizes_are_awaited(const struct cloud_state *cloud)
{
	return cloud->scene.is_up && cloud_can(cloud, ABILITY_CATALOG) &&
	       cloud->scene.catalog_sizes == NULL && cloud->catalog_failures < TRIES_OF_APPLY;
}

bool engine_needs_cloud(const struct engine *engine, const char *cloud)
{
	const struct cloud_state *state = cloud_find(engine, cloud);

	return state == NULL || !state->is_told || (state->is_up && !state->was_listed) ||
	       cloud_is_used(engine, state);
}

bool engine_has_looked(const struct engine *engine)
{
	if (!engine->has_fleet)
		return false;
	for (guint i = 0; i < engine->fleet->clouds->len; i++) {
		const struct cloud *named = engine->fleet->clouds->pdata[i];
		const struct cloud_state *cloud = cloud_find(engine, named->name);

		if (cloud == NULL || !cloud->is_told)
			return false;
		if (cloud->scene.is_up && !cloud->scene.is_listed)
			return false;
		if (sizes_are_awaited(cloud) && cloud->catalog_failures == 0)
			return false;
	}
	return true;
}

/* The holds of @plan: false when one waits for something; @ret_failed when one fails. */
static bool holds_rest(const struct unit *unit, const struct plan *plan, bool *ret_failed)
{
	for (guint i = 0; i < plan->holds->len; i++) {
		const struct hold *hold = plan->holds->pdata[i];
		const struct member *member = unit_member_find(unit, hold->key);
		const struct record *record = member ? member->slot.record : NULL;
		enum hold_kind kind = hold_kind(hold->reason);

		if (hold->reason == HOLD_BACKOFF && record != NULL &&
		    record->attempts >= TRIES_OF_APPLY)
			kind = HOLD_FAILS;
		if (kind == HOLD_WAITS)
			return false;
		*ret_failed |= kind == HOLD_FAILS;
	}
	return true;
}

static bool members_rest(const struct unit *unit, bool *ret_failed)
{
	for (guint i = 0; i < unit->members->len; i++) {
		const struct member *member = unit->members->pdata[i];

		if (member->slot.operation != NULL)
			return false;
		if (member->slot.component == NULL || member->slot.is_ready)
			continue;
		if (member->running_at_ms != 0 && !member->is_late)
			return false;
		*ret_failed |= member->is_late;
	}
	return true;
}

bool engine_is_converged(struct engine *engine, int64_t now_ms, bool *ret_failed)
{
	bool has_failed = false;

	if (!engine_has_looked(engine) || engine->changed->len > 0 ||
	    engine->effects->writes->len > 0)
		return false;
	for (guint i = 0; i < engine->clouds->len; i++)
		if (sizes_are_awaited(engine->clouds->pdata[i]))
			return false;
	for (guint i = 0; i < engine->units->len; i++) {
		const struct unit *unit = engine->units->pdata[i];
		autoptr(plan) plan = unit_look(engine, unit, now_ms);

		if (plan->actions->len > 0 || !holds_rest(unit, plan, &has_failed) ||
		    !members_rest(unit, &has_failed))
			return false;
	}
	*ret_failed = has_failed;
	return true;
}
