/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of a run: hear what is due, step, commit, send; troubles in between until they end. */
#include "tests/simulation/run.h"

#include "tests/simulation/checks.h"
#include "tests/simulation/troubles.h"

#include <stdio.h>
#include <string.h>

enum {
	STEPS_MAX = 60 * 1000,
	PROBE_MS = 50,
	CONVERGE_MS = 2 * 60 * 60 * 1000, /* after the troubles */
	LOOK_MS = 10 * 1000, /* planning everything after each step would be most of the time */
	QUIET_MS = 10 * 60 * 1000, /* converged, and nothing is changed for so long */
};

/* Something that the engine will hear. */
struct due {
	int64_t at_ms;
	struct answer *answer; /* NULL: a probe's outcome */
	struct theatre *theatre;
	int64_t sent_ms;
	uint64_t probe;
	bool is_ready;
};

static void due_free(void *data)
{
	struct due *due = data;

	if (due->answer != NULL)
		answer_free(due->answer);
	g_free(due);
}

void run_fail(struct run *run, const char *format, ...)
{
	va_list values;

	if (run->failure != NULL)
		return;
	va_start(values, format);
	run->failure = g_strdup_vprintf(format, values);
	va_end(values);
	run_trace(run, "FAILED: %s", run->failure);
}

void run_trace(struct run *run, const char *format, ...)
{
	g_autofree char *text = NULL;
	g_autofree char *line = NULL;
	va_list values;

	va_start(values, format);
	text = g_strdup_vprintf(format, values);
	va_end(values);
	line = g_strdup_printf("%9.3f %s\n", (double)(run->now_ms - run->began_ms) / 1000, text);
	g_checksum_update(run->trace, (const guchar *)line, (gssize)strlen(line));
	if (run->prints_trace)
		fputs(line, stdout);
}

struct theatre *run_theatre(struct run *run, const char *cloud)
{
	for (unsigned i = 0; i < run->scenario->clouds_len; i++)
		if (strcmp(run->theatres[i].name, cloud) == 0)
			return &run->theatres[i];
	g_assert_not_reached();
}

static void theatre_init(struct run *run, unsigned i)
{
	const struct cloud_draw *draw = &run->scenario->clouds[i];
	struct theatre *theatre = &run->theatres[i];
	guint len = draw->settings->len / 2;
	g_autofree struct pair *items = g_new0(struct pair, len);
	autoptr(pairs) settings = NULL;
	g_autoptr(GError) error = NULL;

	for (guint j = 0; j < len; j++) {
		items[j].name = draw->settings->pdata[2 * j];
		items[j].value = draw->settings->pdata[2 * j + 1];
		run_trace(run, "%s %s=%s", draw->name, items[j].name, items[j].value);
	}
	settings = pairs_new(items, len);
	theatre->name = draw->name;
	theatre->world = sim_world_new(settings, run->seed + i, &error);
	g_assert_no_error(error);
	theatre->traits = sim_world_traits(theatre->world);
	theatre->given_away = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	sim_world_advance(theatre->world, run->now_ms);
}

struct run *run_new(uint64_t seed, bool prints_trace)
{
	struct run *run = g_new0(struct run, 1);
	g_autoptr(GError) error = NULL;

	run->seed = seed;
	run->prints_trace = prints_trace;
	run->trace = g_checksum_new(G_CHECKSUM_SHA256);
	run->began_ms = run->now_ms = INT64_C(1700000000000);
	run->scenario = scenario_new(seed);
	run->ledger = ledger_new();
	run->due = g_ptr_array_new_with_free_func(due_free);
	run->manifests = manifests_new(&manifests_limits_default);
	if (run->scenario->uses_store) {
		run->store = store_open(NULL, &error);
		g_assert_no_error(error);
	}
	for (unsigned i = 0; i < run->scenario->clouds_len; i++)
		theatre_init(run, i);
	run->trouble_at_ms = run->began_ms + 60 * 1000;
	troubles_manifests(run);
	troubles_start(run);
	return run;
}

void run_free(struct run *run)
{
	engine_free(run->engine);
	manifests_free(run->manifests);
	ledger_free(run->ledger);
	if (run->store != NULL)
		store_close(run->store);
	for (unsigned i = 0; i < run->scenario->clouds_len; i++) {
		sim_world_free(run->theatres[i].world);
		g_hash_table_unref(run->theatres[i].given_away);
	}
	g_ptr_array_unref(run->due);
	g_checksum_free(run->trace);
	scenario_free(run->scenario);
	g_free(run->failure);
	g_free(run);
}

static void hear(struct run *run, struct due *due)
{
	if (due->answer == NULL) {
		engine_probe_done(run->engine, due->probe, due->is_ready, "probed", run->now_ms);
		return;
	}
	if (due->answer->verb == VERB_LIST && due->answer->fault == FAULT_NONE &&
	    due->answer->is_complete) {
		due->theatre->is_listed = true;
		due->theatre->last_complete_ms = due->sent_ms;
	}
	if (verb_is_mutating(due->answer->verb) || due->answer->fault != FAULT_NONE)
		run_trace(run, "answer %" G_GUINT64_FORMAT " %s: %s%s", due->answer->id,
		          verb_name(due->answer->verb), fault_name(due->answer->fault),
		          due->answer->is_uncertain ? ", uncertain" : "");
	if (due->answer->verb == VERB_CREATE)
		run->created_ms = run->now_ms;
	engine_answer(run->engine, g_steal_pointer(&due->answer), run->now_ms);
}

/* The earliest, in the order in which they were sent; NULL: nothing is due. */
static struct due *due_first(const struct run *run)
{
	struct due *first = NULL;

	for (guint i = 0; i < run->due->len; i++) {
		struct due *due = run->due->pdata[i];

		if (first == NULL || due->at_ms < first->at_ms)
			first = due;
	}
	return first;
}

static void hear_due(struct run *run)
{
	struct due *due = due_first(run);

	while (due != NULL && due->at_ms <= run->now_ms) {
		hear(run, due);
		g_ptr_array_remove(run->due, due);
		due = due_first(run);
	}
}

static void ask_trace(struct run *run, const struct ask *ask)
{
	if (!verb_is_mutating(ask->verb))
		return;
	if (ask->verb != VERB_CREATE)
		run_trace(run, "ask %" G_GUINT64_FORMAT " %s %s %s at %s", ask->id,
		          verb_name(ask->verb), ask->key, ask->instance_id, ask->cloud);
	for (guint i = 0; ask->orders != NULL && i < ask->orders->len; i++) {
		const struct order *order = ask->orders->pdata[i];

		run_trace(run, "ask %" G_GUINT64_FORMAT " create %s %s at %s", ask->id, order->key,
		          order->name, ask->cloud);
	}
}

static void send_ask(struct run *run, const struct ask *ask)
{
	struct theatre *theatre = run_theatre(run, ask->cloud);
	struct due *due = g_new0(struct due, 1);
	int64_t latency_ms = 0;

	ask_trace(run, ask);
	checks_ask(run, ask);
	run->asks++;
	if (verb_is_mutating(ask->verb))
		run->changed_ms = run->now_ms;
	if (ask->verb == VERB_CREATE)
		run->created_ms = run->now_ms;
	due->answer = sim_world_ask(theatre->world, ask, run->now_ms, &latency_ms);
	due->theatre = theatre;
	due->sent_ms = run->now_ms;
	due->at_ms = run->now_ms + latency_ms;
	g_ptr_array_add(run->due, due);
}

static void send_probe(struct run *run, const struct probe *probe)
{
	struct due *due = g_new0(struct due, 1);

	due->probe = probe->id;
	due->at_ms = run->now_ms + PROBE_MS;
	due->is_ready = run->is_calm || scenario_draw(run->scenario, 4) > 0;
	g_ptr_array_add(run->due, due);
}

static void commit(struct run *run, const struct effects *effects)
{
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < effects->writes->len; i++) {
		const struct write *write = effects->writes->pdata[i];

		if (write->kind == WRITE_EVENT)
			run_trace(run, "event %s %s %s -> %s: %s",
			          event_name_text(write->event->name),
			          write->event->key ? write->event->key : "-",
			          write->event->before ? write->event->before : "",
			          write->event->after ? write->event->after : "",
			          write->event->text ? write->event->text : "");
	}
	ledger_commit(run->ledger, effects->writes);
	if (run->store != NULL && effects->writes->len > 0 &&
	    !store_commit(run->store, effects->writes, &error))
		run_fail(run, "the store refused: %s", error->message);
}

/* Where a crash comes: before the commit, after so many asks, or not at all. */
static bool effects_carry_out(struct run *run, struct effects *effects)
{
	int crash = troubles_draw_crash(run, effects);

	if (crash == 0)
		return false;
	commit(run, effects);
	for (guint i = 0; i < effects->asks->len; i++) {
		if (crash == (int)i + 1)
			return false;
		send_ask(run, effects->asks->pdata[i]);
	}
	for (guint i = 0; i < effects->probes->len; i++)
		send_probe(run, effects->probes->pdata[i]);
	return crash < 0 || crash <= (int)effects->asks->len;
}

/* One pass; when the next is due. */
static int64_t step(struct run *run)
{
	autoptr(effects) effects = engine_step(run->engine, run->now_ms);
	const struct due *due;
	int64_t next_ms = effects->wake_at_ms;

	run->steps++;
	if (!effects_carry_out(run, effects)) {
		run->crashes++;
		g_ptr_array_set_size(run->due, 0);
		troubles_restart(run);
		return run->now_ms + 1;
	}
	checks_step(run);
	due = due_first(run);
	if (due != NULL)
		next_ms = MIN(next_ms, due->at_ms);
	return next_ms;
}

static bool is_converged(struct run *run)
{
	bool has_failed = false;
	g_autoptr(GPtrArray) plans = NULL;

	if (!engine_is_converged(run->engine, run->now_ms, &has_failed) || has_failed)
		return false;
	plans = engine_plan(run->engine, NULL, run->now_ms);
	return plans->len == 0; /* removals held by the budget are converged for apply, not here */
}

/* Whether the run is over: converged, and left alone ever since. */
static bool is_over(struct run *run)
{
	int64_t end_ms = run->began_ms + run->scenario->trouble_ms + CONVERGE_MS;

	if (!run->is_calm || run->now_ms < run->look_at_ms)
		return false;
	run->look_at_ms = run->now_ms + LOOK_MS;
	if (!is_converged(run))
		run->converged_ms = 0;
	else if (run->converged_ms == 0)
		run->converged_ms = run->now_ms;
	if (run->converged_ms != 0 && run->now_ms - run->converged_ms > QUIET_MS) {
		if (run->changed_ms > run->converged_ms)
			run_fail(run, "changed something after it had converged");
		checks_end(run);
		return true;
	}
	if (run->now_ms < end_ms)
		return false;
	checks_end(run);
	checks_unready(run);
	run_fail(run, "not converged in time");
	return true;
}

void run_play(struct run *run)
{
	int64_t next_ms = run->now_ms;

	while (run->failure == NULL) {
		int64_t trouble_ms = troubles_next_ms(run);

		next_ms = MIN(next_ms, trouble_ms);
		if (next_ms <= run->now_ms && run->steps > STEPS_MAX)
			run_fail(run, "%" G_GUINT64_FORMAT " steps: it spins", run->steps);
		run->now_ms = MAX(run->now_ms, next_ms);
		if (run->now_ms >= trouble_ms)
			troubles_make(run);
		hear_due(run);
		next_ms = step(run);
		if (is_over(run))
			break;
		if (next_ms == INT64_MAX)
			next_ms = run->now_ms + 60 * 1000;
	}
	run_trace(run,
	          "%" G_GUINT64_FORMAT " steps, %" G_GUINT64_FORMAT " asks, %" G_GUINT64_FORMAT
	          " crashes, %" G_GUINT64_FORMAT " writes",
	          run->steps, run->asks, run->crashes, run->ledger->writes);
}
