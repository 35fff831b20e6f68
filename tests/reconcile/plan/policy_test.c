/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be destroyed: the budget's numbers, its order, and what it does not count. */
#include "reconcile/plan/policy.h"

#include "tests/reconcile/plan/stage.h"

enum {
	MINUTE_MS = 60 * 1000
};

static const char cloud_text[] =
	"apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: lab }\nspec: { connector: sim }\n";

static char *shop_text(unsigned count)
{
	return g_strdup_printf("apiVersion: muster/v1\n"
	                       "kind: Deployment\n"
	                       "metadata: { name: shop }\n"
	                       "spec:\n"
	                       "  cloud: lab\n"
	                       "  components:\n"
	                       "    web: { image: d, size: s, count: %u }\n",
	                       count);
}

static struct stage *stage_make(unsigned instances, unsigned count)
{
	struct stage *stage = stage_new();
	g_autofree char *text = shop_text(count);

	stage_put(stage, "cloud.yaml", cloud_text);
	stage_put(stage, "shop.yaml", text);
	stage_settle(stage);
	for (unsigned i = 1; i <= instances; i++) {
		g_autofree char *key = g_strdup_printf("shop/web/%u", i);
		stage_instance(stage, key, "lab", key);
	}
	return stage;
}

static const struct {
	const char *name;
	unsigned instances, count, past;
	const char *past_key;
	const char *past_cloud;
	unsigned limit, percent;
	unsigned destroyed, held;
} rows[] = {
	{ "within", 5, 1, 0, NULL, NULL, 5, 10, 4, 0 },
	{ "just", 6, 1, 0, NULL, NULL, 5, 10, 5, 0 },
	{ "beyond", 9, 1, 0, NULL, NULL, 5, 10, 5, 3 },
	{ "percent-is-larger", 100, 50, 0, NULL, NULL, 5, 10, 10, 40 },
	{ "percent-rounds-down", 69, 50, 0, NULL, NULL, 5, 10, 6, 13 },
	{ "of-what-was-there", 92, 50, 8, "shop/web/99", "lab", 5, 10, 2, 40 },
	{ "past-counts", 9, 1, 3, "shop/web/99", "lab", 5, 10, 2, 6 },
	{ "past-is-used-up", 9, 1, 7, "shop/web/99", "lab", 5, 10, 0, 8 },
	{ "others-on-the-cloud", 9, 1, 4, "blog/web/1", "lab", 5, 10, 1, 7 },
	{ "others-elsewhere", 9, 1, 4, "blog/web/1", "edge", 5, 10, 1, 7 },
	{ "like-named-others", 9, 1, 4, "shop-2/web/1", "gone", 5, 10, 1, 7 },
	{ "none-allowed", 9, 1, 0, NULL, NULL, 0, 0, 0, 8 },
	{ "all-allowed", 9, 0, 0, NULL, NULL, 0, 100, 9, 0 },
};

static void test_budget(const void *data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	autoptr(stage) stage = stage_make(rows[i].instances, rows[i].count);

	stage->limits.deletions = rows[i].limit;
	stage->limits.deletions_percent = rows[i].percent;
	for (unsigned j = 0; j < rows[i].past; j++)
		stage_deletion(stage, rows[i].past_key, rows[i].past_cloud, (10 + j) * MINUTE_MS);
	autoptr(plan) plan = stage_plan(stage, "shop");

	g_assert_cmpuint(plan->actions->len, ==, rows[i].destroyed);
	g_assert_cmpuint(plan->holds->len, ==, rows[i].held);
	for (guint j = 0; j < plan->holds->len; j++) {
		const struct hold *hold = g_ptr_array_index(plan->holds, j);
		g_assert_cmpint(hold->reason, ==, HOLD_DELETION_BUDGET);
	}
}

static void test_highest_go_first(void)
{
	autoptr(stage) stage = stage_make(12, 4);
	autoptr(plan) plan = stage_plan(stage, "shop");

	g_assert_cmpuint(plan->actions->len, ==, 5);
	for (guint i = 0; i < plan->actions->len; i++) {
		const struct action *action = g_ptr_array_index(plan->actions, i);
		g_autofree char *key = g_strdup_printf("shop/web/%u", 8 + i);

		g_assert_cmpstr(action->key, ==, key);
	}
}

static void test_next_is_told(void)
{
	autoptr(stage) stage = stage_make(9, 1);

	stage_deletion(stage, "shop/web/20", "lab", 50 * MINUTE_MS);
	stage_deletion(stage, "shop/web/21", "lab", 20 * MINUTE_MS);
	autoptr(plan) plan = stage_plan(stage, "shop");
	const struct hold *hold = g_ptr_array_index(plan->holds, 0);

	g_assert_cmpstr(hold->text, ==, "5 more than 5 in 1h for shop; next in 10m");
	g_assert_cmpint(hold->until_ms, ==, stage->now_ms + 10 * MINUTE_MS);
}

static void test_the_window_ends(void)
{
	autoptr(stage) stage = stage_make(9, 1);

	for (unsigned i = 0; i < 5; i++)
		stage_deletion(stage, "shop/web/20", "lab", 60 * MINUTE_MS);
	autoptr(plan) plan = stage_plan(stage, "shop");

	g_assert_cmpuint(plan->actions->len, ==, 5);
}

/* An instance that is being deleted counts as deleted, not as one more of which to take a
 * percentage. */
static void test_leaving_are_not_counted_twice(void)
{
	autoptr(stage) stage = stage_make(100, 50);

	for (unsigned i = 91; i <= 100; i++) {
		g_autofree char *key = g_strdup_printf("shop/web/%u", i);
		struct sighting *sighting = g_ptr_array_index(stage_slot(stage, key)->sightings, 0);
		sighting->instance->state = INSTANCE_DELETING;
		stage_deletion(stage, key, "lab", MINUTE_MS);
	}
	autoptr(plan) plan = stage_plan(stage, "shop");

	g_assert_cmpuint(plan->actions->len, ==, 0);
}

static void test_repairs_do_not_count(void)
{
	autoptr(stage) stage = stage_make(9, 9);

	for (unsigned i = 1; i <= 9; i++) {
		g_autofree char *key = g_strdup_printf("shop/web/%u", i);
		struct sighting *sighting = g_ptr_array_index(stage_slot(stage, key)->sightings, 0);
		sighting->instance->state = INSTANCE_FAILED;
	}
	autoptr(plan) plan = stage_plan(stage, "shop");

	g_assert_cmpuint(plan->actions->len, ==, 9);
	g_assert_true(((struct action *)g_ptr_array_index(plan->actions, 0))->is_repair);
}

/* To the millisecond: the grace is over when its time is. */
static void test_grace(void)
{
	autoptr(stage) stage = stage_make(1, 1);
	struct record *record = stage_record(stage, "shop/web/1");

	stage_remove(stage, "shop.yaml");
	stage_settle(stage);
	record->missing_since_ms = stage->now_ms - 10 * MINUTE_MS + 1;
	autoptr(plan) early = stage_plan(stage, "shop");
	const struct hold *hold = g_ptr_array_index(early->holds, 0);

	g_assert_cmpint(hold->reason, ==, HOLD_GRACE);
	g_assert_cmpint(hold->until_ms, ==, stage->now_ms + 1);
	stage->now_ms++;
	autoptr(plan) late = stage_plan(stage, "shop");
	g_assert_cmpuint(late->actions->len, ==, 1);
	record->missing_since_ms = 0;
	autoptr(plan) unknown = stage_plan(stage, "shop");
	g_assert_cmpuint(unknown->actions->len, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/policy/budget/%s", rows[i].name);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_budget);
	}
	g_test_add_func("/policy/highest-go-first", test_highest_go_first);
	g_test_add_func("/policy/next-is-told", test_next_is_told);
	g_test_add_func("/policy/the-window-ends", test_the_window_ends);
	g_test_add_func("/policy/leaving-are-not-counted-twice",
	                test_leaving_are_not_counted_twice);
	g_test_add_func("/policy/repairs-do-not-count", test_repairs_do_not_count);
	g_test_add_func("/policy/grace", test_grace);
	return g_test_run();
}
