/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots of the engine for people and programs. */
#include "reconcile/engine/view.h"

#include "reconcile/engine/cloud.h"
#include "reconcile/engine/member.h"
#include "reconcile/engine/unit.h"
#include "reconcile/model/key.h"
#include "reconcile/plan/summary.h"

#include <string.h>

static void member_view_free(void *data)
{
	struct member_view *view = data;

	g_free(view->key);
	g_free(view->component);
	g_free(view->cloud);
	g_free(view->instance_id);
	g_free(view->name);
	g_free(view->address);
	g_free(view->doing);
	g_free(view->hold);
	g_free(view->hold_reason);
	g_free(view->size);
	g_free(view);
}

static void deployment_view_free(void *data)
{
	struct deployment_view *view = data;

	g_free(view->name);
	g_free(view->commit);
	g_free(view->why_stale);
	g_free(view->note);
	if (view->members != NULL)
		g_ptr_array_unref(view->members);
	g_free(view);
}

static void cloud_view_free(void *data)
{
	struct cloud_view *view = data;

	g_free(view->name);
	g_free(view->connector);
	g_free(view->text);
	g_free(view);
}

void view_free(struct view *view)
{
	if (view == NULL)
		return;
	g_free(view->owner);
	g_free(view->commit);
	g_free(view->why_not);
	g_ptr_array_unref(view->clouds);
	g_ptr_array_unref(view->deployments);
	g_free(view);
}

/* The hold of @key that comes at or after *@next; holds are sorted by key. */
static const struct hold *hold_take(const struct plan *plan, guint *next, const char *key)
{
	while (plan != NULL && *next < plan->holds->len) {
		const struct hold *hold = plan->holds->pdata[*next];
		int order = key_compare(hold->key, key);

		if (order > 0)
			return NULL;
		if (order == 0)
			return hold;
		*next += 1;
	}
	return NULL;
}

static char *component_name(const struct member *member)
{
	struct key_parts parts;

	if (!key_split(member->slot.key, &parts))
		return NULL;
	return g_strndup(parts.component, parts.component_len);
}

static void instance_fill(struct member_view *view, const struct sighting *sighting)
{
	const struct instance *instance = sighting->instance;

	view->has_instance = true;
	view->instance_id = g_strdup(instance->id);
	view->name = g_strdup(instance->name);
	view->address = instance->addresses ? g_strdup(instance->addresses[0]) : NULL;
	view->state = instance->state;
	view->size = size_text(&instance->size);
	view->since_ms =
		instance->created_at_ms ? instance->created_at_ms : sighting->first_seen_at_ms;
}

static struct member_view *member_view(const struct member *member, const struct hold *hold)
{
	struct member_view *view = g_new0(struct member_view, 1);
	const struct slot *slot = &member->slot;

	view->key = g_strdup(slot->key);
	view->component = component_name(member);
	view->cloud = g_strdup(slot->record              ? slot->record->cloud
	                       : slot->component != NULL ? slot->component->cloud
	                                                 : NULL);
	view->is_desired = slot->component != NULL;
	view->is_ready = slot->is_ready;
	view->is_protected = slot->record != NULL && slot->record->is_protected;
	if (slot->component != NULL)
		view->place = slot->component->place;
	else if (slot->record != NULL)
		view->place = slot->record->place;
	if (slot->sightings != NULL)
		instance_fill(view, slot->sightings->pdata[0]);
	if (slot->operation != NULL)
		view->doing = g_strdup(verb_name(slot->operation->verb));
	if (hold != NULL) {
		view->hold = g_strdup(hold->text);
		view->hold_reason = g_strdup(hold_reason_name(hold->reason));
		view->hold_until_ms = hold->until_ms;
	}
	return view;
}

static void member_count(struct deployment_view *view, const struct slot *slot,
                         const struct hold *hold)
{
	view->desired += slot->component != NULL;
	view->present += slot->sightings != NULL;
	view->ready += slot->is_ready;
	view->under_way += slot->operation != NULL || (hold != NULL && summary_is_under_way(hold));
	view->failing += slot->record != NULL && slot->record->fault != FAULT_NONE;
}

/* How many are held, and the first of them; what is merely under way is neither, but better to be
 * told than nothing. */
static const struct hold *holds_count(struct deployment_view *view, const struct plan *plan)
{
	const struct hold *first = NULL;

	for (guint i = 0; plan != NULL && i < plan->holds->len; i++) {
		const struct hold *hold = plan->holds->pdata[i];

		if (summary_is_under_way(hold))
			continue;
		first = first == NULL ? hold : first;
		view->held++;
	}
	return first != NULL || plan == NULL || plan->holds->len == 0 ? first
	                                                              : plan->holds->pdata[0];
}

/* A failure says more than a wait. */
static void note_fill(struct deployment_view *view, const struct unit *unit)
{
	const struct hold *hold = holds_count(view, unit->plan);

	for (guint i = 0; i < unit->members->len && view->note == NULL; i++) {
		const struct record *record =
			((struct member *)unit->members->pdata[i])->slot.record;

		if (record == NULL || record->fault == FAULT_NONE || record->fault_text == NULL)
			continue;
		view->note = g_strdup_printf("%s: %s", record->key, record->fault_text);
		view->note_until_ms = record->retry_at_ms == INT64_MAX ? 0 : record->retry_at_ms;
	}
	if (view->note == NULL && hold != NULL) {
		view->note = g_strdup_printf("%s: %s", hold->key, hold->text);
		view->note_until_ms = hold->until_ms;
	}
}

static void manifest_fill(const struct engine *engine, struct deployment_view *view,
                          const struct unit *unit)
{
	if (unit->deployment != NULL) {
		view->is_absent = unit->deployment->is_absent;
		view->is_stale = unit->deployment->is_stale;
		view->why_stale = g_strdup(unit->deployment->why_stale);
		view->place = unit->deployment->place;
		return;
	}
	for (guint i = 0; i < unit->members->len; i++) {
		const struct record *record =
			((struct member *)unit->members->pdata[i])->slot.record;

		if (record != NULL && record->missing_since_ms != 0) {
			view->missing_until_ms =
				record->missing_since_ms + engine->limits.missing_grace_ms;
			return;
		}
	}
}

/* Which members are still to be shown while the deployments are walked in order. */
struct paging {
	const char *after; /* NULL: from the first */
	char *deployment;  /* of after */
	size_t left;
};

static struct paging paging_begin(const struct view_options *options)
{
	const char *after = options->after;

	return (struct paging){
		.after = after,
		.deployment = after == NULL ? NULL : g_strndup(after, strcspn(after, "/")),
		.left = options->members_max == 0 ? SIZE_MAX : options->members_max,
	};
}

static bool paging_take(struct paging *paging, const struct unit *unit, const char *key)
{
	int order = paging->after == NULL ? 1 : strcmp(unit->name, paging->deployment);

	if (paging->left == 0 || order < 0 || (order == 0 && key_compare(key, paging->after) <= 0))
		return false;
	paging->left--;
	return true;
}

/* @paging NULL: without members. */
static struct deployment_view *deployment_view(const struct engine *engine, const struct unit *unit,
                                               struct paging *paging)
{
	struct deployment_view *view = g_new0(struct deployment_view, 1);
	guint next = 0;

	view->name = g_strdup(unit->name);
	view->commit = g_strdup(engine->fleet->commit);
	view->is_converged = unit->is_converged && !unit->is_dirty;
	if (paging != NULL)
		view->members = g_ptr_array_new_with_free_func(member_view_free);
	for (guint i = 0; i < unit->members->len; i++) {
		const struct member *member = unit->members->pdata[i];

		const struct hold *hold = hold_take(unit->plan, &next, member->slot.key);

		member_count(view, &member->slot, hold);
		if (paging != NULL && paging_take(paging, unit, member->slot.key))
			g_ptr_array_add(view->members, member_view(member, hold));
	}
	manifest_fill(engine, view, unit);
	note_fill(view, unit);
	return view;
}

static struct cloud_view *cloud_view(const struct cloud_state *cloud)
{
	struct cloud_view *view = g_new0(struct cloud_view, 1);

	view->name = g_strdup(cloud->scene.name);
	view->connector = cloud->scene.cloud ? g_strdup(cloud->scene.cloud->connector) : NULL;
	view->is_gone = cloud->scene.cloud == NULL || cloud->scene.cloud->is_gone;
	view->is_up = cloud->scene.is_up;
	view->fault = cloud->scene.fault;
	view->text = g_strdup(cloud->scene.fault_text);
	view->instances = g_hash_table_size(cloud->seen);
	view->foreign = cloud->foreign;
	view->orphans = cloud->orphans;
	view->listed_at_ms = cloud->listed_at_ms;
	view->period_ms = cloud->period_ms;
	view->in_flight = cloud->budget.in_flight;
	view->requests_left = cloud->budget.all.tokens;
	view->throttled = cloud->budget.throttled;
	return view;
}

struct view *engine_view(struct engine *engine, const struct view_options *options, int64_t now_ms)
{
	struct view *view = g_new0(struct view, 1);
	struct paging paging = paging_begin(options);

	view->at_ms = now_ms;
	view->owner = g_strdup(engine->owner);
	view->commit = g_strdup(engine->fleet->commit);
	view->is_observing = engine->is_observing;
	view->can_act = engine->can_act;
	view->why_not = g_strdup(engine->why_not);
	view->clouds = g_ptr_array_new_with_free_func(cloud_view_free);
	view->deployments = g_ptr_array_new_with_free_func(deployment_view_free);
	for (guint i = 0; i < engine->clouds->len; i++) {
		const struct cloud_state *cloud = engine->clouds->pdata[i];

		if (cloud->scene.cloud != NULL || cloud_is_used(engine, cloud))
			g_ptr_array_add(view->clouds, cloud_view(cloud));
	}
	for (guint i = 0; i < engine->units->len; i++) {
		const struct unit *unit = engine->units->pdata[i];

		if (options->deployment == NULL || g_str_equal(options->deployment, unit->name))
			g_ptr_array_add(view->deployments,
			                deployment_view(engine, unit,
			                                options->with_members ? &paging : NULL));
	}
	g_free(paging.deployment);
	return view;
}
