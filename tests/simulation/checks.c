/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The invariants. */
#include "tests/simulation/checks.h"

#include "reconcile/model/key.h"

#include <string.h>

static void check_journaled(struct run *run, const struct ask *ask, const char *key)
{
	const struct operation *operation = ledger_operation(run->ledger, key);

	if (operation == NULL)
		run_fail(run, "%s of %s was not journaled", verb_name(ask->verb), key);
	else if (operation->ask != ask->id || operation->state != OPERATION_OPEN ||
	         operation->verb != ask->verb)
		run_fail(run, "%s of %s is journaled as another operation", verb_name(ask->verb),
		         key);
}

/* A mark that was sent before anybody could know makes it ours again. */
static bool is_given_away(const struct theatre *theatre, const struct instance *instance)
{
	return g_hash_table_contains(theatre->given_away, instance->id) &&
	       g_strcmp0(instance->marks.owner, "simulation") != 0;
}

/* Known to be another's: a complete list that the engine heard began after it became so. */
static bool is_known_foreign(const struct theatre *theatre, const char *id)
{
	const int64_t *since_ms = g_hash_table_lookup(theatre->given_away, id);
	const struct instance *instance = sim_world_find(theatre->world, id);

	return since_ms != NULL && instance != NULL && is_given_away(theatre, instance) &&
	       theatre->last_complete_ms >= *since_ms + theatre->traits.consistency_ms;
}

static void check_instance(struct run *run, const struct theatre *theatre, const struct ask *ask)
{
	const struct record *record = g_hash_table_lookup(run->ledger->records, ask->key);

	if (is_known_foreign(theatre, ask->instance_id))
		run_fail(run, "%s of %s, which is somebody else's", verb_name(ask->verb),
		         ask->instance_id);
	if (ask->verb == VERB_DESTROY && scenario_protects(run->scenario, ask->key) &&
	    record != NULL && g_strcmp0(record->instance_id, ask->instance_id) == 0)
		run_fail(run, "%s is protected and was destroyed", ask->key);
}

void checks_ask(struct run *run, const struct ask *ask)
{
	const struct theatre *theatre = run_theatre(run, ask->cloud);

	if (!verb_is_mutating(ask->verb))
		return;
	if (!theatre->is_listed)
		run_fail(run, "%s at %s, which was not looked at", verb_name(ask->verb),
		         ask->cloud);
	if (ask->verb != VERB_CREATE) {
		check_journaled(run, ask, ask->key);
		check_instance(run, theatre, ask);
		return;
	}
	for (guint i = 0; i < ask->orders->len; i++)
		check_journaled(run, ask, ((struct order *)ask->orders->pdata[i])->key);
}

char *checks_key(const struct instance *instance)
{
	const char *last = instance->name ? strrchr(instance->name, '-') : NULL;
	char *key;

	if (instance->marks.member != NULL)
		return g_strdup(instance->marks.member);
	if (last == NULL)
		return g_strdup("");
	key = g_strndup(instance->name, (size_t)(last - instance->name));
	return g_strdelimit(key, "-", '/');
}

/* Live instances of ours by key: how many. */
static GHashTable *census(const struct run *run)
{
	GHashTable *census = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (unsigned i = 0; i < run->scenario->clouds_len; i++) {
		const struct theatre *theatre = &run->theatres[i];
		const struct instance *instance;
		size_t cursor = 0;

		while ((instance = sim_world_next(theatre->world, &cursor)) != NULL) {
			char *key = checks_key(instance);
			unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(census, key)) + 1;

			if (instance->state == INSTANCE_DELETING ||
			    is_given_away(theatre, instance))
				g_free(key);
			else
				g_hash_table_replace(census, key, GUINT_TO_POINTER(count));
		}
	}
	return census;
}

static void check_doubles(struct run *run)
{
	g_autoptr(GHashTable) counts = census(run);
	GHashTableIter iter;
	void *key, *count;

	g_hash_table_iter_init(&iter, counts);
	while (g_hash_table_iter_next(&iter, &key, &count)) {
		const struct operation *operation = ledger_operation(run->ledger, key);
		unsigned allowed = 1 + (operation != NULL && operation->verb == VERB_CREATE);

		if (GPOINTER_TO_UINT(count) > allowed)
			run_fail(run, "%u instances of %s", GPOINTER_TO_UINT(count),
			         (const char *)key);
	}
}

static void check_budget(struct run *run)
{
	const GPtrArray *deletions = run->ledger->deletions;
	unsigned in_window = 0;

	for (guint i = deletions->len; i > 0; i--) {
		const struct deletion *deletion = deletions->pdata[i - 1];
		const struct deletion *last = deletions->pdata[deletions->len - 1];

		in_window += deletion->at_ms > last->at_ms - 10 * 60 * 1000;
	}
	if (in_window > run->scenario->deletions)
		run_fail(run, "%u deletions within the window, %u are allowed", in_window,
		         run->scenario->deletions);
}

void checks_step(struct run *run)
{
	/* Only a creation can make a second one; where two lists lie in a row it may. */
	if (run->created_ms == run->now_ms && !run->scenario->has_lies)
		check_doubles(run);
	check_budget(run);
}

static void check_plans(struct run *run)
{
	g_autoptr(GPtrArray) plans = engine_plan(run->engine, NULL, run->now_ms);

	for (guint i = 0; i < plans->len; i++) {
		const struct plan *plan = plans->pdata[i];

		for (guint j = 0; j < plan->actions->len; j++) {
			const struct action *action = plan->actions->pdata[j];

			run_trace(run, "still to do: %s", action->key);
			run_fail(run, "still to do: %s %s: %s", verb_name(action->verb),
			         action->key, action->why);
		}
		for (guint j = 0; j < plan->holds->len; j++) {
			const struct hold *hold = plan->holds->pdata[j];

			run_trace(run, "still held: %s: %s: %s", hold->key,
			          hold_reason_name(hold->reason), hold->text);
			run_fail(run, "still held: %s: %s: %s", hold->key,
			         hold_reason_name(hold->reason), hold->text);
		}
	}
}

void checks_end(struct run *run)
{
	g_autoptr(GHashTable) counts = census(run);
	GHashTableIter iter;
	void *key, *count;

	g_hash_table_iter_init(&iter, counts);
	while (g_hash_table_iter_next(&iter, &key, &count)) {
		if (!scenario_desires(run->scenario, key))
			run_fail(run, "%s is not desired and there", (const char *)key);
		else if (GPOINTER_TO_UINT(count) != 1)
			run_fail(run, "%u instances of %s at the end", GPOINTER_TO_UINT(count),
			         (const char *)key);
	}
	if (g_hash_table_size(counts) != scenario_size(run->scenario))
		run_fail(run, "%u members are there, %u are desired", g_hash_table_size(counts),
		         scenario_size(run->scenario));
	for (unsigned i = 0; i < run->scenario->clouds_len; i++) {
		const struct sim_counters *counters = sim_world_counters(run->theatres[i].world);

		if (counters->foreign_touched > 0)
			run_fail(run, "%" G_GUINT64_FORMAT " foreign instances were touched",
			         counters->foreign_touched);
	}
	if (g_hash_table_size(run->ledger->operations) > 0)
		run_fail(run, "%u operations are open at the end",
		         g_hash_table_size(run->ledger->operations));
	if (g_hash_table_size(run->ledger->records) != scenario_size(run->scenario))
		run_fail(run, "%u records at the end, %u members",
		         g_hash_table_size(run->ledger->records), scenario_size(run->scenario));
	check_plans(run);
}

void checks_unready(struct run *run)
{
	static const struct view_options options = { .with_members = true };
	autoptr(view) view = engine_view(run->engine, &options, run->now_ms);

	for (guint i = 0; i < view->deployments->len; i++) {
		const struct deployment_view *deployment = view->deployments->pdata[i];

		for (guint j = 0; j < deployment->members->len; j++) {
			const struct member_view *member = deployment->members->pdata[j];

			if (member->is_desired && !member->is_ready)
				run_fail(run, "%s is %s and not ready", member->key,
				         instance_state_name(member->state));
		}
	}
}
