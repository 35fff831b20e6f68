/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What actions carry beyond what people read: uids, user data, sizes, marks; and a large
 * deployment. */
#include "reconcile/plan/plan_build.h"

#include "tests/reconcile/plan/stage.h"

#include <string.h>

static const char cloud_text[] = "apiVersion: muster/v1\n"
				 "kind: Cloud\n"
				 "metadata: { name: lab }\n"
				 "spec:\n"
				 "  connector: sim\n"
				 "  sizes: { small: m1.small }\n";

static struct stage *stage_make(const char *components)
{
	struct stage *stage = stage_new();
	g_autofree char *text = g_strdup_printf("apiVersion: muster/v1\n"
	                                        "kind: Deployment\n"
	                                        "metadata: { name: shop, labels: { team: a } }\n"
	                                        "spec:\n"
	                                        "  cloud: lab\n"
	                                        "  components:\n%s",
	                                        components);

	stage_put(stage, "cloud.yaml", cloud_text);
	stage_put(stage, "shop.yaml", text);
	stage_settle(stage);
	return stage;
}

static const struct action *only_action(const struct plan *plan)
{
	g_assert_cmpuint(plan->actions->len, ==, 1);
	return g_ptr_array_index(plan->actions, 0);
}

static void test_only_addresses_go_into_user_data(void)
{
	static const struct {
		const char *address;
		bool is_taken;
	} rows[] = {
		{ "192.0.2.7", true },
		{ "2001:db8::7", true },
		{ "db-1.lab.example", true },
		{ "fe80::1%eth0", true },
		{ "192.0.2.7\nruncmd: [reboot]", false },
		{ "192.0.2.7; reboot", false },
		{ "$(reboot)", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		autoptr(stage) stage =
			stage_make("    db: { image: d, size: small }\n"
		                   "    web: { image: d, size: small, after: [db], userData: "
		                   "\"db=${components.db.1.address}\" }\n");
		struct sighting *db = stage_instance(stage, "shop/db/1", "lab", "i-1");

		g_strfreev(db->instance->addresses);
		db->instance->addresses = g_strsplit(rows[i].address, ",", -1);
		stage_slot(stage, "shop/db/1")->is_ready = true;
		autoptr(plan) plan = stage_plan(stage, "shop");
		g_assert_cmpuint(plan->actions->len, ==, rows[i].is_taken);
		if (rows[i].is_taken) {
			g_autofree char *wanted = g_strconcat("db=", rows[i].address, NULL);
			g_assert_cmpstr(only_action(plan)->user_data, ==, wanted);
		}
	}
}

static void test_creation(void)
{
	autoptr(stage) stage =
		stage_make("    web: { image: d, size: small, protect: true, userData: \"I am "
	                   "${self.key}, ${self.name}, ${self.ordinal} of ${deployment.name} for "
	                   "${labels.team}\" }\n");
	g_autofree char *fingerprint = stage_fingerprint(stage, "shop/web/1");
	autoptr(plan) plan = stage_plan(stage, "shop");
	const struct action *action = only_action(plan);

	g_assert_cmpint(action->kind, ==, ACTION_CREATE);
	g_assert_cmpint(action->verb, ==, VERB_CREATE);
	g_assert_cmpstr(action->cloud, ==, "lab");
	g_assert_cmpstr(action->size.name, ==, "m1.small");
	g_assert_cmpstr(action->fingerprint, ==, fingerprint);
	g_assert_cmpstr(action->user_data, ==, "I am shop/web/1, shop-web-1, 1 of shop for a");
	g_assert_true(action->is_protected);
	g_assert_null(action->uid);
	g_assert_null(action->instance_id);
	g_assert_nonnull(action->component);
}

static void test_a_long_name_keeps_both_ends(void)
{
	g_autofree char *name = g_strnfill(60, 'x');
	g_autofree char *components = g_strdup_printf(
		"    %s: { image: d, size: small, userData: \"${self.name}\" }\n", name);
	autoptr(stage) stage = stage_make(components);
	autoptr(plan) plan = stage_plan(stage, "shop");
	const struct action *action = only_action(plan);

	g_assert_cmpuint(strlen(action->user_data), ==, 63);
	g_assert_true(g_str_has_prefix(action->user_data, "shop-xxx"));
	g_assert_true(g_str_has_suffix(action->user_data, "xxx-1"));
}

static const struct {
	const char *name;
	unsigned abilities;
	const char *cloud;
	bool is_same_wish;
	bool is_reused;
} uids[] = {
	{ "no-replay", 0, "lab", true, false },
	{ "token", ABILITY_TOKEN, "lab", true, true },
	{ "unique-name", ABILITY_UNIQUE_NAME, "lab", true, true },
	{ "another-wish", ABILITY_TOKEN, "lab", false, false },
	{ "another-cloud", ABILITY_TOKEN, "edge", true, false },
};

static void test_uid(const void *data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	autoptr(stage) stage = stage_make("    web: { image: d, size: small }\n");
	struct record *record = stage_record(stage, "shop/web/1");

	stage_traits(stage, "lab")->abilities |= uids[i].abilities;
	g_free(record->cloud);
	record->cloud = g_strdup(uids[i].cloud);
	record->uid = g_strdup("uid-before");
	record->fingerprint = uids[i].is_same_wish ? stage_fingerprint(stage, "shop/web/1")
	                                           : g_strdup("i00000001");
	autoptr(plan) plan = stage_plan(stage, "shop");

	g_assert_cmpstr(only_action(plan)->uid, ==, uids[i].is_reused ? "uid-before" : NULL);
}

/* A damaged mark is mended to what the instance was made of, not to what is wanted now. */
static void test_mark(void)
{
	autoptr(stage) stage = stage_make("    web: { image: d, size: small }\n");
	struct sighting *sighting = stage_instance(stage, "shop/web/1", "lab", "i-1");
	struct record *record = stage_record(stage, "shop/web/1");

	g_clear_pointer(&sighting->instance->marks.uid, g_free);
	g_free(record->fingerprint);
	record->fingerprint = g_strdup(sighting->instance->marks.spec);
	record->is_protected = true;
	autoptr(plan) plan = stage_plan(stage, "shop");
	const struct action *action = only_action(plan);

	g_assert_cmpint(action->verb, ==, VERB_MARK);
	g_assert_cmpstr(action->instance_id, ==, "i-1");
	g_assert_cmpstr(action->uid, ==, "uid-i-1");
	g_assert_cmpstr(action->fingerprint, ==, record->fingerprint);
	g_assert_true(action->is_protected);
	g_assert_cmpstr(action->what, ==, "uid, protect");
}

/* Each step of a resize by restart, as the instance's state goes on. */
static void test_resize_steps(void)
{
	static const struct {
		enum instance_state state;
		unsigned cpus;
		enum action_kind kind;
		enum verb verb;
		const char *why;
	} steps[] = {
		{ INSTANCE_RUNNING, 2, ACTION_RESIZE, VERB_STOP, "size changed" },
		{ INSTANCE_STOPPED, 2, ACTION_RESIZE, VERB_RESIZE, "size changed" },
		{ INSTANCE_STOPPED, 4, ACTION_START, VERB_START, "stopped to be resized" },
		{ INSTANCE_STOPPED, 4, ACTION_START, VERB_START, "stopped by somebody" },
	};
	autoptr(stage) stage = stage_make("    web: { image: d, size: { cpus: 4 } }\n");
	struct instance *instance = stage_instance(stage, "shop/web/1", "lab", "i-1")->instance;

	stage_traits(stage, "lab")->abilities |= ABILITY_ANY_SIZE;
	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
		instance->state = steps[i].state;
		instance->size.cpus = steps[i].cpus;
		autoptr(plan) plan = stage_plan(stage, "shop");

		g_assert_cmpint(only_action(plan)->kind, ==, steps[i].kind);
		g_assert_cmpint(only_action(plan)->verb, ==, steps[i].verb);
		g_assert_cmpstr(only_action(plan)->why, ==, steps[i].why);
		stage_slot(stage, "shop/web/1")->done = steps[i].verb;
	}
	instance->state = INSTANCE_RUNNING;
	autoptr(plan) done = stage_plan(stage, "shop");
	g_assert_cmpuint(done->actions->len + done->holds->len, ==, 0);
}

/* The record's instance stays, whatever its age; without a record the oldest; then the smallest
 * id. */
static void test_which_of_two_stays(void)
{
	static const struct {
		const char *recorded;
		int64_t age_of_b_ms;
		const char *destroyed;
	} rows[] = {
		{ "uid-i-b", 0, "i-a" },
		{ "uid-i-a", 1000, "i-b" },
		{ NULL, 1000, "i-a" },
		{ NULL, 0, "i-b" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		autoptr(stage) stage = stage_make("    web: { image: d, size: small }\n");
		struct sighting *b = stage_instance(stage, "shop/web/1", "lab", "i-b");
		struct record *record = stage_record(stage, "shop/web/1");

		stage_instance(stage, "shop/web/1", "lab", "i-a");
		b->instance->created_at_ms -= rows[i].age_of_b_ms;
		g_free(record->uid);
		record->uid = g_strdup(rows[i].recorded);
		g_clear_pointer(&record->instance_id, g_free);
		autoptr(plan) plan = stage_plan(stage, "shop");

		g_assert_cmpint(only_action(plan)->kind, ==, ACTION_DESTROY);
		g_assert_cmpstr(only_action(plan)->instance_id, ==, rows[i].destroyed);
	}
}

enum {
	MANY = 10000
};

static void test_many(void)
{
	g_autofree char *components = g_strdup_printf(
		"    web: { image: d, size: small, count: %d, userData: \"${self.key}\" }\n", MANY);
	autoptr(stage) stage = stage_make(components);
	autoptr(plan) plan = stage_plan(stage, "shop");

	g_assert_cmpuint(plan->actions->len, ==, MANY);
	for (guint i = 0; i < plan->actions->len; i++) {
		const struct action *action = g_ptr_array_index(plan->actions, i);
		g_autofree char *key = g_strdup_printf("shop/web/%u", i + 1);

		g_assert_cmpstr(action->key, ==, key);
		g_assert_cmpstr(action->user_data, ==, key);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/plan/creation", test_creation);
	g_test_add_func("/plan-build/addresses", test_only_addresses_go_into_user_data);
	g_test_add_func("/plan/a-long-name-keeps-both-ends", test_a_long_name_keeps_both_ends);
	for (size_t i = 0; i < G_N_ELEMENTS(uids); i++) {
		g_autofree char *path = g_strdup_printf("/plan/uid/%s", uids[i].name);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_uid);
	}
	g_test_add_func("/plan/mark", test_mark);
	g_test_add_func("/plan/resize-steps", test_resize_steps);
	g_test_add_func("/plan/which-of-two-stays", test_which_of_two_stays);
	g_test_add_func("/plan/many", test_many);
	return g_test_run();
}
