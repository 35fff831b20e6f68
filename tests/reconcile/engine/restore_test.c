/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an earlier life left. */
#include "tests/reconcile/engine/rig.h"

static GPtrArray *one_record(const char *instance_id)
{
	GPtrArray *records = g_ptr_array_new();
	struct record *record = record_new("shop/web/1");

	record->cloud = g_strdup("lab");
	record->uid = g_strdup("uuuuuuuuuuuu");
	record->instance_id = g_strdup(instance_id);
	record->created_at_ms = 1;
	g_ptr_array_add(records, record);
	return records;
}

static GPtrArray *one_operation(enum verb verb, const char *instance_id, int64_t begun_at_ms)
{
	GPtrArray *operations = g_ptr_array_new();
	struct operation *operation = operation_new(7, verb, "shop/web/1", "lab");

	operation->uid = verb == VERB_CREATE ? g_strdup("uuuuuuuuuuuu") : NULL;
	operation->instance_id = g_strdup(instance_id);
	operation->begun_at_ms = begun_at_ms;
	g_ptr_array_add(operations, operation);
	return operations;
}

static void test_running_is_left_alone(void)
{
	autoptr(rig) rig = rig_new();

	rig_deploy_web(rig, "shop", 1);
	rig_instance(rig, "i-1", "shop/web/1", "uuuuuuuuuuuu");
	rig_restart(rig, one_record("i-1"), NULL);
	rig_step(rig, 0);
	g_assert_cmpuint(rig_open(rig, VERB_LIST), ==, 1);
	rig_list(rig);
	rig_list(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 0);
	g_assert_cmpuint(rig_sent(rig, VERB_DESTROY), ==, 0);
	g_assert_cmpuint(rig_events(rig, EVENT_INSTANCE_ADOPTED), ==, 0);
	g_assert_cmpuint(rig_events(rig, EVENT_DEPLOYMENT_NEW), ==, 0);
}

static void test_gone_meanwhile(void)
{
	autoptr(rig) rig = rig_new();

	rig_deploy_web(rig, "shop", 1);
	rig_restart(rig, one_record("i-1"), NULL);
	rig_list(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 0);
	rig_list(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 1);
}

static void test_open_creation_is_uncertain(void)
{
	static const bool happened[] = { true, false };

	for (size_t i = 0; i < G_N_ELEMENTS(happened); i++) {
		autoptr(rig) rig = rig_new();

		rig_deploy_web(rig, "shop", 1);
		if (happened[i])
			rig_instance(rig, "i-1", "shop/web/1", "uuuuuuuuuuuu");
		rig_restart(rig, one_record(NULL),
		            one_operation(VERB_CREATE, NULL, rig->now_ms - 1));
		rig_list(rig);
		g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 0);
		rig_converge(rig);
		g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, happened[i] ? 0 : 1);
		g_assert_cmpuint(rig->cloud->len, ==, 1);
		/* What was on its way for a deadline may still come. */
		if (!happened[i])
			g_assert_cmpint(rig->now_ms, >=,
			                1000 * 1000 - 1 + rig->traits.ask_deadline_ms);
	}
}

/* The earlier life had seen it on a list before it had the answer. */
static void test_seen_creation_is_done(void)
{
	autoptr(rig) rig = rig_new();

	rig_deploy_web(rig, "shop", 1);
	rig_instance(rig, "i-1", "shop/web/1", "uuuuuuuuuuuu");
	rig_restart(rig, one_record("i-1"), one_operation(VERB_CREATE, NULL, rig->now_ms));
	rig_list(rig);
	g_assert_cmpuint(rig_events(rig, EVENT_OPERATION_SETTLED), ==, 1);
	rig_converge(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 0);
}

/* Nothing of the earlier life is on its way: two lists tell. */
static void test_alone_needs_no_deadline(void)
{
	autoptr(rig) rig = rig_new();
	int64_t began_ms = rig->now_ms;

	rig->traits.abilities |= ABILITY_ALONE;
	rig_deploy_web(rig, "shop", 1);
	rig_restart(rig, one_record(NULL), one_operation(VERB_CREATE, NULL, began_ms));
	rig_list(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 0);
	rig_converge(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 1);
	g_assert_cmpuint(rig->cloud->len, ==, 1);
	g_assert_cmpint(rig->now_ms, <, began_ms + rig->traits.ask_deadline_ms);
}

static void test_unreadable_is_left_alone(void)
{
	autoptr(rig) rig = rig_new();
	struct instance *instance;

	rig_deploy_web(rig, "shop", 1);
	instance = rig_instance(rig, "i-1", "shop/web/1", "uuuuuuuuuuuu");
	marks_clear(&instance->marks);
	instance->state = INSTANCE_UNKNOWN;
	rig_restart(rig, one_record("i-1"), NULL);
	for (int i = 0; i < 4; i++)
		rig_list(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 0);
	g_assert_cmpuint(rig_sent(rig, VERB_DESTROY), ==, 0);
	g_assert_cmpuint(rig_events(rig, EVENT_INSTANCE_VANISHED), ==, 0);
}

static void test_open_destroy_is_uncertain(void)
{
	autoptr(rig) rig = rig_new();

	rig_deploy_web(rig, "shop", 0);
	rig_restart(rig, one_record("i-1"), one_operation(VERB_DESTROY, "i-1", rig->now_ms));
	rig_converge(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_DESTROY), ==, 0);
	g_assert_null(rig_record(rig, "shop/web/1"));
}

static void test_numbers_go_on(void)
{
	autoptr(rig) rig = rig_new();

	rig_deploy_web(rig, "shop", 1);
	rig_start(rig);
	rig_list(rig);
	g_assert_cmpint(rig_operation(rig, "shop/web/1")->id, ==, 101);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/restore/running-is-left-alone", test_running_is_left_alone);
	g_test_add_func("/restore/gone-meanwhile", test_gone_meanwhile);
	g_test_add_func("/restore/open-creation-is-uncertain", test_open_creation_is_uncertain);
	g_test_add_func("/restore/seen-creation-is-done", test_seen_creation_is_done);
	g_test_add_func("/restore/alone-needs-no-deadline", test_alone_needs_no_deadline);
	g_test_add_func("/restore/unreadable-is-left-alone", test_unreadable_is_left_alone);
	g_test_add_func("/restore/open-destroy-is-uncertain", test_open_destroy_is_uncertain);
	g_test_add_func("/restore/numbers-go-on", test_numbers_go_on);
	return g_test_run();
}
