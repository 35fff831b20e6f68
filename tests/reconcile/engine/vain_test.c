/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clouds that say done and do nothing. */
#include "tests/reconcile/engine/rig.h"

#include <string.h>

enum {
	MINUTE_MS = 60 * 1000,
	HOUR_MS = 60 * MINUTE_MS,
	LONGEST_MS = 10 * MINUTE_MS,
};

/* What is wrong with the only instance; the rig carries no resize out. */
static void shrink(struct instance *instance)
{
	size_clear(&instance->size);
	instance->size = (struct size){ .cpus = 2, .memory_bytes = INT64_C(1) << 30 };
}

static void stop(struct instance *instance)
{
	instance->state = INSTANCE_STOPPED;
}

static void unmark(struct instance *instance)
{
	g_free(instance->marks.uid);
	instance->marks.uid = g_strdup("other");
}

static const struct row {
	const char *name;
	enum verb verb;
	void (*spoil)(struct instance *instance);
	const char *shown;
	unsigned abilities;
} rows[] = {
	{ "resize", VERB_RESIZE, shrink, "still shows 2 cpus, 1GiB", ABILITY_LIVE_RESIZE },
	{ "resize-with-restart", VERB_RESIZE, shrink, "still shows 2 cpus, 1GiB", 0 },
	{ "start", VERB_START, stop, "still shows stopped", 0 },
	{ "mark", VERB_MARK, unmark, "still shows other marks", 0 },
};

static struct rig *rig_with(const struct row *row)
{
	struct rig *rig = rig_new();
	struct instance *instance;

	rig->traits.abilities |= row->abilities | ABILITY_ANY_SIZE;
	rig->traits.consistency_ms = 2000;
	rig_deploy(rig, "shop",
	           "    web: { image: debian, size: { cpus: 4, memory: 2GiB, disk: 10GiB } }\n");
	rig_start(rig);
	rig_converge(rig);
	instance = rig->cloud->pdata[0];
	size_clear(&instance->size);
	instance->size = (struct size){ .cpus = 4, .memory_bytes = INT64_C(2) << 30 };
	instance->live_cpus_max = 8;
	instance->live_memory_max_bytes = INT64_C(8) << 30;
	rig_list(rig);
	row->spoil(instance);
	return rig;
}

/* Lists and answers for @ms; everything is done, only what the row is about never shows. */
static void run(struct rig *rig, const struct row *row, int64_t ms)
{
	for (int64_t end_ms = rig->now_ms + ms; rig->now_ms < end_ms;) {
		struct ask *ask;

		rig_step(rig, 1000);
		for (enum verb verb = VERB_START; verb < VERBS; verb++) {
			while ((ask = rig_ask(rig, verb)) != NULL) {
				struct instance *instance = rig->cloud->pdata[0];

				rig_done(rig, ask);
				if (verb == VERB_STOP)
					instance->state = INSTANCE_STOPPED;
				if (verb == row->verb)
					row->spoil(instance);
			}
		}
		if (rig_ask(rig, VERB_LIST) != NULL)
			rig_list(rig);
	}
}

static char *hold_text(struct rig *rig)
{
	g_autoptr(GPtrArray) plans = engine_plan(rig->engine, "shop", rig->now_ms);

	for (guint i = 0; i < plans->len; i++) {
		const struct plan *plan = plans->pdata[i];

		for (guint j = 0; j < plan->holds->len; j++) {
			const struct hold *hold = plan->holds->pdata[j];

			if (hold->reason == HOLD_BACKOFF)
				return g_strdup(hold->text);
		}
	}
	return g_strdup("");
}

static void test_is_asked_more_slowly(const void *data)
{
	const struct row *row = data;
	autoptr(rig) rig = rig_with(row);
	unsigned events = rig_events(rig, EVENT_HOLD), sent = rig_sent(rig, row->verb), early;
	g_autofree char *text = NULL;

	run(rig, row, HOUR_MS);
	early = rig_sent(rig, row->verb) - sent;
	g_assert_cmpuint(early, >=, 5);
	g_assert_cmpuint(early, <, 20);
	run(rig, row, 5 * HOUR_MS);
	sent = rig_sent(rig, row->verb);
	run(rig, row, HOUR_MS);
	g_assert_cmpuint(rig_sent(rig, row->verb) - sent, >=, HOUR_MS / LONGEST_MS - 1);
	g_assert_cmpuint(rig_sent(rig, row->verb) - sent, <=, 2 * HOUR_MS / LONGEST_MS);
	g_assert_cmpuint(rig_events(rig, EVENT_HOLD) - events, ==, 1);
	for (int i = 0; i < 100 && (text == NULL || *text == '\0'); i++) {
		run(rig, row, 1000);
		g_free(text);
		text = hold_text(rig);
	}
	g_assert_true(g_str_has_prefix(text, "asked "));
	g_assert_nonnull(strstr(text, row->shown));
	g_assert_nonnull(strstr(text, ": next attempt in "));
}

/* A VM that the cloud does not resize runs all the same. */
static void test_a_stopped_one_is_started(void)
{
	const struct row *row = &rows[1];
	autoptr(rig) rig = rig_with(row);
	unsigned running = 0;

	run(rig, row, HOUR_MS);
	for (int i = 0; i < 600; i++) {
		const struct instance *instance = rig->cloud->pdata[0];

		run(rig, row, 1000);
		running += instance->state == INSTANCE_RUNNING;
	}
	g_assert_cmpuint(running, >, 500);
}

/* Once it shows, the next drift is mended at once. */
static void test_is_forgotten_when_it_shows(void)
{
	const struct row *row = &rows[2];
	autoptr(rig) rig = rig_with(row);
	unsigned sent;

	run(rig, row, HOUR_MS);
	((struct instance *)rig->cloud->pdata[0])->state = INSTANCE_RUNNING;
	rig_list(rig);
	rig_list(rig);
	stop(rig->cloud->pdata[0]);
	sent = rig_sent(rig, VERB_START);
	rig_list(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_START), ==, sent + 1);
}

static void test_is_forgotten_with_another_manifest(void)
{
	const struct row *row = &rows[0];
	autoptr(rig) rig = rig_with(row);
	unsigned sent;

	run(rig, row, HOUR_MS);
	sent = rig_sent(rig, VERB_RESIZE);
	rig_deploy(rig, "shop",
	           "    web: { image: debian, size: { cpus: 6, memory: 2GiB, disk: 10GiB } }\n");
	rig_set_fleet(rig);
	rig_step(rig, 100);
	g_assert_cmpuint(rig_sent(rig, VERB_RESIZE), ==, sent + 1);
}

/* Lists that began too early prove nothing. */
static void test_old_lists_do_not_count(void)
{
	const struct row *row = &rows[0];
	autoptr(rig) rig = NULL;
	g_autofree char *text = NULL;

	rig = rig_with(row);
	rig_list(rig);
	while (rig_ask(rig, VERB_LIST) == NULL)
		rig_step(rig, 100);
	rig_done(rig, rig_ask(rig, VERB_RESIZE));
	rig_list(rig);
	text = hold_text(rig);
	g_assert_cmpstr(text, ==, "");
	g_assert_cmpuint(rig_sent(rig, VERB_RESIZE), ==, 1);
}

static void strip(struct instance *instance)
{
	marks_clear(&instance->marks);
}

/* Where marks come after the creation, one that never comes makes nothing foreign: that would be
 * made again without end. */
static void test_no_mark_makes_no_second(void)
{
	static const struct row row = { .verb = VERB_MARK, .spoil = strip };
	autoptr(rig) rig = rig_new();

	rig->traits.abilities &= ~(unsigned)ABILITY_ATOMIC_MARKS;
	rig_deploy_web(rig, "shop", 1);
	rig_start(rig);
	rig_list(rig);
	rig_done(rig, rig_ask(rig, VERB_CREATE));
	run(rig, &row, HOUR_MS);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 1);
	g_assert_cmpuint(rig_sent(rig, VERB_MARK), >=, 5);
	g_assert_cmpuint(rig_sent(rig, VERB_MARK), <, 20);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path =
			g_strdup_printf("/vain/is-asked-more-slowly/%s", rows[i].name);

		g_test_add_data_func(path, &rows[i], test_is_asked_more_slowly);
	}
	g_test_add_func("/vain/a-stopped-one-is-started", test_a_stopped_one_is_started);
	g_test_add_func("/vain/is-forgotten-when-it-shows", test_is_forgotten_when_it_shows);
	g_test_add_func("/vain/is-forgotten-with-another-manifest",
	                test_is_forgotten_with_another_manifest);
	g_test_add_func("/vain/no-mark-makes-no-second", test_no_mark_makes_no_second);
	g_test_add_func("/vain/old-lists-do-not-count", test_old_lists_do_not_count);
	return g_test_run();
}
