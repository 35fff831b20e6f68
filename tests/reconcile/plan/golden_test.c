/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Manifests, inventory and records in, a plan as people read it out: tests/plans/, one folder a
 * case. With MUSTER_GOLDEN=write the plans are rewritten instead (make golden). */
#include "tests/reconcile/plan/case.h"

#include <string.h>

/* What the cases must show between them. */
static struct {
	bool kinds[ACTION_KINDS];
	bool reasons[HOLD_REASONS];
	size_t cases;
} seen;

/* Nothing in a manifest asks for a stopped VM yet: stopping is only the first verb of a resize. And
 * an agent that only looks plans as any other: that it does not act is the engine's to say. */
static bool is_never_planned_kind(enum action_kind kind)
{
	return kind == ACTION_STOP;
}

static bool is_never_planned_reason(enum hold_reason reason)
{
	return reason == HOLD_OBSERVE;
}

static void plan_note(const struct plan *plan)
{
	for (guint i = 0; i < plan->actions->len; i++)
		seen.kinds[((struct action *)g_ptr_array_index(plan->actions, i))->kind] = true;
	for (guint i = 0; i < plan->holds->len; i++)
		seen.reasons[((struct hold *)g_ptr_array_index(plan->holds, i))->reason] = true;
}

/* What holds for any plan. */
static void plan_check(const struct plan *plan)
{
	const char *before = NULL;

	for (guint i = 0; i < plan->actions->len; i++) {
		const struct action *action = g_ptr_array_index(plan->actions, i);

		g_assert_true(before == NULL || strcmp(before, action->key) != 0);
		g_assert_nonnull(action->why);
		g_assert_nonnull(action->cloud);
		before = action->key;
	}
	for (guint i = 0; i < plan->holds->len; i++) {
		const struct hold *hold = g_ptr_array_index(plan->holds, i);

		g_assert_nonnull(hold->text);
	}
}

static void golden_compare(const char *path, const char *text)
{
	g_autofree char *wanted = NULL;

	if (g_strcmp0(g_getenv("MUSTER_GOLDEN"), "write") == 0) {
		g_assert_true(g_file_set_contents(path, text, -1, NULL));
		return;
	}
	if (!g_file_get_contents(path, &wanted, NULL, NULL)) {
		g_test_message("%s is missing; make golden writes it:\n%s", path, text);
		g_test_fail();
	} else if (strcmp(wanted, text) != 0) {
		g_test_message("%s says\n%sbut the plan is\n%s", path, wanted, text);
		g_test_fail();
	}
}

static void test_case(const void *data)
{
	const char *folder = data;
	struct explain_options options;
	autoptr(stage) stage = case_load(folder, &options);
	g_autoptr(GPtrArray) plans = stage_plans(stage);
	g_autoptr(GPtrArray) again = stage_plans(stage);
	g_autofree char *text = explain_text(plans, &options);
	g_autofree char *json = explain_json(plans);
	g_autofree char *json_again = explain_json(again);
	g_autofree char *path = g_build_filename(folder, "plan.txt", NULL);

	seen.cases++;
	g_assert_cmpstr(json, ==, json_again);
	for (guint i = 0; i < plans->len; i++) {
		plan_note(g_ptr_array_index(plans, i));
		plan_check(g_ptr_array_index(plans, i));
	}
	golden_compare(path, text);
}

static void test_all_is_covered(void)
{
	g_assert_cmpuint(seen.cases, >=, 40);
	for (int i = 0; i < ACTION_KINDS; i++) {
		enum action_kind kind = (enum action_kind)i;

		if (seen.kinds[i] == is_never_planned_kind(kind)) {
			g_test_message("action %s", action_kind_name(kind));
			g_test_fail();
		}
	}
	for (int i = 0; i < HOLD_REASONS; i++) {
		enum hold_reason reason = (enum hold_reason)i;

		if (seen.reasons[i] == is_never_planned_reason(reason)) {
			g_test_message("hold %s", hold_reason_name(reason));
			g_test_fail();
		}
	}
}

static int name_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *cases_find(const char *root)
{
	GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(root, 0, NULL);
	const char *name = NULL;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *folder = g_build_filename(root, name, NULL);

		if (g_file_test(folder, G_FILE_TEST_IS_DIR))
			g_ptr_array_add(folders, g_steal_pointer(&folder));
	}
	g_ptr_array_sort(folders, name_compare);
	return folders;
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_autofree char *root = g_test_build_filename(G_TEST_DIST, "tests", "plans", NULL);
	g_autoptr(GPtrArray) folders = cases_find(root);

	for (guint i = 0; i < folders->len; i++) {
		const char *folder = g_ptr_array_index(folders, i);
		g_autofree char *base = g_path_get_basename(folder);
		g_autofree char *path = g_strdup_printf("/plans/%s", base);

		g_test_add_data_func(path, folder, test_case);
	}
	g_test_add_func("/plans/zz-all-is-covered", test_all_is_covered);
	return g_test_run();
}
