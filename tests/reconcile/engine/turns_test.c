/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose turn it is. */
#include "tests/reconcile/engine/rig.h"

static void test_failing_thousand_delays_nobody(void)
{
	autoptr(rig) rig = rig_new();
	int64_t began_ms;

	rig->traits.requests_per_second = 10;
	rig->traits.burst = 1;
	rig_deploy_web(rig, "aaa", 1000);
	rig_start(rig);
	rig_list(rig);
	for (int i = 0; i < 300; i++) {
		struct ask *ask;

		rig_step(rig, 1000);
		while ((ask = rig_ask(rig, VERB_CREATE)) != NULL)
			rig_fault(rig, ask, FAULT_TRANSIENT);
		if (rig_ask(rig, VERB_LIST) != NULL)
			rig_list(rig);
	}
	rig_deploy_web(rig, "zzz", 1);
	rig_set_fleet(rig);
	began_ms = rig->now_ms;
	for (bool is_sent = false; !is_sent;) {
		struct ask *ask;

		rig_step(rig, 100);
		while ((ask = rig_ask(rig, VERB_CREATE)) != NULL) {
			is_sent |= g_str_has_prefix(((struct order *)ask->orders->pdata[0])->key,
			                            "zzz/");
			rig_fault(rig, ask, FAULT_TRANSIENT);
		}
		if (rig_ask(rig, VERB_LIST) != NULL)
			rig_list(rig);
		g_assert_cmpint(rig->now_ms - began_ms, <, 2000);
	}
}

/* Equal members of a shape that is refused do not cost a request each. */
static void test_one_of_equals_is_enough(void)
{
	autoptr(rig) rig = rig_new();

	rig_deploy_web(rig, "shop", 1000);
	rig_start(rig);
	rig_list(rig);
	for (int i = 0; i < 600; i++) {
		struct ask *ask;

		rig_step(rig, 100);
		while ((ask = rig_ask(rig, VERB_CREATE)) != NULL)
			rig_fault(rig, ask, FAULT_INVALID);
	}
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), <, 10);
}

static void test_batches(void)
{
	autoptr(rig) rig = rig_new();

	rig->traits.abilities |= ABILITY_BATCH_CREATE;
	rig->traits.batch_max = 100;
	rig_deploy_web(rig, "shop", 250);
	rig_start(rig);
	rig_list(rig);
	g_assert_cmpuint(rig_open(rig, VERB_CREATE), ==, 1);
	g_assert_cmpuint(rig_ask(rig, VERB_CREATE)->orders->len, ==, 100);
	rig_converge(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 3);
	g_assert_cmpuint(rig->cloud->len, ==, 250);
}

static void test_each_ask_is_journaled_with_it(void)
{
	autoptr(rig) rig = rig_new();

	rig_deploy_web(rig, "shop", 5);
	rig_start(rig);
	rig_converge(rig);
	for (guint i = 0; i < rig->effects->len; i++) {
		const struct effects *effects = rig->effects->pdata[i];

		for (guint j = 0; j < effects->asks->len; j++) {
			const struct ask *ask = effects->asks->pdata[j];
			bool is_journaled = !verb_is_mutating(ask->verb);

			for (guint k = 0; k < effects->writes->len; k++) {
				const struct write *write = effects->writes->pdata[k];

				is_journaled |= write->kind == WRITE_OPERATION &&
				                write->operation->ask == ask->id &&
				                write->operation->state == OPERATION_OPEN;
			}
			g_assert_true(is_journaled);
		}
	}
}

static void test_only_looks_while_it_cannot_act(void)
{
	autoptr(rig) rig = rig_new();

	rig_deploy_web(rig, "shop", 3);
	rig_start(rig);
	engine_set_acting(rig->engine, false, "disk full", rig->now_ms);
	for (int i = 0; i < 5; i++)
		rig_list(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 0);
	engine_set_acting(rig->engine, true, NULL, rig->now_ms);
	rig_converge(rig);
	g_assert_cmpuint(rig->cloud->len, ==, 3);
	g_assert_cmpuint(rig_events(rig, EVENT_ACTING_STOPPED), ==, 1);
	g_assert_cmpuint(rig_events(rig, EVENT_ACTING_RESUMED), ==, 1);
}

static void test_an_observer_only_looks(void)
{
	const struct engine_options options = { .owner = "tester",
		                                .limits = engine_limits_default,
		                                .is_observing = true };
	autoptr(rig) rig = rig_new();
	g_autoptr(GPtrArray) plans = NULL;

	rig_deploy_web(rig, "shop", 3);
	rig_start(rig);
	engine_free(rig->engine);
	rig->engine = engine_new(&options);
	rig_set_fleet(rig);
	engine_cloud_up(rig->engine, "lab", &rig->traits, rig->now_ms);
	for (int i = 0; i < 5; i++)
		rig_list(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 0);
	plans = engine_plan(rig->engine, "shop", rig->now_ms);
	g_assert_cmpuint(plans->len, ==, 1);
}

static void test_refused_credentials_hold_the_cloud(void)
{
	autoptr(rig) rig = rig_new();

	rig_deploy_web(rig, "shop", 3);
	rig_start(rig);
	rig_list(rig);
	rig_fault(rig, rig_ask(rig, VERB_CREATE), FAULT_AUTH);
	for (int i = 0; i < 10; i++)
		rig_step(rig, 1000);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 1);
	g_assert_cmpuint(rig_events(rig, EVENT_CLOUD_DOWN), ==, 1);
	rig_list(rig);
	rig_converge(rig);
	g_assert_cmpuint(rig->cloud->len, ==, 3);
}

/* What a shorter period says holds for the wait that is under way, too. */
static void test_new_limits_hasten_the_next_list(void)
{
	autoptr(rig) rig = rig_new();
	struct engine_limits limits = rig->limits;
	unsigned lists;

	limits.rest_ms = 1000000;
	rig->limits = limits;
	rig_start(rig);
	for (int i = 0; i < 30; i++)
		rig_list(rig);
	lists = rig_sent(rig, VERB_LIST);
	rig_step(rig, 5000);
	g_assert_cmpuint(rig_sent(rig, VERB_LIST), ==, lists);
	limits.rest_ms = 4000;
	engine_set_limits(rig->engine, &limits);
	rig_step(rig, 0);
	g_assert_cmpuint(rig_sent(rig, VERB_LIST), ==, lists + 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/turns/failing-thousand-delays-nobody",
	                test_failing_thousand_delays_nobody);
	g_test_add_func("/turns/one-of-equals-is-enough", test_one_of_equals_is_enough);
	g_test_add_func("/turns/batches", test_batches);
	g_test_add_func("/turns/each-ask-is-journaled-with-it", test_each_ask_is_journaled_with_it);
	g_test_add_func("/turns/only-looks-while-it-cannot-act",
	                test_only_looks_while_it_cannot_act);
	g_test_add_func("/turns/an-observer-only-looks", test_an_observer_only_looks);
	g_test_add_func("/turns/refused-credentials-hold-the-cloud",
	                test_refused_credentials_hold_the_cloud);
	g_test_add_func("/turns/new-limits-hasten-the-next-list",
	                test_new_limits_hasten_the_next_list);
	return g_test_run();
}
