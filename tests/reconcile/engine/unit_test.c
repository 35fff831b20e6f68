/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Manifests that change, go and come back. */
#include "tests/reconcile/engine/rig.h"

static struct rig *rig_with(unsigned count)
{
	struct rig *rig = rig_new();

	rig_deploy_web(rig, "shop", count);
	rig_start(rig);
	rig_converge(rig);
	return rig;
}

static void pass(struct rig *rig, int64_t ms)
{
	for (int64_t until_ms = rig->now_ms + ms; rig->now_ms < until_ms;) {
		rig_step(rig, 1000);
		while (rig_ask(rig, VERB_DESTROY) != NULL)
			rig_done(rig, rig_ask(rig, VERB_DESTROY));
		if (rig_ask(rig, VERB_LIST) != NULL)
			rig_list(rig);
	}
}

static void test_missing_has_grace(void)
{
	autoptr(rig) rig = rig_with(2);

	rig_remove(rig, "shop");
	rig_set_fleet(rig);
	pass(rig, 9 * 60 * 1000);
	g_assert_cmpuint(rig->cloud->len, ==, 2);
	rig_set_fleet(rig);
	pass(rig, 2 * 60 * 1000);
	g_assert_cmpuint(rig->cloud->len, ==, 0);
	g_assert_cmpuint(rig_events(rig, EVENT_DEPLOYMENT_MISSING), ==, 1);
	g_assert_null(rig_record(rig, "shop/web/1"));
}

static void test_back_within_grace(void)
{
	autoptr(rig) rig = rig_with(2);

	rig_remove(rig, "shop");
	rig_set_fleet(rig);
	pass(rig, 9 * 60 * 1000);
	rig_deploy_web(rig, "shop", 2);
	rig_set_fleet(rig);
	pass(rig, 60 * 60 * 1000);
	g_assert_cmpuint(rig->cloud->len, ==, 2);
	g_assert_cmpuint(rig_events(rig, EVENT_DEPLOYMENT_BACK), ==, 1);
	g_assert_cmpint(rig_record(rig, "shop/web/1")->missing_since_ms, ==, 0);
}

static void test_incomplete_fleet_removes_nothing(void)
{
	autoptr(rig) rig = rig_with(2);
	autoptr(fleet) empty = fleet_new();

	empty->is_complete = false;
	engine_set_fleet(rig->engine, empty, rig->now_ms);
	pass(rig, 60 * 60 * 1000);
	g_assert_cmpuint(rig->cloud->len, ==, 2);
	g_assert_cmpuint(rig_events(rig, EVENT_DEPLOYMENT_MISSING), ==, 0);
}

static void test_removals_keep_to_the_budget(void)
{
	autoptr(rig) rig = rig_with(20);

	rig_deploy_web(rig, "shop", 0);
	rig_set_fleet(rig);
	pass(rig, 59 * 60 * 1000);
	g_assert_cmpuint(rig->cloud->len, ==, 15);
	g_assert_cmpuint(rig_events(rig, EVENT_HOLD), ==, 1);
	pass(rig, 60 * 60 * 1000);
	g_assert_cmpuint(rig->cloud->len, ==, 10);
}

/* The budget is one for all: deployments planned in one pass do not each take it whole. */
static void test_budget_is_shared(void)
{
	autoptr(rig) rig = rig_with(5);

	rig_deploy_web(rig, "other", 5);
	rig_set_fleet(rig);
	rig_converge(rig);
	rig_deploy_web(rig, "shop", 0);
	rig_deploy_web(rig, "other", 0);
	rig_set_fleet(rig);
	pass(rig, 30 * 60 * 1000);
	g_assert_cmpuint(rig->cloud->len, ==, 5);
}

static void test_protection_outlives_its_line(void)
{
	autoptr(rig) rig = rig_new();

	rig_deploy(rig, "shop",
	           "    web: { count: 1, image: debian, size: small, protect: true }\n");
	rig_start(rig);
	rig_converge(rig);
	rig_deploy_web(rig, "shop", 0);
	rig_set_fleet(rig);
	pass(rig, 60 * 60 * 1000);
	g_assert_cmpuint(rig->cloud->len, ==, 1);
	g_assert_true(rig_record(rig, "shop/web/1")->is_protected);
}

static void test_change_lifts_a_refusal(void)
{
	autoptr(rig) rig = rig_new();

	rig_deploy_web(rig, "shop", 1);
	rig_start(rig);
	rig_list(rig);
	rig_fault(rig, rig_ask(rig, VERB_CREATE), FAULT_INVALID);
	for (int i = 0; i < 50; i++)
		rig_step(rig, 60 * 1000);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 1);
	rig_deploy(rig, "shop", "    web: { count: 1, image: better, size: small }\n");
	rig_set_fleet(rig);
	rig_step(rig, 1000);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 2);
}

static void test_newer_wins(void)
{
	autoptr(rig) rig = rig_new();

	rig->traits.requests_per_second = 1;
	rig->traits.burst = 1;
	rig_deploy_web(rig, "shop", 50);
	rig_start(rig);
	rig_list(rig);
	for (int i = 0; rig_sent(rig, VERB_CREATE) < 2 && i < 100; i++) {
		rig_step(rig, 1000);
		if (rig_ask(rig, VERB_CREATE) != NULL)
			rig_done(rig, rig_ask(rig, VERB_CREATE));
	}
	rig_deploy_web(rig, "shop", 3);
	rig_set_fleet(rig);
	rig_converge(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 3);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/unit/missing-has-grace", test_missing_has_grace);
	g_test_add_func("/unit/back-within-grace", test_back_within_grace);
	g_test_add_func("/unit/incomplete-fleet-removes-nothing",
	                test_incomplete_fleet_removes_nothing);
	g_test_add_func("/unit/removals-keep-to-the-budget", test_removals_keep_to_the_budget);
	g_test_add_func("/unit/budget-is-shared", test_budget_is_shared);
	g_test_add_func("/unit/protection-outlives-its-line", test_protection_outlives_its_line);
	g_test_add_func("/unit/change-lifts-a-refusal", test_change_lifts_a_refusal);
	g_test_add_func("/unit/newer-wins", test_newer_wins);
	return g_test_run();
}
