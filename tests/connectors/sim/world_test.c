/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated cloud's verbs on a fault-free world: each ask has the effect that it names, at
 * its time.
 */
#include "connectors/sim/world.h"

#include <string.h>

static struct sim_world *world_make(const char *name, const char *value)
{
	struct pair pair = { name, value };
	autoptr(pairs) settings = pairs_new(&pair, name ? 1 : 0);
	g_autoptr(GError) error = NULL;
	struct sim_world *world = sim_world_new(settings, 7, &error);

	g_assert_no_error(error);
	return world;
}

static void ask_order(struct ask *ask, const char *key, const char *uid)
{
	struct order *order = g_new0(struct order, 1);

	order->key = g_strdup(key);
	order->uid = g_strdup(uid);
	order->name = g_strdup_printf("vm-%s", uid);
	order->fingerprint = g_strdup("i1");
	g_ptr_array_add(ask->orders, order);
}

static struct ask *ask_create(const char *key, const char *uid)
{
	struct ask *ask = ask_new(1, VERB_CREATE, "c");

	ask->owner = g_strdup("me");
	ask->size.name = g_strdup("small");
	ask->deadline_ms = 30000;
	ask_order(ask, key, uid);
	return ask;
}

static struct answer *world_do(struct sim_world *world, struct ask *own_ask, int64_t now_ms)
{
	int64_t latency_ms = 0;
	struct answer *answer = sim_world_ask(world, own_ask, now_ms, &latency_ms);

	ask_free(own_ask);
	return answer;
}

static const char *world_create(struct sim_world *world, const char *key, int64_t now_ms)
{
	autoptr(answer) answer = world_do(world, ask_create(key, key), now_ms);
	const struct order_result *result;

	g_assert_cmpint(answer->fault, ==, FAULT_NONE);
	result = answer->results->pdata[0];
	g_assert_cmpint(result->fault, ==, FAULT_NONE);
	return sim_world_find(world, key)->id;
}

static struct ask *ask_change(enum verb verb, const char *id)
{
	struct ask *ask = ask_new(2, verb, "c");

	ask->owner = g_strdup("me");
	ask->instance_id = g_strdup(id);
	ask->size.name = g_strdup("large");
	ask->deadline_ms = 30000;
	return ask;
}

static enum fault world_change(struct sim_world *world, enum verb verb, const char *id,
                               int64_t now_ms)
{
	autoptr(answer) answer = world_do(world, ask_change(verb, id), now_ms);

	return answer->fault;
}

static size_t world_list(struct sim_world *world, int64_t now_ms)
{
	autoptr(answer) answer = world_do(world, ask_new(3, VERB_LIST, "c"), now_ms);

	g_assert_cmpint(answer->fault, ==, FAULT_NONE);
	return answer->instances->len;
}

static void test_an_instance_lives(void)
{
	autoptr(sim_world) world = world_make(NULL, NULL);
	const struct instance *vm = sim_world_find(world, world_create(world, "a/b/1", 1000));

	g_assert_cmpint(vm->state, ==, INSTANCE_PENDING);
	g_assert_cmpstr(vm->marks.member, ==, "a/b/1");
	g_assert_cmpstr(vm->marks.owner, ==, "me");
	g_assert_cmpint(vm->created_at_ms, ==, 1000);
	sim_world_advance(world, 2999);
	g_assert_cmpint(vm->state, ==, INSTANCE_PENDING);
	sim_world_advance(world, 3000);
	g_assert_cmpint(vm->state, ==, INSTANCE_RUNNING);
	g_assert_nonnull(vm->addresses);
	g_assert_cmpint(world_change(world, VERB_STOP, vm->id, 4000), ==, FAULT_NONE);
	g_assert_cmpint(vm->state, ==, INSTANCE_STOPPING);
	sim_world_advance(world, 5000);
	g_assert_cmpint(vm->state, ==, INSTANCE_STOPPED);
	g_assert_cmpint(world_change(world, VERB_RESIZE, vm->id, 5000), ==, FAULT_NONE);
	g_assert_cmpuint(vm->size.cpus, ==, 4);
	g_assert_cmpint(world_change(world, VERB_START, vm->id, 5000), ==, FAULT_NONE);
	sim_world_advance(world, 7000);
	g_assert_cmpint(vm->state, ==, INSTANCE_RUNNING);
	g_assert_cmpint(world_change(world, VERB_DESTROY, vm->id, 8000), ==, FAULT_NONE);
	g_assert_cmpint(vm->state, ==, INSTANCE_DELETING);
	g_assert_cmpuint(world_list(world, 8500), ==, 1);
	g_assert_cmpuint(world_list(world, 9000), ==, 0);
	g_assert_cmpuint(sim_world_counters(world)->destroyed, ==, 1);
}

/* A boot, a stop or a death that was due does not happen to one that has moved on. */
static void test_what_is_overtaken_does_not_happen(void)
{
	autoptr(sim_world) world = world_make("deleteTime", "1h");
	const struct instance *vm = sim_world_find(world, world_create(world, "a/b/1", 0));

	sim_world_advance(world, 2000);
	world_change(world, VERB_STOP, vm->id, 2100);
	sim_world_start(world, vm->id);
	sim_world_advance(world, 3500);
	g_assert_cmpint(vm->state, ==, INSTANCE_PENDING);
	world_change(world, VERB_DESTROY, vm->id, 3600);
	sim_world_advance(world, 10000);
	g_assert_cmpint(vm->state, ==, INSTANCE_DELETING);
}

/* What a verb answers in a state, and the state after. */
static const struct {
	const char *abilities;
	enum instance_state before;
	enum verb verb;
	enum fault fault;
	enum instance_state after;
} states[] = {
	{ "+mark", INSTANCE_PENDING, VERB_START, FAULT_NONE, INSTANCE_PENDING },
	{ "+mark", INSTANCE_PENDING, VERB_STOP, FAULT_CONFLICT, INSTANCE_PENDING },
	{ "+mark", INSTANCE_PENDING, VERB_DESTROY, FAULT_NONE, INSTANCE_DELETING },
	{ "+mark", INSTANCE_RUNNING, VERB_START, FAULT_NONE, INSTANCE_RUNNING },
	{ "+mark", INSTANCE_RUNNING, VERB_RESIZE, FAULT_CONFLICT, INSTANCE_RUNNING },
	{ "+live-resize", INSTANCE_RUNNING, VERB_RESIZE, FAULT_CONFLICT, INSTANCE_RUNNING },
	{ "+mark", INSTANCE_STOPPED, VERB_STOP, FAULT_NONE, INSTANCE_STOPPED },
	{ "+mark", INSTANCE_FAILED, VERB_START, FAULT_CONFLICT, INSTANCE_FAILED },
	{ "+mark", INSTANCE_FAILED, VERB_DESTROY, FAULT_NONE, INSTANCE_DELETING },
	{ "+mark", INSTANCE_DELETING, VERB_DESTROY, FAULT_NONE, INSTANCE_DELETING },
	{ "+mark", INSTANCE_DELETING, VERB_START, FAULT_CONFLICT, INSTANCE_DELETING },
	{ "+mark", INSTANCE_DELETING, VERB_MARK, FAULT_CONFLICT, INSTANCE_DELETING },
	{ "-power", INSTANCE_RUNNING, VERB_STOP, FAULT_UNSUPPORTED, INSTANCE_RUNNING },
	{ "-resize", INSTANCE_STOPPED, VERB_RESIZE, FAULT_UNSUPPORTED, INSTANCE_STOPPED },
	{ "-mark", INSTANCE_RUNNING, VERB_MARK, FAULT_UNSUPPORTED, INSTANCE_RUNNING },
};

static void world_bring(struct sim_world *world, const char *id, enum instance_state state)
{
	if (state != INSTANCE_PENDING)
		sim_world_advance(world, 5000);
	if (state == INSTANCE_STOPPED)
		sim_world_kill(world, id);
	if (state == INSTANCE_FAILED)
		sim_world_fail(world, id);
	if (state == INSTANCE_DELETING)
		world_change(world, VERB_DESTROY, id, 5000);
	g_assert_cmpint(sim_world_find(world, id)->state, ==, state);
}

static void test_verbs_keep_to_the_state(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
		autoptr(sim_world) world = world_make("abilities", states[i].abilities);
		const char *id = world_create(world, "a/b/1", 1000);

		world_bring(world, id, states[i].before);
		g_test_message("row %zu", i);
		g_assert_cmpint(world_change(world, states[i].verb, id, 1000), ==, states[i].fault);
		g_assert_cmpint(sim_world_find(world, id)->state, ==, states[i].after);
	}
}

static void test_an_idle_world_says_done(void)
{
	autoptr(sim_world) world = world_make("idleChanges", "1");
	const char *id = world_create(world, "a/b/1", 0);

	world_bring(world, id, INSTANCE_RUNNING);
	g_assert_cmpint(world_change(world, VERB_STOP, id, 6000), ==, FAULT_NONE);
	g_assert_cmpint(sim_world_find(world, id)->state, ==, INSTANCE_RUNNING);
	g_assert_cmpint(world_change(world, VERB_DESTROY, id, 7000), ==, FAULT_NONE);
	g_assert_cmpuint(world_list(world, 180000), ==, 0);
}

static void test_what_is_not_there_is_not_found(void)
{
	autoptr(sim_world) world = world_make(NULL, NULL);
	static const enum verb verbs[] = { VERB_DESTROY, VERB_START, VERB_STOP, VERB_RESIZE,
		                           VERB_MARK };

	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		g_assert_cmpint(world_change(world, verbs[i], "none", 1), ==, FAULT_NOT_FOUND);
}

static void test_a_token_makes_nothing_twice(void)
{
	static const struct {
		const char *abilities;
		size_t count;
		enum fault fault; /* of the second */
	} rows[] = {
		{ "+token", 1, FAULT_NONE },
		{ "-token", 2, FAULT_NONE },
		{ "-token,+unique-name", 1, FAULT_EXISTS },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		autoptr(sim_world) world = world_make("abilities", rows[i].abilities);
		autoptr(answer) first = world_do(world, ask_create("a/b/1", "u"), 1);
		autoptr(answer) second = world_do(world, ask_create("a/b/1", "u"), 2);
		const struct order_result *result = second->results->pdata[0];

		g_assert_cmpint(result->fault, ==, rows[i].fault);
		g_assert_cmpuint(sim_world_count(world), ==, rows[i].count);
	}
}

static void test_a_batch_is_cut_by_the_quota(void)
{
	autoptr(sim_world) world = world_make("quotaInstances", "2");
	struct ask *ask = ask_create("a/b/1", "u1");
	autoptr(answer) answer = NULL;

	ask_order(ask, "a/b/2", "u2");
	ask_order(ask, "a/b/3", "u3");
	answer = world_do(world, ask, 1);
	g_assert_cmpuint(answer->results->len, ==, 3);
	for (unsigned i = 0; i < 3; i++) {
		const struct order_result *result = answer->results->pdata[i];

		g_assert_cmpint(result->fault, ==, i < 2 ? FAULT_NONE : FAULT_QUOTA);
		g_assert_true(!result->instance_id == (i == 2));
	}
}

static void test_foreign_ones_are_watched(void)
{
	autoptr(sim_world) world = world_make(NULL, NULL);
	const char *id;

	sim_world_advance(world, 1);
	id = sim_world_create_foreign(world, "theirs", NULL);
	g_assert_cmpuint(world_list(world, 2), ==, 1);
	g_assert_cmpuint(sim_world_counters(world)->foreign_touched, ==, 0);
	world_change(world, VERB_STOP, id, 3);
	g_assert_cmpuint(sim_world_counters(world)->foreign_touched, ==, 1);
}

static void test_a_hundred_thousand_are_fast(void)
{
	autoptr(sim_world) world = world_make(NULL, NULL);
	int64_t began_us = g_get_monotonic_time();
	double made_s, listed_s;

	for (unsigned i = 0; i < 100000; i++) {
		g_autofree char *key = g_strdup_printf("a/b/%u", i);
		autoptr(answer) answer = world_do(world, ask_create(key, key), i);
	}
	made_s = (double)(g_get_monotonic_time() - began_us) / 1e6;
	began_us = g_get_monotonic_time();
	g_assert_cmpuint(world_list(world, 200000), ==, 100000);
	listed_s = (double)(g_get_monotonic_time() - began_us) / 1e6;
	g_test_message("100000 made in %.3f s, listed in %.3f s", made_s, listed_s);
	g_assert_cmpfloat(made_s, <, 10);
	g_assert_cmpfloat(listed_s, <, 3);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sim/world/lives", test_an_instance_lives);
	g_test_add_func("/sim/world/overtaken", test_what_is_overtaken_does_not_happen);
	g_test_add_func("/sim/world/states", test_verbs_keep_to_the_state);
	g_test_add_func("/sim/world/an-idle-world-says-done", test_an_idle_world_says_done);
	g_test_add_func("/sim/world/not-found", test_what_is_not_there_is_not_found);
	g_test_add_func("/sim/world/token", test_a_token_makes_nothing_twice);
	g_test_add_func("/sim/world/batch", test_a_batch_is_cut_by_the_quota);
	g_test_add_func("/sim/world/foreign", test_foreign_ones_are_watched);
	g_test_add_func("/sim/world/fast", test_a_hundred_thousand_are_fast);
	return g_test_run();
}
