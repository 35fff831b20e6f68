/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layout of plans: columns, colour, folding, cutting, counting; and the names in JSON. */
#include "reconcile/plan/explain.h"

#include <jansson.h>
#include <string.h>

static void action_add(struct plan *plan, enum action_kind kind, const char *key, const char *what,
                       const char *why, uint32_t line)
{
	struct action *action = action_new(kind, VERB_CREATE, key);

	action->cloud = g_strdup("lab");
	action->what = g_strdup(what);
	action->why = g_strdup(why);
	action->place = (struct place){ line == 0 ? NULL : "deploy/shop.yaml", line, 1 };
	g_ptr_array_add(plan->actions, action);
}

static void hold_add(struct plan *plan, enum hold_reason reason, const char *key, const char *text,
                     const char *why)
{
	struct hold *hold = hold_new(reason, ACTION_CREATE, key);

	hold->cloud = g_strdup("lab");
	hold->text = g_strdup(text);
	hold->why = g_strdup(why);
	g_ptr_array_add(plan->holds, hold);
}

static GPtrArray *plans_new(struct plan *own_plan)
{
	GPtrArray *plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);

	own_plan->clouds = 2;
	g_ptr_array_add(plans, own_plan);
	return plans;
}

/* The sample of the manual, to the blank. */
static GPtrArray *sample_new(void)
{
	struct plan *plan = plan_new("shop");

	plan->commit = g_strdup("4f2c1aa9e0b1d7");
	action_add(plan, ACTION_RESIZE, "shop/db/1", "2 → 4 cpus, restart", "size changed", 12);
	action_add(plan, ACTION_CREATE, "shop/web/4", "small on lab", "count 3 → 4", 21);
	action_add(plan, ACTION_DESTROY, "shop/web/old", NULL, "not desired", 0);
	hold_add(plan, HOLD_AFTER, "shop/api/1", "waits for shop/db", "after: [db]");
	return plans_new(plan);
}

static void text_check(GPtrArray *plans, const struct explain_options *options, const char *wanted)
{
	g_autofree char *text = explain_text(plans, options);

	g_assert_cmpstr(text, ==, wanted);
}

static void test_sample(void)
{
	static const struct explain_options options = { .with_holds = true };
	g_autoptr(GPtrArray) plans = sample_new();

	text_check(plans, &options,
	           "shop  (commit 4f2c1aa, 2 clouds)\n"
	           "  ! shop/api/1      held     waits for shop/db       after: [db]\n"
	           "  ~ shop/db/1       resize   2 → 4 cpus, restart     size changed, "
	           "deploy/shop.yaml:12\n"
	           "  + shop/web/4      create   small on lab            count 3 → 4, "
	           "deploy/shop.yaml:21\n"
	           "  - shop/web/old    destroy                          not desired\n"
	           "Plan: 1 to create, 1 to change, 1 to destroy, 1 held.\n");
}

static void test_holds_are_counted_when_not_shown(void)
{
	static const struct explain_options options = { 0 };
	g_autoptr(GPtrArray) plans = sample_new();
	g_autofree char *text = explain_text(plans, &options);

	g_assert_null(strstr(text, "held  "));
	g_assert_nonnull(strstr(text, "1 held."));
}

static void test_colour(void)
{
	static const struct explain_options options = { .with_holds = true, .in_colour = true };
	g_autoptr(GPtrArray) plans = sample_new();
	g_autofree char *text = explain_text(plans, &options);

	g_assert_nonnull(strstr(text, "  \033[32m+\033[0m shop/web/4      create"));
	g_assert_nonnull(strstr(text, "  \033[33m~\033[0m shop/db/1"));
	g_assert_nonnull(strstr(text, "  \033[31m-\033[0m shop/web/old"));
	g_assert_nonnull(strstr(text, "  \033[35m!\033[0m shop/api/1"));
}

static void test_nothing(void)
{
	static const struct explain_options options = { .with_holds = true };
	g_autoptr(GPtrArray) plans = plans_new(plan_new("shop"));

	text_check(plans, &options, "Nothing to do.\n");
	g_assert_false(explain_has_changes(plans));
}

static void test_under_way_is_no_change(void)
{
	static const struct explain_options options = { .with_holds = true };
	struct plan *plan = plan_new("shop");

	hold_add(plan, HOLD_OPERATION, "shop/web/1", "create, begun 3s ago", "new");
	g_autoptr(GPtrArray) plans = plans_new(plan);

	g_assert_false(explain_has_changes(plans));
	text_check(plans, &options,
	           "shop  (2 clouds)\n"
	           "  > shop/web/1      under way  create, begun 3s ago    new\n"
	           "Plan: 0 to create, 0 to change, 0 to destroy, 1 under way.\n");
}

static const struct {
	enum hold_reason reason;
	bool has_changes;
} changes[] = {
	{ HOLD_OPERATION, false }, { HOLD_UNCERTAIN, false }, { HOLD_PENDING, false },
	{ HOLD_AFTER, true },      { HOLD_BACKOFF, true },    { HOLD_REPLACE, true },
	{ HOLD_PROTECTED, true },
};

static void test_holds_are_changes(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
		struct plan *plan = plan_new("shop");

		hold_add(plan, changes[i].reason, "shop/web/1", "text", NULL);
		g_autoptr(GPtrArray) plans = plans_new(plan);
		g_assert_true(explain_has_changes(plans) == changes[i].has_changes);
	}
}

static GPtrArray *many_new(unsigned count)
{
	struct plan *plan = plan_new("shop");

	for (unsigned i = 1; i <= count; i++) {
		g_autofree char *key = g_strdup_printf("shop/web/%u", i);
		action_add(plan, ACTION_CREATE, key, "small on lab", "new", 3);
	}
	action_add(plan, ACTION_CREATE, "shop/zoo/1", "small on lab", "new", 3);
	return plans_new(plan);
}

static void test_folding(void)
{
	static const struct explain_options options = { .width = 100 };
	g_autoptr(GPtrArray) plans = many_new(21);

	text_check(plans, &options,
	           "shop  (2 clouds)\n"
	           "  + shop/web/1…21   create (21)  small on lab            new, "
	           "deploy/shop.yaml:3\n"
	           "  + shop/zoo/1      create       small on lab            new, "
	           "deploy/shop.yaml:3\n"
	           "Plan: 22 to create, 0 to change, 0 to destroy.\n");
}

static size_t lines_count(const char *text)
{
	size_t lines = 0;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

static void test_few_are_not_folded(void)
{
	static const struct explain_options narrow = { .width = 100 };
	static const struct explain_options whole = { 0 };
	g_autoptr(GPtrArray) few = many_new(20);
	g_autoptr(GPtrArray) many = many_new(50);
	g_autofree char *few_text = explain_text(few, &narrow);
	g_autofree char *many_text = explain_text(many, &whole);

	g_assert_cmpuint(lines_count(few_text), ==, 23);
	g_assert_cmpuint(lines_count(many_text), ==, 53);
}

static void test_cutting(void)
{
	static const struct explain_options options = { .width = 40, .with_holds = true };
	g_autoptr(GPtrArray) plans = sample_new();
	g_autofree char *text = explain_text(plans, &options);

	g_assert_nonnull(strstr(text, "  ~ shop/db/1       resize   2 → 4 cpus…\n"));
}

static void test_what_clouds_say_is_only_text(void)
{
	static const struct explain_options options = { .with_holds = true };
	struct plan *plan = plan_new("shop");

	hold_add(plan, HOLD_CLOUD_DOWN, "shop/web/1", "down:\n\033[2J\302\233m\177", "back\r");
	g_autoptr(GPtrArray) plans = plans_new(plan);

	text_check(plans, &options,
	           "shop  (2 clouds)\n"
	           "  ! shop/web/1      held     down:  [2J\302\240m            back\n"
	           "Plan: 0 to create, 0 to change, 0 to destroy, 1 held.\n");
}

static void test_json(void)
{
	g_autoptr(GPtrArray) plans = sample_new();
	g_autofree char *text = explain_json(plans);
	json_t *root = json_loads(text, 0, NULL);
	json_t *plan = json_array_get(json_object_get(root, "plans"), 0);
	json_t *action = json_array_get(json_object_get(plan, "actions"), 1);
	json_t *hold = json_array_get(json_object_get(plan, "holds"), 0);
	const char *kind = NULL, *key = NULL, *file = NULL, *reason = NULL;
	int line = 0, create = 0, has_changes = 0;

	g_assert_nonnull(root);
	g_assert_cmpint(json_unpack(action, "{s:s, s:s, s:{s:s, s:i}}", "kind", &kind, "key", &key,
	                            "place", "file", &file, "line", &line),
	                ==, 0);
	g_assert_cmpstr(kind, ==, "create");
	g_assert_cmpstr(key, ==, "shop/web/4");
	g_assert_cmpstr(file, ==, "deploy/shop.yaml");
	g_assert_cmpint(line, ==, 21);
	g_assert_cmpint(json_unpack(hold, "{s:s}", "reason", &reason), ==, 0);
	g_assert_cmpstr(reason, ==, "after");
	g_assert_cmpint(json_unpack(root, "{s:{s:i}, s:b}", "summary", "create", &create,
	                            "has_changes", &has_changes),
	                ==, 0);
	g_assert_cmpint(create, ==, 1);
	g_assert_true(has_changes);
	json_decref(root);
}

static void test_json_takes_any_bytes(void)
{
	struct plan *plan = plan_new("shop");

	hold_add(plan, HOLD_INVALID, "shop/web/1", "refused: \xff\xfe", NULL);
	g_autoptr(GPtrArray) plans = plans_new(plan);
	g_autofree char *text = explain_json(plans);
	json_t *root = json_loads(text, 0, NULL);

	g_assert_nonnull(root);
	json_decref(root);
}

/* Every reason and kind has its word and its line in the manual; no two share one. */
static void test_words(void)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

	for (int i = 0; i < HOLD_REASONS; i++) {
		const char *name = hold_reason_name((enum hold_reason)i);

		g_assert_nonnull(name);
		g_assert_nonnull(hold_reason_help((enum hold_reason)i));
		g_assert_true(g_hash_table_add(names, (char *)name));
	}
	for (int i = 0; i < ACTION_KINDS; i++) {
		g_assert_true(
			g_hash_table_add(names, (char *)action_kind_name((enum action_kind)i)));
		g_assert_cmpuint(strlen(action_kind_sign((enum action_kind)i)), ==, 1);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/explain/sample", test_sample);
	g_test_add_func("/explain/holds-are-counted-when-not-shown",
	                test_holds_are_counted_when_not_shown);
	g_test_add_func("/explain/colour", test_colour);
	g_test_add_func("/explain/nothing", test_nothing);
	g_test_add_func("/explain/under-way-is-no-change", test_under_way_is_no_change);
	g_test_add_func("/explain/holds-are-changes", test_holds_are_changes);
	g_test_add_func("/explain/folding", test_folding);
	g_test_add_func("/explain/few-are-not-folded", test_few_are_not_folded);
	g_test_add_func("/explain/cutting", test_cutting);
	g_test_add_func("/explain/only-text", test_what_clouds_say_is_only_text);
	g_test_add_func("/explain/json", test_json);
	g_test_add_func("/explain/json-takes-any-bytes", test_json_takes_any_bytes);
	g_test_add_func("/explain/words", test_words);
	return g_test_run();
}
