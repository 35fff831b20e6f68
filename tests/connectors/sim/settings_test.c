/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each setting of a simulated cloud does what its row says, by lot where it says so, and the same
 * lot for the same seed.
 */
#include "connectors/sim/world.h"

#include <string.h>

/* What a fixed course of asks showed. */
struct course {
	unsigned faults[FAULT_INTERNAL + 1]; /* answers and results by class */
	unsigned uncertain, incomplete;
	int64_t latency_ms; /* of all */
	unsigned requests;  /* of the last list */
	size_t listed;      /* by the last list */
	struct sim_counters counters;
	size_t count;
	char *trace;
};

static struct sim_world *world_make(const char *const *settings, uint64_t seed, GError **error)
{
	g_autoptr(GArray) items = g_array_new(false, false, sizeof(struct pair));
	autoptr(pairs) pairs = NULL;

	for (size_t i = 0; settings && settings[i]; i += 2) {
		struct pair pair = { settings[i], settings[i + 1] };

		g_array_append_val(items, pair);
	}
	pairs = pairs_new((const struct pair *)(const void *)items->data, items->len);
	return sim_world_new(pairs, seed, error);
}

static struct ask *ask_make(enum verb verb, const char *id)
{
	struct ask *ask = ask_new(1, verb, "c");
	struct order *order;

	ask->owner = g_strdup("me");
	ask->deadline_ms = 30000;
	ask->size.name = g_strdup("small");
	ask->instance_id = verb == VERB_CREATE ? NULL : g_strdup(id);
	if (verb != VERB_CREATE)
		return ask;
	order = g_new0(struct order, 1);
	order->key = g_strdup_printf("a/b/%s", id);
	order->uid = g_strdup(id);
	order->name = g_strdup_printf("vm-%s", id);
	g_ptr_array_add(ask->orders, order);
	return ask;
}

static struct answer *world_do(struct sim_world *world, struct ask *own_ask, int64_t now_ms,
                               int64_t *ret_latency_ms)
{
	struct answer *answer = sim_world_ask(world, own_ask, now_ms, ret_latency_ms);

	ask_free(own_ask);
	return answer;
}

static void course_take(struct course *course, GString *trace, const struct answer *answer,
                        int64_t latency_ms)
{
	const struct order_result *result = answer->results ? answer->results->pdata[0] : NULL;

	course->faults[result ? result->fault : answer->fault]++;
	course->uncertain += answer->is_uncertain;
	course->latency_ms += latency_ms;
	g_string_append_printf(trace, "%d %d %s,", (int)answer->fault, answer->is_uncertain,
	                       result && result->instance_id ? result->instance_id : "-");
	if (answer->verb != VERB_LIST || answer->fault)
		return;
	course->incomplete += !answer->is_complete;
	course->requests = answer->requests;
	course->listed = answer->instances->len;
}

/* Every 100 ms one creation, then a list, 200 times; then an hour goes by and a last list. */
static struct course course_run(const char *const *settings, uint64_t seed)
{
	g_autoptr(GError) error = NULL;
	autoptr(sim_world) world = world_make(settings, seed, &error);
	g_autoptr(GString) trace = g_string_new(NULL);
	struct course course = { 0 };
	int64_t latency_ms = 0;

	g_assert_no_error(error);
	for (int i = 0; i <= 400; i++) {
		g_autofree char *id = g_strdup_printf("%d", i);
		autoptr(answer) answer =
			world_do(world, ask_make(i % 2 ? VERB_CREATE : VERB_LIST, id),
		                 i == 400 ? 3640000 : i * 50, &latency_ms);

		course_take(&course, trace, answer, latency_ms);
	}
	course.counters = *sim_world_counters(world);
	course.count = sim_world_count(world);
	course.trace = g_string_free(g_steal_pointer(&trace), false);
	return course;
}

static void test_a_calm_world_has_no_faults(void)
{
	struct course course = course_run(NULL, 1);

	g_assert_cmpuint(course.faults[FAULT_NONE], ==, 401);
	g_assert_cmpuint(course.count, ==, 200);
	g_assert_cmpuint(course.listed, ==, 200);
	g_assert_cmpint(course.latency_ms, ==, 401 * 20);
	g_assert_cmpuint(course.counters.died, ==, 0);
	g_free(course.trace);
}

/* A number of the course that a setting moves into a range. */
static const struct {
	const char *settings[7];
	size_t offset; /* of an unsigned in struct course */
	unsigned min, max;
} counts[] = {
#define FAULTS(fault) offsetof(struct course, faults) + (fault) * sizeof(unsigned)
	{ { "errors", "transient=0.1" }, FAULTS(FAULT_TRANSIENT), 20, 65 },
	{ { "errors", "quota=10%,capacity=0.1" }, FAULTS(FAULT_CAPACITY), 15, 65 },
	{ { "errors", "auth=1" }, FAULTS(FAULT_AUTH), 401, 401 },
	{ { "quotaInstances", "7" }, FAULTS(FAULT_QUOTA), 193, 193 },
	{ { "quotaCpus", "7" }, FAULTS(FAULT_QUOTA), 193, 193 },
	{ { "capacity", "7" }, FAULTS(FAULT_CAPACITY), 193, 193 },
	{ { "throttleAbove", "10" }, FAULTS(FAULT_THROTTLED), 150, 250 },
	{ { "throttleAbove", "20" }, FAULTS(FAULT_THROTTLED), 0, 0 },
	{ { "lostAnswers", "0.1" }, offsetof(struct course, uncertain), 5, 40 },
	{ { "lostRequests", "0.1" }, offsetof(struct course, uncertain), 5, 40 },
	{ { "incompleteLists", "0.5" }, offsetof(struct course, incomplete), 70, 130 },
	{ { "lyingLists", "0.5" }, offsetof(struct course, incomplete), 0, 0 },
	{ { "pageSize", "20" }, offsetof(struct course, requests), 10, 10 },
	{ { "nameMax", "5" }, FAULTS(FAULT_INVALID), 150, 150 },
	{ { "sizes", "other=1:1GiB:1GiB" }, FAULTS(FAULT_INVALID), 200, 200 },
	{ { "sizes", "other=1:1GiB:1GiB", "abilities", "+any-size" },
	  FAULTS(FAULT_INVALID),
	  200,
	  200 },
	{ { "images", "debian" }, FAULTS(FAULT_INVALID), 200, 200 },
#undef FAULTS
};

static void test_settings_move_their_count(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
		struct course course = course_run(counts[i].settings, 1);
		unsigned count =
			*(const unsigned *)(const void *)((const char *)&course + counts[i].offset);

		g_test_message("%s: %u", counts[i].settings[0], count);
		g_assert_cmpuint(count, >=, counts[i].min);
		g_assert_cmpuint(count, <=, counts[i].max);
		g_free(course.trace);
	}
}

static void test_losses_differ_in_the_effect(void)
{
	static const char *const answers[] = { "lostAnswers", "1", NULL };
	static const char *const requests[] = { "lostRequests", "1", NULL };
	struct course lost = course_run(answers, 1), never = course_run(requests, 1);

	g_assert_cmpuint(lost.uncertain, ==, 200);
	g_assert_cmpuint(lost.count, ==, 200);
	g_assert_cmpuint(never.uncertain, ==, 200);
	g_assert_cmpuint(never.count, ==, 0);
	/* Half of them are noticed at the deadline only. */
	g_assert_cmpint(lost.latency_ms, >, 50 * 30000);
	g_assert_cmpint(lost.latency_ms, <, 150 * 30000);
	g_free(lost.trace);
	g_free(never.trace);
}

static void test_late_requests_happen_later(void)
{
	static const char *const late[] = { "lateRequests", "1", "lateBy", "5s", NULL };
	autoptr(sim_world) world = world_make(late, 1, NULL);
	int64_t latency_ms;
	size_t before = 0;

	for (int i = 0; i < 100; i++) {
		g_autofree char *id = g_strdup_printf("%d", i);
		autoptr(answer) answer = world_do(world, ask_make(VERB_CREATE, id), 0, &latency_ms);

		g_assert_true(answer->is_uncertain);
	}
	g_assert_cmpuint(sim_world_count(world), ==, 0);
	for (int64_t now_ms = 1000; now_ms <= 5000; now_ms += 1000) {
		sim_world_advance(world, now_ms);
		g_assert_cmpuint(sim_world_count(world), >, before);
		before = sim_world_count(world);
	}
	g_assert_cmpuint(before, ==, 100);
	g_assert_cmpstr(sim_world_find(world, "a/b/7")->marks.owner, ==, "me");
}

static void test_deaths_come_at_their_rate(void)
{
	static const char *const kills[] = { "deaths", "stop=0.25", NULL };
	static const char *const ends[] = { "deaths", "vanish=0.25", NULL };
	struct course stopped = course_run(kills, 1), vanished = course_run(ends, 1);

	g_assert_cmpuint(stopped.counters.died, >, 10);
	g_assert_cmpuint(stopped.counters.died, <, 60);
	g_assert_cmpuint(stopped.count, ==, 200);
	g_assert_cmpuint(vanished.count, ==, 200 - vanished.counters.died);
	g_free(stopped.trace);
	g_free(vanished.trace);
}

static void test_a_lie_leaves_something_out(void)
{
	static const char *const lies[] = { "lyingLists", "1", NULL };
	struct course course = course_run(lies, 1);

	g_assert_cmpuint(course.listed, <, 200);
	g_assert_cmpuint(course.incomplete, ==, 0);
	g_free(course.trace);
}

static const char *const wild[] = {
	"errors",       "transient=0.1,throttled=0.1",
	"lostAnswers",  "0.1",
	"deaths",       "stop=1,fail=1,vanish=1",
	"bootFailures", "0.1",
	"jitter",       "50ms",
	"listLag",      "1s",
	NULL,
};

static void test_a_seed_replays(void)
{
	struct course first = course_run(wild, 5), again = course_run(wild, 5);
	struct course other = course_run(wild, 6);

	g_assert_cmpstr(first.trace, ==, again.trace);
	g_assert_cmpmem(&first.counters, sizeof(first.counters), &again.counters,
	                sizeof(again.counters));
	g_assert_cmpstr(first.trace, !=, other.trace);
	g_free(first.trace);
	g_free(again.trace);
	g_free(other.trace);
}

static size_t listed_at(struct sim_world *world, int64_t now_ms, enum instance_state *ret_state)
{
	int64_t latency_ms;
	autoptr(answer) answer = world_do(world, ask_make(VERB_LIST, NULL), now_ms, &latency_ms);

	*ret_state = INSTANCE_UNKNOWN;
	if (answer->instances->len)
		*ret_state = ((struct instance *)answer->instances->pdata[0])->state;
	return answer->instances->len;
}

/* Made at 1 s, running at 3 s, destroyed at 10 s, gone at 11 s; lists are 5 s behind. */
static void test_lists_lag(void)
{
	static const char *const lag[] = { "listLag", "5s", NULL };
	static const struct {
		int64_t now_ms;
		size_t len;
		enum instance_state state;
	} rows[] = {
		{ 5999, 0, INSTANCE_UNKNOWN },   { 6000, 1, INSTANCE_PENDING },
		{ 7999, 1, INSTANCE_PENDING },   { 8000, 1, INSTANCE_RUNNING },
		{ 12000, 1, INSTANCE_RUNNING },  { 14999, 1, INSTANCE_RUNNING },
		{ 15000, 1, INSTANCE_DELETING }, { 15999, 1, INSTANCE_DELETING },
		{ 16000, 0, INSTANCE_UNKNOWN },
	};
	autoptr(sim_world) world = world_make(lag, 1, NULL);
	int64_t latency_ms;
	bool is_destroyed = false;
	enum instance_state state;

	answer_free(world_do(world, ask_make(VERB_CREATE, "1"), 1000, &latency_ms));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (!is_destroyed && rows[i].now_ms > 10000) {
			const struct instance *vm = sim_world_find(world, "a/b/1");

			answer_free(world_do(world, ask_make(VERB_DESTROY, vm->id), 10000,
			                     &latency_ms));
			is_destroyed = true;
		}
		g_assert_cmpuint(listed_at(world, rows[i].now_ms, &state), ==, rows[i].len);
		g_assert_cmpint(state, ==, rows[i].state);
	}
	g_assert_cmpint(sim_world_traits(world).consistency_ms, >=, 5000);
}

static void test_a_script_runs(void)
{
	static const char *const script[] = {
		"script",
		"at 5s kill a/b/1\n# a remark\nat 10s start a/b/1; at 20s vanish a/b/1\n"
		"at 30s outage 10s\nat 50s quota 1\nevery 60s foreign theirs",
		NULL,
	};
	autoptr(sim_world) world = world_make(script, 1, NULL);
	int64_t latency_ms;
	const struct instance *vm;

	answer_free(world_do(world, ask_make(VERB_CREATE, "1"), 0, &latency_ms));
	vm = sim_world_find(world, "a/b/1");
	sim_world_advance(world, 4999);
	g_assert_cmpint(vm->state, ==, INSTANCE_RUNNING);
	sim_world_advance(world, 5000);
	g_assert_cmpint(vm->state, ==, INSTANCE_STOPPED);
	g_assert_cmpint(sim_world_next_at_ms(world), ==, 10000);
	sim_world_advance(world, 12000);
	g_assert_cmpint(vm->state, ==, INSTANCE_RUNNING);
	sim_world_advance(world, 20000);
	g_assert_cmpuint(sim_world_count(world), ==, 0);
	for (int i = 0; i < 2; i++) {
		autoptr(answer) answer =
			world_do(world, ask_make(VERB_LIST, NULL), i ? 40000 : 39999, &latency_ms);

		g_assert_cmpint(answer->fault, ==, i ? FAULT_NONE : FAULT_TRANSIENT);
	}
	sim_world_advance(world, 180000);
	g_assert_cmpuint(sim_world_count(world), ==, 3);
}

static void test_calm_ends_all_faults(void)
{
	autoptr(sim_world) world = world_make(wild, 3, NULL);
	int64_t latency_ms;

	sim_world_advance(world, 0);
	sim_world_calm(world);
	for (int i = 0; i < 200; i++) {
		g_autofree char *id = g_strdup_printf("%d", i);
		autoptr(answer) answer =
			world_do(world, ask_make(VERB_CREATE, id), i * 60000, &latency_ms);

		g_assert_cmpint(answer->fault, ==, FAULT_NONE);
	}
	g_assert_cmpuint(sim_world_counters(world)->died, ==, 0);
	g_assert_cmpuint(sim_world_count(world), ==, 200);
}

static void test_a_world_is_kept(void)
{
	static const char *const lag[] = { "abilities", "+unique-name", NULL };
	autoptr(sim_world) world = world_make(NULL, 1, NULL);
	autoptr(sim_world) other = world_make(lag, 2, NULL);
	g_autofree char *text = NULL;
	int64_t latency_ms;

	answer_free(world_do(world, ask_make(VERB_CREATE, "1"), 1000, &latency_ms));
	answer_free(world_do(world, ask_make(VERB_CREATE, "2"), 5000, &latency_ms));
	text = sim_world_save(world);
	g_assert_true(sim_world_load(other, text, NULL));
	g_assert_cmpuint(sim_world_count(other), ==, 2);
	for (size_t i = 0; i < 2; i++) {
		size_t a = i, b = i;

		g_assert_true(instance_equal(sim_world_next(world, &a), sim_world_next(other, &b)));
	}
	/* The boot goes on, and a token is remembered. */
	sim_world_advance(other, 10000);
	g_assert_cmpint(sim_world_find(other, "a/b/2")->state, ==, INSTANCE_PENDING);
	sim_world_advance(other, 12000);
	g_assert_cmpint(sim_world_find(other, "a/b/2")->state, ==, INSTANCE_RUNNING);
	answer_free(world_do(other, ask_make(VERB_CREATE, "1"), 13000, &latency_ms));
	g_assert_cmpuint(sim_world_count(other), ==, 2);
	answer_free(world_do(other, ask_make(VERB_DESTROY, sim_world_find(other, "a/b/1")->id),
	                     14000, &latency_ms));
	g_assert_cmpuint(sim_world_counters(other)->foreign_touched, ==, 0);
}

static void test_bad_worlds_are_refused(void)
{
	static const char *const texts[] = { "",
		                             "[]",
		                             "{}",
		                             "{\"vms\":7}",
		                             "{\"vms\":[{}]}",
		                             "{\"vms\":[{\"instance\":{\"id\":7}}]}" };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		autoptr(sim_world) world = world_make(NULL, 1, NULL);
		g_autoptr(GError) error = NULL;

		g_assert_false(sim_world_load(world, texts[i], &error));
		g_assert_error(error, FAULT_DOMAIN, FAULT_INVALID);
		g_assert_cmpuint(sim_world_count(world), ==, 0);
	}
}

static void test_bad_settings_are_named(void)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "bootTime", "7" },
		{ "bootTime", "99999999d" },
		{ "errors", "sad=0.1" },
		{ "errors", "transient" },
		{ "errors", "transient=x" },
		{ "errors", "none=0.1" },
		{ "deaths", "explode=1" },
		{ "lostAnswers", "5 %" },
		{ "lostAnswers", "-1" },
		{ "lostAnswers", "" },
		{ "pageSize", "0" },
		{ "batchSize", "many" },
		{ "listLagVaries", "yes" },
		{ "abilities", "fly" },
		{ "sizes", "small=1:2GiB" },
		{ "sizes", "small=x:2GiB:2GiB" },
		{ "script", "kill x" },
		{ "script", "at 5s" },
		{ "script", "at 5s explode" },
		{ "script", "at 5s kill" },
		{ "script", "at 5 kill x" },
		{ "script", "every 0s kill x" },
		{ "script", "at 5s outage long" },
		{ "script", "at 5s set bootTime 7" },
		{ "script", "at 5s quota x" },
		{ "colour", "red" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *const settings[] = { rows[i].name, rows[i].value, NULL };
		g_autoptr(GError) error = NULL;
		autoptr(sim_world) world = world_make(settings, 1, &error);

		g_test_message("%s: %s", rows[i].name, rows[i].value);
		g_assert_null(world);
		g_assert_error(error, FAULT_DOMAIN, FAULT_INVALID);
		g_assert_nonnull(strstr(error->message, rows[i].name));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sim/settings/calm", test_a_calm_world_has_no_faults);
	g_test_add_func("/sim/settings/counts", test_settings_move_their_count);
	g_test_add_func("/sim/settings/losses", test_losses_differ_in_the_effect);
	g_test_add_func("/sim/settings/late", test_late_requests_happen_later);
	g_test_add_func("/sim/settings/deaths", test_deaths_come_at_their_rate);
	g_test_add_func("/sim/settings/lies", test_a_lie_leaves_something_out);
	g_test_add_func("/sim/settings/seed", test_a_seed_replays);
	g_test_add_func("/sim/settings/lag", test_lists_lag);
	g_test_add_func("/sim/settings/script", test_a_script_runs);
	g_test_add_func("/sim/settings/end-of-faults", test_calm_ends_all_faults);
	g_test_add_func("/sim/settings/kept", test_a_world_is_kept);
	g_test_add_func("/sim/settings/bad-worlds", test_bad_worlds_are_refused);
	g_test_add_func("/sim/settings/bad-settings", test_bad_settings_are_named);
	return g_test_run();
}
