/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entry points; so far they only keep what they are given. */
#include "reconcile/engine/engine.h"

struct engine {
	struct fleet *fleet;
};

const struct engine_limits engine_limits_default = {
	.deletions = 5,
	.deletions_percent = 10,
	.deletion_window_ms = 3600 * 1000,
	.missing_grace_ms = 600 * 1000,
	.busy_ms = 2000,
	.rest_ms = 60 * 1000,
	.probes_in_flight = 64,
};

struct engine *engine_new(const struct engine_options *options)
{
	(void)options;
	return g_new0(struct engine, 1);
}

void engine_free(struct engine *engine)
{
	fleet_unref(engine->fleet);
	g_free(engine);
}

void engine_restore(struct engine *engine, GPtrArray *own_records, GPtrArray *own_operations,
                    GPtrArray *own_deletions, int64_t last_operation)
{
	(void)engine;
	(void)last_operation;
	g_ptr_array_unref(own_records);
	g_ptr_array_unref(own_operations);
	g_ptr_array_unref(own_deletions);
}

void engine_set_fleet(struct engine *engine, struct fleet *fleet, int64_t now_ms)
{
	(void)now_ms;
	fleet_ref(fleet);
	fleet_unref(engine->fleet);
	engine->fleet = fleet;
}

void engine_set_limits(struct engine *engine, const struct engine_limits *limits)
{
	(void)engine;
	(void)limits;
}

void engine_cloud_up(struct engine *engine, const char *cloud, const struct traits *traits,
                     int64_t now_ms)
{
	(void)engine;
	(void)cloud;
	(void)traits;
	(void)now_ms;
}

void engine_cloud_down(struct engine *engine, const char *cloud, enum fault fault, const char *text,
                       int64_t now_ms)
{
	(void)engine;
	(void)cloud;
	(void)fault;
	(void)text;
	(void)now_ms;
}

void engine_cloud_changed(struct engine *engine, const char *cloud, int64_t now_ms)
{
	(void)engine;
	(void)cloud;
	(void)now_ms;
}

void engine_answer(struct engine *engine, struct answer *own_answer, int64_t now_ms)
{
	(void)engine;
	(void)now_ms;
	answer_free(own_answer);
}

void engine_probe_done(struct engine *engine, uint64_t probe, bool is_ready, const char *text,
                       int64_t now_ms)
{
	(void)engine;
	(void)probe;
	(void)is_ready;
	(void)text;
	(void)now_ms;
}

void engine_set_acting(struct engine *engine, bool can_act, const char *why, int64_t now_ms)
{
	(void)engine;
	(void)can_act;
	(void)why;
	(void)now_ms;
}

struct effects *engine_step(struct engine *engine, int64_t now_ms)
{
	(void)engine;
	(void)now_ms;
	return effects_new();
}

GPtrArray *engine_plan(struct engine *engine, const char *deployment, int64_t now_ms)
{
	(void)engine;
	(void)deployment;
	(void)now_ms;
	return g_ptr_array_new();
}

bool engine_has_looked(const struct engine *engine)
{
	(void)engine;
	return true;
}

bool engine_is_converged(struct engine *engine, int64_t now_ms, bool *ret_failed)
{
	(void)engine;
	(void)now_ms;
	*ret_failed = false;
	return true;
}

struct view *engine_view(struct engine *engine, const struct view_options *options, int64_t now_ms)
{
	(void)engine;
	(void)options;
	(void)now_ms;
	return g_new0(struct view, 1);
}

void view_free(struct view *view)
{
	g_free(view);
}
