/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commits, meddlers, crashes. */
#include "tests/simulation/troubles.h"

#include "tests/simulation/checks.h"

#include <string.h>

enum {
	NURSE_MS = 15 * 60 * 1000,
	APART_MS = 40 * 1000, /* troubles, on average twice as often */
};

static void put(struct run *run, const char *file, char *own_text)
{
	g_autoptr(GBytes) bytes = g_bytes_new_take(own_text, strlen(own_text));

	manifests_put(run->manifests, file, bytes);
}

static void put_deployment(struct run *run, unsigned i)
{
	g_autofree char *file = g_strdup_printf("d%u.yaml", i);

	if (run->scenario->deployments[i].has_file)
		put(run, file, scenario_deployment_text(run->scenario, i));
	else
		manifests_remove(run->manifests, file);
}

static void set_fleet(struct run *run, bool is_complete)
{
	g_autoptr(GPtrArray) findings = NULL;
	autoptr(fleet) fleet = manifests_fleet(run->manifests, &findings);

	for (guint i = 0; i < findings->len; i++) {
		g_autofree char *text = finding_format(findings->pdata[i], false);

		run_fail(run, "%s", text);
	}
	fleet->is_complete = is_complete;
	engine_set_fleet(run->engine, fleet, run->now_ms);
}

void troubles_manifests(struct run *run)
{
	for (unsigned i = 0; i < run->scenario->clouds_len; i++) {
		g_autofree char *file = g_strdup_printf("c%u.yaml", i);

		put(run, file, scenario_cloud_text(run->scenario, i));
	}
	for (unsigned i = 0; i < run->scenario->deployments_len; i++)
		put_deployment(run, i);
}

static void restore(struct run *run)
{
	GPtrArray *records, *operations, *deletions;
	int64_t last = run->ledger->last_operation;
	g_autoptr(GError) error = NULL;

	if (run->store == NULL) {
		engine_restore(run->engine, ledger_records(run->ledger),
		               ledger_operations(run->ledger), ledger_deletions(run->ledger), last);
		return;
	}
	if (!store_load(run->store, run->now_ms - 10 * 60 * 1000, &records, &operations, &deletions,
	                &last, &error))
		g_error("the store cannot be read: %s", error->message);
	engine_restore(run->engine, records, operations, deletions, last);
}

void troubles_start(struct run *run)
{
	struct engine_options options = {
		.owner = "simulation",
		.seed = rand_next(&run->scenario->rand),
		.limits = {
			.deletions = run->scenario->deletions,
			.deletion_window_ms = 10 * 60 * 1000,
			.missing_grace_ms = 2 * 60 * 1000,
			.busy_ms = 5 * 1000,
			.rest_ms = 60 * 1000,
			.probes_in_flight = 3,
		},
	};

	run->engine = engine_new(&options);
	restore(run);
	set_fleet(run, true);
	for (unsigned i = 0; i < run->scenario->clouds_len; i++) {
		run->theatres[i].is_listed = false;
		engine_cloud_up(run->engine, run->theatres[i].name, &run->theatres[i].traits,
		                run->now_ms);
	}
}

void troubles_restart(struct run *run)
{
	g_autoptr(GError) error = NULL;

	run_trace(run, "the agent dies");
	engine_free(run->engine);
	if (run->scenario->may_lose_store && scenario_draw(run->scenario, 4) == 0) {
		run_trace(run, "its store is lost");
		ledger_lose(run->ledger);
		if (run->store != NULL) {
			store_close(run->store);
			run->store = store_open(NULL, &error);
			g_assert_no_error(error);
		}
	}
	troubles_start(run);
}

int troubles_draw_crash(struct run *run, const struct effects *effects)
{
	bool is_busy = effects->writes->len > 0 || effects->asks->len > 0;

	if (run->is_calm || !is_busy ||
	    scenario_draw(run->scenario, 100) >= run->scenario->crashes_percent)
		return -1;
	return (int)scenario_draw(run->scenario, effects->asks->len + 2);
}

int64_t troubles_next_ms(const struct run *run)
{
	return run->trouble_at_ms;
}

static const struct instance *any_instance(struct run *run, const struct theatre *theatre)
{
	size_t count = sim_world_count(theatre->world), cursor = 0;
	unsigned which = count ? scenario_draw(run->scenario, (unsigned)count) : 0;
	const struct instance *instance = sim_world_next(theatre->world, &cursor);

	while (which-- > 0 && instance != NULL)
		instance = sim_world_next(theatre->world, &cursor);
	return instance;
}

static void give_away(struct run *run, struct theatre *theatre, const char *id)
{
	static const struct marks other = { .owner = (char *)"somebody-else" };

	if (sim_world_set_marks(theatre->world, id, &other))
		g_hash_table_replace(theatre->given_away, g_strdup(id),
		                     g_memdup2(&run->now_ms, sizeof run->now_ms));
}

static void add_foreign(struct run *run, struct theatre *theatre)
{
	static const struct marks other = { .owner = (char *)"somebody-else",
		                            .member = (char *)"d0/db/1",
		                            .uid = (char *)"x" };
	bool is_marked = scenario_draw(run->scenario, 2) == 0;
	const char *id = sim_world_create_foreign(theatre->world, "d0-db-1-abcde",
	                                          is_marked ? &other : NULL);

	g_hash_table_replace(theatre->given_away, g_strdup(id),
	                     g_memdup2(&run->now_ms, sizeof run->now_ms));
}

static void meddle(struct run *run, struct theatre *theatre, const struct instance *instance)
{
	static const struct size size = { .name = (char *)"small",
		                          .cpus = 1,
		                          .memory_bytes = INT64_C(2) << 30,
		                          .disk_bytes = INT64_C(20) << 30 };
	g_autofree char *id = g_strdup(instance->id);
	unsigned what = scenario_draw(run->scenario, 8);

	run_trace(run, "meddler %u at %s %s", what, id,
	          instance->marks.member ? instance->marks.member : "");
	switch (what) {
	case 0:
		sim_world_kill(theatre->world, id);
		break;
	case 1:
		sim_world_stop(theatre->world, id);
		break;
	case 2:
		sim_world_vanish(theatre->world, id);
		break;
	case 3:
		sim_world_fail(theatre->world, id);
		break;
	case 4:
		sim_world_resize(theatre->world, id, &size);
		break;
	case 5:
		give_away(run, theatre, id);
		break;
	case 6:
		add_foreign(run, theatre);
		break;
	default:
		if (instance->marks.owner != NULL)
			sim_world_rename(theatre->world, id, "renamed");
		break;
	}
}

static void trouble_commit(struct run *run)
{
	unsigned i = scenario_commit(run->scenario);
	bool is_complete = scenario_draw(run->scenario, 8) > 0;

	run_trace(run, "a commit of d%u%s", i, is_complete ? "" : ", read in part");
	put_deployment(run, i);
	set_fleet(run, is_complete);
}

static void calm(struct run *run)
{
	run_trace(run, "the troubles end");
	run->is_calm = true;
	run->changed_ms = run->now_ms;
	for (unsigned i = 0; i < run->scenario->clouds_len; i++) {
		sim_world_advance(run->theatres[i].world, run->now_ms);
		sim_world_calm(run->theatres[i].world);
	}
	scenario_finish(run->scenario);
	troubles_manifests(run);
	set_fleet(run, true);
}

/* A person clears away what failed and is protected. */
static void nurse(struct run *run, struct theatre *theatre)
{
	const struct instance *instance;
	size_t cursor = 0;

	sim_world_advance(theatre->world, run->now_ms);
	while ((instance = sim_world_next(theatre->world, &cursor)) != NULL) {
		g_autofree char *id = g_strdup(instance->id);
		g_autofree char *key = checks_key(instance);

		if (instance->state == INSTANCE_FAILED && scenario_protects(run->scenario, key))
			sim_world_vanish(theatre->world, id);
	}
}

static void help(struct run *run)
{
	bool was_refused = run->scenario->draws_invalid;

	for (unsigned i = 0; i < run->scenario->clouds_len; i++)
		nurse(run, &run->theatres[i]);
	if (!was_refused)
		return;
	/* What was refused while the last commit came waits for another one. */
	run->scenario->draws_invalid = false;
	for (unsigned i = 0; i < run->scenario->deployments_len; i++)
		run->scenario->deployments[i].revision++;
	troubles_manifests(run);
	set_fleet(run, true);
}

void troubles_make(struct run *run)
{
	struct theatre *theatre =
		&run->theatres[scenario_draw(run->scenario, run->scenario->clouds_len)];
	const struct instance *instance;

	if (run->is_calm) {
		help(run);
		run->converged_ms = 0;
		run->trouble_at_ms = run->now_ms + NURSE_MS;
		return;
	}
	run->trouble_at_ms = run->now_ms + 1 + scenario_draw(run->scenario, APART_MS);
	if (run->now_ms >= run->began_ms + run->scenario->trouble_ms) {
		calm(run);
		return;
	}
	sim_world_advance(theatre->world, run->now_ms);
	instance = any_instance(run, theatre);
	if (instance != NULL && scenario_draw(run->scenario, 2) == 0)
		meddle(run, theatre, instance);
	else
		trouble_commit(run);
}
