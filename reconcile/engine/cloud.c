/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of one cloud, and the clock of its lists. */
#include "reconcile/engine/cloud.h"

#include "reconcile/engine/backoff.h"
#include "reconcile/engine/news.h"
#include "reconcile/engine/unit.h"

#include <string.h>

enum {
	DEADLINE_MS = 60 * 1000, /* where the connector declares none */
	QUICK_MS = 100,          /* the shortest period of lists */
	QUICK_SHARE = 10,
	BLIND_LISTS = 2, /* one failed list is nothing to tell of */
};

static void seen_free(void *data)
{
	struct seen *seen = data;

	instance_free(seen->sighting.instance);
	g_free(seen);
}

static void shape_free(void *data)
{
	struct shape *shape = data;

	g_free(shape->name);
	g_free(shape);
}

static struct cloud_state *cloud_state_new(const char *name)
{
	struct cloud_state *cloud = g_new0(struct cloud_state, 1);

	cloud->scene.name = g_intern_string(name);
	cloud->seen = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, seen_free);
	cloud->shapes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, shape_free);
	cloud->doubts = g_ptr_array_new();
	cloud->blocked_until_ms = INT64_MAX;
	return cloud;
}

void cloud_free(struct cloud_state *cloud)
{
	g_hash_table_unref(cloud->seen);
	g_hash_table_unref(cloud->shapes);
	g_ptr_array_unref(cloud->doubts);
	if (cloud->scene.catalog_sizes != NULL)
		g_ptr_array_unref(cloud->scene.catalog_sizes);
	g_free(cloud->text);
	g_free(cloud->auth_text);
	g_free(cloud->list_text);
	g_free(cloud);
}

/* Where @name is, or where it belongs. */
static guint cloud_position(const struct engine *engine, const char *name)
{
	guint low = 0, high = engine->clouds->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		const struct cloud_state *cloud = engine->clouds->pdata[middle];

		if (strcmp(cloud->scene.name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct cloud_state *cloud_find(const struct engine *engine, const char *name)
{
	guint position = cloud_position(engine, name);
	struct cloud_state *cloud;

	if (position == engine->clouds->len)
		return NULL;
	cloud = engine->clouds->pdata[position];
	return strcmp(cloud->scene.name, name) == 0 ? cloud : NULL;
}

struct cloud_state *cloud_get(struct engine *engine, const char *name)
{
	struct cloud_state *cloud = cloud_find(engine, name);

	if (cloud == NULL) {
		cloud = cloud_state_new(name);
		cloud->scene.cloud = fleet_find_cloud(engine->fleet, name);
		g_ptr_array_insert(engine->clouds, (gint)cloud_position(engine, name), cloud);
	}
	return cloud;
}

static void budget_follow(struct cloud_state *cloud, int64_t now_ms)
{
	static const struct cloud_limits none;
	const struct cloud_limits *own = cloud->scene.cloud ? &cloud->scene.cloud->limits : &none;
	const struct traits *traits = &cloud->traits;

	budget_set(&cloud->budget,
	           own->requests_per_second ? own->requests_per_second
	                                    : traits->requests_per_second,
	           traits->burst, own->in_flight ? own->in_flight : traits->in_flight, now_ms);
}

void cloud_refresh(struct cloud_state *cloud)
{
	struct cloud_scene *scene = &cloud->scene;

	scene->is_up = cloud->is_up && cloud->auth_failures == 0;
	if (!cloud->is_up) {
		scene->fault = cloud->fault;
		scene->fault_text = cloud->text;
	} else if (cloud->auth_failures > 0) {
		scene->fault = FAULT_AUTH;
		scene->fault_text = cloud->auth_text;
	} else {
		scene->fault = cloud->list_fault;
		scene->fault_text = cloud->list_text;
	}
	scene->instances = g_hash_table_size(cloud->seen) + cloud->creating;
}

void cloud_up(struct engine *engine, struct cloud_state *cloud, const struct traits *traits,
              int64_t now_ms)
{
	bool was_up = cloud->is_up;

	cloud->traits = *traits;
	cloud->scene.traits = &cloud->traits;
	budget_follow(cloud, now_ms);
	cloud->is_told = true;
	cloud->is_up = true;
	cloud->fault = FAULT_NONE;
	g_clear_pointer(&cloud->text, g_free);
	cloud->auth_failures = 0;
	if (!was_up) {
		cloud->up_at_ms = now_ms;
		cloud->scene.is_listed = false;
		cloud->list_at_ms = now_ms;
		cloud->list_failures = 0;
		cloud->list_fault = FAULT_NONE;
		g_clear_pointer(&cloud->list_text, g_free);
		cloud->catalog_at_ms = now_ms;
		cloud->period_ms = engine->limits.busy_ms;
		news_cloud(engine, EVENT_CLOUD_UP, cloud, NULL, now_ms);
	}
	cloud_refresh(cloud);
	unit_dirty_all(engine);
}

void cloud_down(struct engine *engine, struct cloud_state *cloud, enum fault fault,
                const char *text, int64_t now_ms)
{
	if (!cloud->is_up && cloud->is_told && cloud->fault == fault &&
	    g_strcmp0(cloud->text, text) == 0)
		return;
	cloud->is_told = true;
	cloud->is_up = false;
	cloud->scene.is_listed = false;
	cloud->fault = fault;
	g_free(cloud->text);
	cloud->text = g_strdup(text);
	news_cloud(engine, EVENT_CLOUD_DOWN, cloud, text, now_ms);
	cloud_refresh(cloud);
	unit_dirty_all(engine);
}

void cloud_refuse(struct engine *engine, struct cloud_state *cloud, const char *text,
                  int64_t now_ms)
{
	if (cloud->auth_failures > 0 && now_ms < cloud->auth_until_ms)
		return;
	cloud->auth_failures++;
	cloud->auth_until_ms =
		backoff_until_ms(FAULT_AUTH, cloud->auth_failures, &engine->rand, now_ms);
	cloud->list_at_ms = cloud->auth_until_ms;
	g_free(cloud->auth_text);
	cloud->auth_text = g_strdup(text);
	if (cloud->auth_failures == 1) {
		news_cloud(engine, EVENT_CLOUD_DOWN, cloud, text, now_ms);
		unit_dirty_all(engine);
	}
	cloud_refresh(cloud);
}

void cloud_accept(struct engine *engine, struct cloud_state *cloud, int64_t now_ms)
{
	if (cloud->auth_failures == 0)
		return;
	cloud->auth_failures = 0;
	g_clear_pointer(&cloud->auth_text, g_free);
	if (cloud->is_up)
		news_cloud(engine, EVENT_CLOUD_UP, cloud, NULL, now_ms);
	cloud_refresh(cloud);
	unit_dirty_all(engine);
}

void cloud_blind(struct engine *engine, struct cloud_state *cloud, const struct answer *answer,
                 int64_t now_ms)
{
	const char *text = answer->text != NULL ? answer->text : fault_name(answer->fault);

	cloud->list_failures++;
	if (!cloud->is_blind && cloud->list_failures >= BLIND_LISTS) {
		cloud->is_blind = true;
		news_cloud(engine, EVENT_CLOUD_BLIND, cloud, text, now_ms);
	}
	if (!cloud->scene.is_listed && g_strcmp0(text, cloud->list_text) != 0)
		unit_dirty_all(engine);
	cloud->list_fault = answer->fault;
	g_free(cloud->list_text);
	cloud->list_text = g_strdup(text);
	cloud_refresh(cloud);
}

void cloud_see(struct engine *engine, struct cloud_state *cloud, int64_t now_ms)
{
	if (cloud->is_blind)
		news_cloud(engine, EVENT_CLOUD_SEEN, cloud, NULL, now_ms);
	cloud->is_blind = false;
	cloud->list_failures = 0;
	cloud->list_fault = FAULT_NONE;
	g_clear_pointer(&cloud->list_text, g_free);
	cloud_refresh(cloud);
}

bool cloud_follow(struct engine *engine, struct cloud_state *cloud, int64_t now_ms)
{
	const struct cloud *now = fleet_find_cloud(engine->fleet, cloud->scene.name);
	bool is_new = now != cloud->scene.cloud;

	cloud->scene.cloud = now;
	if (is_new && cloud->scene.traits != NULL)
		budget_follow(cloud, now_ms);
	return is_new;
}

/* A cloud that lists in a moment is looked at in a moment: lists take a tenth of the time at most,
 * and none is asked for before it can show what was done. */
static int64_t quick_ms(const struct engine *engine, const struct cloud_state *cloud)
{
	int64_t quick_ms = MAX(cloud->list_took_ms * QUICK_SHARE, cloud->traits.consistency_ms);

	return MIN(MAX(quick_ms, QUICK_MS), engine->limits.busy_ms);
}

void cloud_list_soon(struct engine *engine, struct cloud_state *cloud, int64_t now_ms)
{
	int64_t soon_ms;

	cloud->period_ms = quick_ms(engine, cloud);
	soon_ms = MAX(now_ms, cloud->list_began_ms + cloud->period_ms);
	if (cloud->list_failures == 0 && cloud->auth_failures == 0)
		cloud->list_at_ms = MIN(cloud->list_at_ms, soon_ms);
}

static int64_t rest_ms(const struct engine *engine, const struct cloud_state *cloud)
{
	int64_t longest_ms = engine->limits.rest_ms;

	if (cloud->traits.rest_ms > 0)
		longest_ms = MIN(longest_ms, cloud->traits.rest_ms);
	return MAX(longest_ms, 1);
}

void cloud_hasten(const struct engine *engine, struct cloud_state *cloud)
{
	cloud->period_ms = MIN(cloud->period_ms, rest_ms(engine, cloud));
	if (cloud->list_failures == 0 && cloud->auth_failures == 0)
		cloud->list_at_ms = MIN(cloud->list_at_ms, cloud->list_began_ms + cloud->period_ms);
}

void cloud_pace(struct engine *engine, struct cloud_state *cloud, bool is_busy, int64_t now_ms)
{
	int64_t longest_ms = rest_ms(engine, cloud);
	int64_t busy_ms = engine->limits.busy_ms;

	cloud->list_took_ms = now_ms - cloud->list_began_ms;
	cloud->period_ms = is_busy ? MIN(MIN(busy_ms, 2 * cloud->period_ms), longest_ms)
	                           : CLAMP(cloud->period_ms + cloud->period_ms / 2,
	                                   MIN(busy_ms, longest_ms), longest_ms);
	cloud->list_at_ms = MAX(now_ms, cloud->list_began_ms + cloud->period_ms);
}

static bool unit_uses(const struct unit *unit, const char *cloud)
{
	for (guint i = 0; i < unit->members->len; i++) {
		const struct slot *slot = &((const struct member *)unit->members->pdata[i])->slot;

		if (slot->record != NULL && g_strcmp0(slot->record->cloud, cloud) == 0)
			return true;
		if (slot->operation != NULL && g_strcmp0(slot->operation->cloud, cloud) == 0)
			return true;
	}
	return false;
}

bool cloud_is_used(const struct engine *engine, const struct cloud_state *cloud)
{
	if (g_hash_table_size(cloud->seen) > 0 || cloud->budget.in_flight > 0)
		return true;
	for (guint i = 0; i < engine->units->len; i++)
		if (unit_uses(engine->units->pdata[i], cloud->scene.name))
			return true;
	return false;
}

void cloud_forget(struct cloud_state *cloud)
{
	cloud->is_told = false;
	cloud->is_up = false;
	cloud->was_listed = false;
	cloud->scene.is_listed = false;
	cloud_refresh(cloud);
}

bool cloud_can(const struct cloud_state *cloud, enum ability ability)
{
	return (cloud->traits.abilities & ability) != 0;
}

int64_t cloud_deadline_ms(const struct cloud_state *cloud)
{
	return cloud->traits.ask_deadline_ms > 0 ? cloud->traits.ask_deadline_ms : DEADLINE_MS;
}

int64_t cloud_settled_ms(const struct cloud_state *cloud, int64_t at_ms)
{
	return at_ms + cloud->traits.consistency_ms;
}
