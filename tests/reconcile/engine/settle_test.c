/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lost answers: nothing is made twice, nothing is waited for without end. */
#include "tests/reconcile/engine/rig.h"

static struct ask *first_creation(struct rig *rig)
{
	rig_deploy_web(rig, "shop", 1);
	rig_start(rig);
	rig_list(rig);
	g_assert_nonnull(rig_ask(rig, VERB_CREATE));
	return rig_ask(rig, VERB_CREATE);
}

static void test_seen_is_done(void)
{
	autoptr(rig) rig = rig_new();
	struct ask *ask = first_creation(rig);

	rig_appear(rig, ask, 0);
	rig_lose(rig, ask);
	rig_step(rig, 0);
	g_assert_cmpint(rig_operation(rig, "shop/web/1")->state, ==, OPERATION_UNCERTAIN);
	rig_list(rig);
	g_assert_cmpint(rig_operation(rig, "shop/web/1")->state, ==, OPERATION_DONE);
	rig_converge(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 1);
	g_assert_cmpuint(rig_events(rig, EVENT_OPERATION_SETTLED), ==, 1);
}

static void test_unseen_twice_is_failed(void)
{
	autoptr(rig) rig = rig_new();
	struct ask *ask = first_creation(rig);

	rig_lose(rig, ask);
	rig_list(rig);
	g_assert_cmpint(rig_operation(rig, "shop/web/1")->state, ==, OPERATION_UNCERTAIN);
	rig_list(rig);
	g_assert_cmpint(rig_operation(rig, "shop/web/1")->state, ==, OPERATION_FAILED);
	rig_converge(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 2);
	g_assert_cmpuint(rig->cloud->len, ==, 1);
}

static void test_unmarked_is_waited_out(void)
{
	autoptr(rig) rig = rig_new();
	int64_t began_ms;
	struct ask *ask;

	rig->traits.abilities &= ~(unsigned)ABILITY_ATOMIC_MARKS;
	ask = first_creation(rig);
	began_ms = rig->now_ms;
	rig_lose(rig, ask);
	while (rig_sent(rig, VERB_CREATE) == 1)
		rig_list(rig);
	g_assert_cmpint(rig->now_ms - began_ms, >=, rig->traits.create_deadline_ms);
}

static void test_unmarked_is_known_by_name(void)
{
	autoptr(rig) rig = rig_new();
	struct ask *ask;

	rig->traits.abilities &= ~(unsigned)ABILITY_ATOMIC_MARKS;
	ask = first_creation(rig);
	rig_appear(rig, ask, 0);
	rig_lose(rig, ask);
	rig_list(rig);
	rig_step(rig, 0);
	g_assert_nonnull(rig_ask(rig, VERB_MARK));
	g_assert_cmpstr(rig_ask(rig, VERB_MARK)->marks.member, ==, "shop/web/1");
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 1);
}

static void test_token_is_replayed(void)
{
	autoptr(rig) rig = rig_new();
	g_autofree char *uid = NULL;
	struct ask *ask, *again;

	rig->traits.abilities |= ABILITY_TOKEN;
	rig->limits.busy_ms = 60 * 1000;
	ask = first_creation(rig);
	uid = g_strdup(((struct order *)ask->orders->pdata[0])->uid);
	rig_lose(rig, ask);
	rig_step(rig, 2000);
	again = rig_ask(rig, VERB_CREATE);
	g_assert_nonnull(again);
	g_assert_cmpstr(((struct order *)again->orders->pdata[0])->uid, ==, uid);
	rig_done(rig, again);
	rig_step(rig, 0);
	g_assert_cmpint(rig_operation(rig, "shop/web/1")->state, ==, OPERATION_DONE);
}

static void test_uncertain_destroy(void)
{
	static const bool happened[] = { true, false };

	for (size_t i = 0; i < G_N_ELEMENTS(happened); i++) {
		autoptr(rig) rig = rig_new();
		struct ask *ask;

		rig_deploy_web(rig, "shop", 1);
		rig_start(rig);
		rig_converge(rig);
		rig_deploy_web(rig, "shop", 0);
		rig_set_fleet(rig);
		rig_step(rig, 0);
		ask = rig_ask(rig, VERB_DESTROY);
		if (happened[i])
			rig_vanish(rig, ask->instance_id);
		rig_lose(rig, ask);
		rig_converge(rig);
		g_assert_cmpuint(rig->cloud->len, ==, 0);
		g_assert_cmpuint(rig_sent(rig, VERB_DESTROY), ==, happened[i] ? 1 : 2);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/settle/seen-is-done", test_seen_is_done);
	g_test_add_func("/settle/unseen-twice-is-failed", test_unseen_twice_is_failed);
	g_test_add_func("/settle/unmarked-is-waited-out", test_unmarked_is_waited_out);
	g_test_add_func("/settle/unmarked-is-known-by-name", test_unmarked_is_known_by_name);
	g_test_add_func("/settle/token-is-replayed", test_token_is_replayed);
	g_test_add_func("/settle/uncertain-destroy", test_uncertain_destroy);
	return g_test_run();
}
