/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The example connector, which was written from PROTOCOL.md alone, through a carrier.
 */
#include "tests/agent/daemon/scene.h"

#include <string.h>

static const struct {
	enum verb verb;
	const char *id;
	enum fault fault;
	enum instance_state state; /* of the one instance afterwards; UNKNOWN: there is none */
} course[] = {
	{ VERB_LIST, NULL, FAULT_NONE, INSTANCE_UNKNOWN },
	{ VERB_CREATE, NULL, FAULT_NONE, INSTANCE_RUNNING },
	{ VERB_CREATE, NULL, FAULT_NONE, INSTANCE_RUNNING }, /* the same token again */
	{ VERB_CATALOG, NULL, FAULT_UNSUPPORTED, INSTANCE_RUNNING },
	{ VERB_RESIZE, "toy-u1", FAULT_CONFLICT, INSTANCE_RUNNING },
	{ VERB_STOP, "toy-u1", FAULT_NONE, INSTANCE_STOPPED },
	{ VERB_RESIZE, "toy-u1", FAULT_NONE, INSTANCE_STOPPED },
	{ VERB_MARK, "toy-u1", FAULT_NONE, INSTANCE_STOPPED },
	{ VERB_START, "toy-u1", FAULT_NONE, INSTANCE_RUNNING },
	{ VERB_START, "toy-none", FAULT_NOT_FOUND, INSTANCE_RUNNING },
	{ VERB_DESTROY, "toy-u1", FAULT_NONE, INSTANCE_UNKNOWN },
	{ VERB_DESTROY, "toy-u1", FAULT_NOT_FOUND, INSTANCE_UNKNOWN },
};

static void toy_begin(struct scene *scene)
{
	g_autofree char *dir = g_test_build_filename(G_TEST_DIST, "examples", "connectors", NULL);

	scene_init(scene, "toy", dir);
	scene_start(scene);
	TURN_UNTIL(scene->told.ups == 1);
}

static void list_check(struct scene *scene, enum instance_state state)
{
	const struct answer *answer = scene_ask(scene, ask_make(1, VERB_LIST, 10000));
	const struct instance *instance;

	g_assert_cmpint(answer->fault, ==, FAULT_NONE);
	g_assert_true(answer->is_complete);
	g_assert_cmpuint(answer->instances->len, ==, state == INSTANCE_UNKNOWN ? 0 : 1);
	if (state == INSTANCE_UNKNOWN)
		return;
	instance = answer->instances->pdata[0];
	g_assert_cmpint(instance->state, ==, state);
	g_assert_cmpstr(instance->marks.owner, ==, "me");
}

static struct ask *course_ask(size_t i)
{
	struct ask *ask = ask_make(1, course[i].verb, 10000);

	g_free(ask->instance_id);
	ask->instance_id = g_strdup(course[i].id);
	ask->size.cpus = 2;
	ask->marks.owner = g_strdup("me");
	return ask;
}

static void test_it_does_what_it_says(void)
{
	struct scene scene;

	toy_begin(&scene);
	g_assert_true(scene.told.traits.abilities & ABILITY_TOKEN);
	g_assert_cmpuint(scene.told.traits.in_flight, ==, 1);
	for (size_t i = 0; i < G_N_ELEMENTS(course); i++) {
		g_test_message("row %zu: %s", i, verb_name(course[i].verb));
		g_assert_cmpint(scene_ask(&scene, course_ask(i))->fault, ==, course[i].fault);
		list_check(&scene, course[i].state);
	}
	scene_clear(&scene);
}

static void test_its_instances_outlive_it(void)
{
	struct scene scene;

	toy_begin(&scene);
	scene_ask(&scene, ask_make(1, VERB_CREATE, 10000));
	carrier_stop(scene.carrier);
	scene_start(&scene);
	TURN_UNTIL(scene.told.ups == 2);
	list_check(&scene, INSTANCE_RUNNING);
	scene_clear(&scene);
}

static void test_settings_reach_it(void)
{
	struct setting *setting = g_new0(struct setting, 1);
	struct scene scene;
	g_autofree char *dir = g_test_build_filename(G_TEST_DIST, "examples", "connectors", NULL);
	const struct answer *answer;

	scene_init(&scene, "toy", dir);
	setting->name = g_strdup("room");
	setting->value = g_strdup("0");
	g_ptr_array_add(scene.cloud->settings, setting);
	scene_start(&scene);
	TURN_UNTIL(scene.told.ups == 1);
	answer = scene_ask(&scene, ask_make(1, VERB_CREATE, 10000));
	g_assert_cmpint(answer->fault, ==, FAULT_CAPACITY);
	g_assert_false(answer->is_uncertain);
	scene_clear(&scene);
}

static void test_bad_settings_never_reach_it(void)
{
	struct setting *setting = g_new0(struct setting, 1);
	struct scene scene;
	g_autofree char *dir = g_test_build_filename(G_TEST_DIST, "examples", "connectors", NULL);

	scene_init(&scene, "toy", dir);
	setting->name = g_strdup("rome");
	setting->value = g_strdup("1");
	g_ptr_array_add(scene.cloud->settings, setting);
	scene_start(&scene);
	TURN_UNTIL(scene.told.downs == 1);
	g_assert_cmpint(scene.told.fault, ==, FAULT_INVALID);
	g_assert_nonnull(strstr(scene.told.text, "room"));
	scene_clear(&scene);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/toy/course", test_it_does_what_it_says);
	g_test_add_func("/toy/outlives", test_its_instances_outlive_it);
	g_test_add_func("/toy/settings", test_settings_reach_it);
	g_test_add_func("/toy/bad-settings", test_bad_settings_never_reach_it);
	return g_test_run();
}
