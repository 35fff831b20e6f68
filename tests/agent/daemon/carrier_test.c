/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carriers against good and hostile connectors: one answer for each ask, the right class, and a
 * neighbour that notices nothing.
 */
#include "tests/agent/daemon/scene.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *mode;
	int64_t hello_ms;
	enum fault fault;
	const char *text;
	unsigned downs; /* at least; more than one: it is started again */
} dead[] = {
	{ "dies-at-hello", 10000, FAULT_TRANSIENT, "exited with 3", 3 },
	{ "hangs-at-hello", 100, FAULT_TRANSIENT, "no answer to hello", 2 },
	{ "rubbish-at-hello", 10000, FAULT_TRANSIENT, "not a protocol line", 2 },
	{ "other-version", 10000, FAULT_UNSUPPORTED, "protocol 2", 2 },
	{ "open-invalid", 10000, FAULT_INVALID, "no", 1 },
	{ "open-auth", 10000, FAULT_AUTH, "no", 3 },
};

static void test_what_never_comes_up(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(dead); i++) {
		struct scene scene;

		g_test_message("%s", dead[i].mode);
		scene_init_hostile(&scene, dead[i].mode);
		scene.clocks.hello_ms = dead[i].hello_ms;
		scene_start(&scene);
		carrier_send(scene.carrier, ask_make(5, VERB_STOP, 1000));
		g_assert_cmpuint(scene.told.answers->len, ==, 0);
		TURN_UNTIL(scene.told.downs >= dead[i].downs && scene.told.answers->len == 1);
		g_assert_cmpint(scene.told.fault, ==, dead[i].fault);
		g_assert_nonnull(strstr(scene.told.text, dead[i].text));
		g_assert_cmpuint(scene.told.ups, ==, 0);
		g_assert_false(((struct answer *)scene.told.answers->pdata[0])->is_uncertain);
		scene_clear(&scene);
	}
}

static const struct {
	const char *mode;
	enum verb verb;
	int64_t deadline_ms;
	enum fault fault;
	bool is_uncertain;
	const char *down; /* NULL: it stays up */
	const char *note; /* NULL: none is looked for */
} asked[] = {
	{ "good", VERB_LIST, 10000, FAULT_NONE, false, NULL, NULL },
	{ "good", VERB_CREATE, 10000, FAULT_NONE, false, NULL, NULL },
	{ "good", VERB_STOP, 10000, FAULT_NONE, false, NULL, NULL },
	{ "rubbish", VERB_CREATE, 10000, FAULT_TRANSIENT, true, "not a protocol line", NULL },
	{ "rubbish", VERB_LIST, 10000, FAULT_TRANSIENT, false, "not a protocol line", NULL },
	{ "half", VERB_CREATE, 10000, FAULT_TRANSIENT, true, "exited with 0", NULL },
	{ "full-then-dead", VERB_CREATE, 10000, FAULT_NONE, false, "exited with 0", NULL },
	{ "huge", VERB_STOP, 10000, FAULT_TRANSIENT, true, "line of over 1048576 bytes", NULL },
	{ "unknown-id", VERB_STOP, 10000, FAULT_NONE, false, NULL, "answer to no request" },
	{ "twice", VERB_STOP, 10000, FAULT_NONE, false, NULL, NULL },
	{ "flood", VERB_STOP, 10000, FAULT_NONE, false, NULL, "complaint" },
	{ "wrong-types", VERB_LIST, 10000, FAULT_INTERNAL, false, NULL, NULL },
	{ "wrong-types", VERB_CREATE, 10000, FAULT_INTERNAL, true, NULL, NULL },
	{ "nulls", VERB_LIST, 10000, FAULT_INTERNAL, false, NULL, NULL },
	{ "nulls", VERB_CREATE, 10000, FAULT_INTERNAL, true, NULL, NULL },
	{ "no-result", VERB_STOP, 10000, FAULT_INTERNAL, true, NULL, NULL },
	{ "unknown-class", VERB_STOP, 10000, FAULT_INTERNAL, true, NULL, NULL },
	{ "bare-error", VERB_STOP, 10000, FAULT_INTERNAL, false, NULL, NULL },
	{ "closes", VERB_STOP, 10000, FAULT_TRANSIENT, true, "closed its standard output", NULL },
	{ "slow", VERB_LIST, 10000, FAULT_NONE, false, NULL, NULL },
	{ "never", VERB_STOP, 50, FAULT_TRANSIENT, true, NULL, "cancelled" },
	{ "dies-once", VERB_STOP, 10000, FAULT_TRANSIENT, true, "killed by signal 9", NULL },
	{ "asks", VERB_STOP, 10000, FAULT_NONE, false, NULL, "half of it" },
};

static bool note_is_there(const struct told *told, const char *text)
{
	for (unsigned i = 0; i < told->notes->len; i++)
		if (strstr(told->notes->pdata[i], text))
			return true;
	return false;
}

/* Another cloud beside it is asked all the while. */
static void neighbour_check(struct carrier *carrier, struct told *told)
{
	const struct answer *answer;

	carrier_send(carrier, ask_make(99, VERB_LIST, 10000));
	TURN_UNTIL(told->answers->len == 1);
	answer = told->answers->pdata[0];
	g_assert_cmpint(answer->fault, ==, FAULT_NONE);
	g_assert_true(answer->is_complete);
	g_assert_cmpuint(told->downs, ==, 0);
	carrier_stop(carrier);
	told_clear(told);
}

static void asked_run(size_t i)
{
	autoptr(cloud) near = cloud_make("near", "sim");
	struct carrier *neighbour;
	struct scene scene;
	struct told told;
	const struct answer *answer;

	scene_init_hostile(&scene, asked[i].mode);
	scene_start(&scene);
	told_init(&told);
	neighbour = carrier_make(near, scene.dir, scene.dir, NULL, &told);
	TURN_UNTIL(scene.told.ups == 1 && told.ups == 1);
	g_assert_cmpuint(scene.told.traits.in_flight, ==, 4);
	carrier_send(scene.carrier, ask_make(7, asked[i].verb, asked[i].deadline_ms));
	TURN_UNTIL(scene.told.answers->len == 1);
	answer = scene.told.answers->pdata[0];
	g_assert_cmpuint(answer->id, ==, 7);
	g_assert_cmpint(answer->fault, ==, asked[i].fault);
	g_assert_true(answer->is_uncertain == asked[i].is_uncertain);
	if (asked[i].down) {
		TURN_UNTIL(scene.told.downs == 1 && scene.told.ups == 2);
		g_assert_nonnull(strstr(scene.told.text, asked[i].down));
	}
	TURN_UNTIL(!asked[i].note || note_is_there(&scene.told, asked[i].note));
	neighbour_check(neighbour, &told);
	g_assert_cmpuint(scene.told.answers->len, ==, 1);
	g_assert_cmpuint(scene.told.downs, ==, asked[i].down ? 1 : 0);
	scene_clear(&scene);
}

static void test_what_fails_when_asked(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
		g_test_message("%s %s", asked[i].mode, verb_name(asked[i].verb));
		asked_run(i);
	}
}

static void test_silence_ends_in_a_restart(void)
{
	struct scene scene;

	scene_init_hostile(&scene, "never");
	scene_start(&scene);
	TURN_UNTIL(scene.told.ups == 1);
	for (uint64_t id = 1; id <= 3; id++)
		carrier_send(scene.carrier, ask_make(id, VERB_STOP, 50));
	TURN_UNTIL(scene.told.ups == 2);
	g_assert_cmpuint(scene.told.answers->len, ==, 3);
	g_assert_nonnull(strstr(scene.told.text, "answers nothing"));
	scene_clear(&scene);
}

static void test_restarts_come_less_often(void)
{
	int64_t before_us = 0;
	struct scene scene;

	scene_init_hostile(&scene, "dies-at-hello");
	scene.clocks.backoff_first_ms = 50;
	scene_start(&scene);
	for (unsigned i = 0; i < 4; i++) {
		int64_t now_us;

		TURN_UNTIL(scene.told.downs == i + 1);
		now_us = g_get_monotonic_time();
		g_assert_true(i == 0 || now_us - before_us >= 50000 << (i - 1));
		before_us = now_us;
	}
	scene_clear(&scene);
}

static gboolean time_is_up(void *data)
{
	*(bool *)data = true;
	return G_SOURCE_REMOVE;
}

/* The tenth restart would come after half a minute. */
static void test_a_good_life_forgives(void)
{
	struct scene scene;

	scene_init_hostile(&scene, "full-then-dead");
	scene.clocks.backoff_first_ms = 64;
	scene.clocks.good_life_ms = 1;
	scene_start(&scene);
	for (unsigned i = 0; i < 10; i++) {
		bool is_forgiven = false;

		TURN_UNTIL(scene.told.ups == i + 1);
		g_timeout_add(10, time_is_up, &is_forgiven);
		TURN_UNTIL(is_forgiven);
		scene_ask(&scene, ask_make(i, VERB_STOP, 10000));
		TURN_UNTIL(scene.told.downs == i + 1);
	}
	scene_clear(&scene);
}

static void test_a_restarted_one_works(void)
{
	struct scene scene;

	scene_init_hostile(&scene, "dies-once");
	scene_start(&scene);
	TURN_UNTIL(scene.told.ups == 1);
	carrier_send(scene.carrier, ask_make(1, VERB_STOP, 10000));
	TURN_UNTIL(scene.told.ups == 2);
	carrier_send(scene.carrier, ask_make(2, VERB_STOP, 10000));
	TURN_UNTIL(scene.told.answers->len == 2);
	g_assert_cmpint(((struct answer *)scene.told.answers->pdata[1])->fault, ==, FAULT_NONE);
	scene_clear(&scene);
}

/* What it does not read is bounded, and what was never sent is not uncertain. */
static void test_a_deaf_one_fills_no_memory(void)
{
	g_autofree char *data = g_strnfill(100000, 'x');
	unsigned certain = 0, uncertain = 0;
	struct scene scene;

	scene_init_hostile(&scene, "deaf");
	scene_start(&scene);
	TURN_UNTIL(scene.told.ups == 1);
	for (uint64_t id = 1; id <= 20; id++) {
		struct ask *ask = ask_make(id, VERB_CREATE, 200);

		((struct order *)ask->orders->pdata[0])->user_data = g_strdup(data);
		carrier_send(scene.carrier, ask);
	}
	TURN_UNTIL(scene.told.answers->len == 20);
	for (unsigned i = 0; i < 20; i++) {
		const struct answer *answer = scene.told.answers->pdata[i];

		g_assert_cmpint(answer->fault, ==, FAULT_TRANSIENT);
		*(answer->is_uncertain ? &uncertain : &certain) += 1;
	}
	g_assert_cmpuint(certain, >=, 17);
	g_assert_cmpuint(uncertain, >=, 1);
	for (uint64_t id = 21; id <= 23; id++)
		carrier_send(scene.carrier, ask_make(id, VERB_STOP, 50));
	TURN_UNTIL(scene.told.ups == 2);
	g_assert_cmpuint(scene.told.answers->len, ==, 23);
	for (unsigned i = 20; i < 23; i++)
		g_assert_false(((struct answer *)scene.told.answers->pdata[i])->is_uncertain);
	scene_clear(&scene);
}

static void test_a_flood_is_cut(void)
{
	struct scene scene;

	scene_init_hostile(&scene, "flood");
	scene.clocks.window_ms = 1000;
	scene_start(&scene);
	TURN_UNTIL(scene.told.ups == 1);
	carrier_send(scene.carrier, ask_make(1, VERB_STOP, 10000));
	TURN_UNTIL(scene.told.answers->len == 1 && scene.told.notes->len >= 100);
	g_assert_null(strchr(scene.told.notes->pdata[0], '\x1b'));
	TURN_UNTIL(scene.told.notes->len > 100);
	g_assert_cmpuint(scene.told.notes->len, ==, 101);
	g_assert_nonnull(strstr(scene.told.notes->pdata[100], "more lines of its standard error"));
	scene_clear(&scene);
}

/* scene_clear waits for the process to be gone. */
static void test_a_stubborn_one_is_killed(void)
{
	struct scene scene;

	scene_init_hostile(&scene, "stubborn");
	scene_start(&scene);
	TURN_UNTIL(scene.told.ups == 1);
	g_assert_cmpint(scene_pid(&scene), >, 0);
	scene_clear(&scene);
}

static void test_it_sees_little_of_the_agent(void)
{
	struct scene scene;
	const struct answer *answer;
	bool has_path = false;

	g_setenv("MUSTER_TEST_SECRET", "x", true);
	scene_init_hostile(&scene, "shows");
	scene_start(&scene);
	TURN_UNTIL(scene.told.ups == 1);
	carrier_send(scene.carrier, ask_make(1, VERB_LIST, 10000));
	TURN_UNTIL(scene.told.answers->len == 1);
	answer = scene.told.answers->pdata[0];
	for (unsigned i = 0; i < answer->instances->len; i++) {
		const char *id = ((struct instance *)answer->instances->pdata[i])->id;

		g_assert_cmpstr(id, !=, "MUSTER_TEST_SECRET");
		/* fd3 is the folder that it reads. */
		g_assert_false(g_str_has_prefix(id, "fd") && atoi(id + 2) > 3);
		has_path |= g_str_equal(id, "PATH");
	}
	g_assert_true(has_path);
	scene_clear(&scene);
}

static void test_a_replaced_one_answers_first(void)
{
	struct scene scene;

	scene_init_hostile(&scene, "never");
	scene_start(&scene);
	TURN_UNTIL(scene.told.ups == 1);
	carrier_send(scene.carrier, ask_make(1, VERB_STOP, 10000));
	carrier_replace(scene.carrier, scene.cloud);
	TURN_UNTIL(scene.told.ups == 2);
	g_assert_cmpuint(scene.told.answers->len, ==, 1);
	g_assert_cmpuint(scene.told.downs, ==, 0);
	scene_clear(&scene);
}

static void test_other_words_interrupt_nothing(void)
{
	autoptr(cloud) other = cloud_make("here", "good");
	struct scene scene;

	scene_init_hostile(&scene, "good");
	scene_start(&scene);
	TURN_UNTIL(scene.told.ups == 1);
	carrier_replace(scene.carrier, other);
	carrier_send(scene.carrier, ask_make(1, VERB_STOP, 10000));
	TURN_UNTIL(scene.told.answers->len == 1);
	g_assert_cmpint(((struct answer *)scene.told.answers->pdata[0])->fault, ==, FAULT_NONE);
	g_assert_cmpuint(scene.told.ups, ==, 1);
	scene_clear(&scene);
}

static void test_connectors_are_found(void)
{
	g_auto(GStrv) known = NULL;
	struct scene scene;

	scene_init_hostile(&scene, "good");
	g_assert_true(carrier_connector_exists("sim", scene.dir, NULL));
	g_assert_true(carrier_connector_exists("good", scene.dir, &known));
	g_assert_false(carrier_connector_exists("other", scene.dir, NULL));
	g_assert_false(carrier_connector_exists("../good", scene.dir, NULL));
	g_assert_true(g_strv_contains((const char *const *)known, "sim"));
	g_assert_true(g_strv_contains((const char *const *)known, "good"));
	g_setenv("MUSTER_PLUGIN_PATH", scene.dir, true);
	g_assert_true(carrier_connector_exists("good", NULL, NULL));
	g_unsetenv("MUSTER_PLUGIN_PATH");
	g_assert_false(carrier_connector_exists("good", NULL, NULL));
	scene_clear(&scene);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/carrier/dead", test_what_never_comes_up);
	g_test_add_func("/carrier/asked", test_what_fails_when_asked);
	g_test_add_func("/carrier/silence", test_silence_ends_in_a_restart);
	g_test_add_func("/carrier/less-often", test_restarts_come_less_often);
	g_test_add_func("/carrier/forgiven", test_a_good_life_forgives);
	g_test_add_func("/carrier/restarted", test_a_restarted_one_works);
	g_test_add_func("/carrier/deaf", test_a_deaf_one_fills_no_memory);
	g_test_add_func("/carrier/flood", test_a_flood_is_cut);
	g_test_add_func("/carrier/stubborn", test_a_stubborn_one_is_killed);
	g_test_add_func("/carrier/environment", test_it_sees_little_of_the_agent);
	g_test_add_func("/carrier/replaced", test_a_replaced_one_answers_first);
	g_test_add_func("/carrier/words", test_other_words_interrupt_nothing);
	g_test_add_func("/carrier/found", test_connectors_are_found);
	return g_test_run();
}
