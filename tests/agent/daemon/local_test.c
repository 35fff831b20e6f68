/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The carrier of connectors inside the process, on the simulated cloud: deadlines, one answer each,
 * settings checked at their place, a world that is kept.
 */
#include "tests/agent/daemon/scene.h"

#include <string.h>

static void scene_set(struct scene *scene, const char *name, const char *value)
{
	struct setting *setting = g_new0(struct setting, 1);

	setting->name = g_strdup(name);
	setting->value = g_strdup(value);
	setting->place = (struct place){ g_intern_string("cloud.yaml"), 7, 3 };
	g_ptr_array_add(scene->cloud->settings, setting);
}

static void scene_begin(struct scene *scene, const char *name, const char *value)
{
	scene_init(scene, "sim", NULL);
	if (name)
		scene_set(scene, name, value);
	scene_start(scene);
	TURN_UNTIL(scene->told.ups + scene->told.downs > 0);
}

static void test_asks_are_answered(void)
{
	static const enum verb verbs[] = { VERB_CREATE, VERB_LIST, VERB_CATALOG, VERB_STOP };
	static const enum fault faults[] = { FAULT_NONE, FAULT_NONE, FAULT_NONE, FAULT_NOT_FOUND };
	struct scene scene;

	scene_begin(&scene, "latency", "5ms");
	g_assert_true(scene.told.traits.abilities & ABILITY_POWER);
	for (uint64_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
		const struct answer *answer = scene_ask(&scene, ask_make(i + 1, verbs[i], 10000));

		g_assert_cmpuint(answer->id, ==, i + 1);
		g_assert_cmpint(answer->fault, ==, faults[i]);
	}
	scene_clear(&scene);
}

static void test_deadlines_are_kept(void)
{
	struct scene scene;

	scene_begin(&scene, "latency", "1h");
	for (int i = 0; i < 2; i++) {
		const struct answer *answer =
			scene_ask(&scene, ask_make(1, i ? VERB_LIST : VERB_CREATE, 30));

		g_assert_cmpint(answer->fault, ==, FAULT_TRANSIENT);
		g_assert_true(answer->is_uncertain == !i);
	}
	g_assert_cmpuint(scene.told.answers->len, ==, 2);
	scene_clear(&scene);
}

static void test_many_at_once_get_one_answer_each(void)
{
	bool has_answer[200] = { false };
	struct scene scene;

	scene_begin(&scene, "jitter", "20ms");
	for (uint64_t id = 0; id < 200; id++)
		carrier_send(scene.carrier, ask_make(id, id % 2 ? VERB_LIST : VERB_CREATE, 10000));
	TURN_UNTIL(scene.told.answers->len == 200);
	for (unsigned i = 0; i < 200; i++) {
		const struct answer *answer = scene.told.answers->pdata[i];

		g_assert_false(has_answer[answer->id]);
		has_answer[answer->id] = true;
	}
	scene_clear(&scene);
}

static void test_a_stopped_one_says_nothing(void)
{
	struct scene scene;

	scene_begin(&scene, NULL, NULL);
	carrier_send(scene.carrier, ask_make(1, VERB_CREATE, 10000));
	carrier_stop(g_steal_pointer(&scene.carrier));
	for (int i = 0; i < 100; i++)
		g_main_context_iteration(NULL, false);
	g_assert_cmpuint(scene.told.answers->len, ==, 0);
	scene_clear(&scene);
}

static void test_bad_settings_are_told_with_their_place(void)
{
	static const struct {
		const char *name, *value, *text;
	} rows[] = {
		{ "boottime", "1s", "cloud.yaml:7:3" },
		{ "bootTime", "soon", "cloud.yaml:7:3" },
		{ "errors", "sad=1", "errors" },
		{ "script", "at noon", "line 1" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct scene scene;

		scene_begin(&scene, rows[i].name, rows[i].value);
		g_assert_cmpuint(scene.told.downs, ==, 1);
		g_assert_cmpint(scene.told.fault, ==, FAULT_INVALID);
		g_assert_nonnull(strstr(scene.told.text, rows[i].text));
		g_assert_cmpint(scene_ask(&scene, ask_make(1, VERB_CREATE, 10000))->fault, ==,
		                FAULT_TRANSIENT);
		scene_clear(&scene);
	}
}

static void test_a_world_is_kept_in_a_file(void)
{
	struct scene scene;

	scene_begin(&scene, "file", "world.json");
	g_assert_cmpint(scene_ask(&scene, ask_make(1, VERB_CREATE, 10000))->fault, ==, FAULT_NONE);
	carrier_stop(scene.carrier);
	scene_start(&scene);
	TURN_UNTIL(scene.told.ups == 2);
	g_assert_cmpuint(scene_ask(&scene, ask_make(2, VERB_LIST, 10000))->instances->len, ==, 1);
	scene_clear(&scene);
}

static void test_a_damaged_world_is_left_alone(void)
{
	g_autofree char *path = NULL, *text = NULL;
	struct scene scene;

	scene_init(&scene, "sim", NULL);
	scene_set(&scene, "file", "world.json");
	path = g_build_filename(scene.dir, "world.json", NULL);
	g_assert_true(g_file_set_contents(path, "{ half", -1, NULL));
	scene_start(&scene);
	TURN_UNTIL(scene.told.downs == 1);
	g_assert_cmpint(scene.told.fault, ==, FAULT_INVALID);
	g_assert_nonnull(strstr(scene.told.text, "world.json"));
	carrier_stop(g_steal_pointer(&scene.carrier));
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "{ half");
	scene_clear(&scene);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/local/answers", test_asks_are_answered);
	g_test_add_func("/local/deadlines", test_deadlines_are_kept);
	g_test_add_func("/local/many", test_many_at_once_get_one_answer_each);
	g_test_add_func("/local/stopped", test_a_stopped_one_says_nothing);
	g_test_add_func("/local/settings", test_bad_settings_are_told_with_their_place);
	g_test_add_func("/local/kept", test_a_world_is_kept_in_a_file);
	g_test_add_func("/local/damaged", test_a_damaged_world_is_left_alone);
	return g_test_run();
}
