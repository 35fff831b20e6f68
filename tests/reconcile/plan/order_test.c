/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Creation follows after, removal goes back the same way, a pass at a time. */
#include "reconcile/plan/order.h"

#include "tests/reconcile/plan/stage.h"

static const char cloud_text[] =
	"apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: lab }\nspec: { connector: sim }\n";

static const char shop_text[] = "apiVersion: muster/v1\n"
				"kind: Deployment\n"
				"metadata: { name: shop }\n"
				"spec:\n"
				"  cloud: lab\n"
				"  components:\n"
				"    api: { image: d, size: s, after: [db, cache] }\n"
				"    cache: { image: d, size: s }\n"
				"    db: { image: d, size: s }\n"
				"    web: { image: d, size: s, count: 2, after: [api] }\n";

static const char absent_text[] =
	"apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: shop, state: absent }\n";

static const char *const members[] = { "shop/api/1", "shop/cache/1", "shop/db/1", "shop/web/1",
	                               "shop/web/2" };

static struct stage *stage_make(void)
{
	struct stage *stage = stage_new();

	stage_put(stage, "cloud.yaml", cloud_text);
	stage_put(stage, "shop.yaml", shop_text);
	stage_settle(stage);
	return stage;
}

static char *actions_text(const struct plan *plan)
{
	g_autoptr(GString) text = g_string_new("");

	for (guint i = 0; i < plan->actions->len; i++) {
		const struct action *action = g_ptr_array_index(plan->actions, i);
		g_string_append_printf(text, "%s%s%s", i == 0 ? "" : " ",
		                       action_kind_sign(action->kind), action->key);
	}
	return g_strdup(text->str);
}

/* Each row's plan, given that the members of the rows before are there and ready. */
static void test_creation(void)
{
	static const struct {
		const char *there[3];
		const char *plan;
	} rows[] = {
		{ { NULL }, "+shop/cache/1 +shop/db/1" },
		{ { "shop/db/1" }, "+shop/cache/1" },
		{ { "shop/cache/1" }, "+shop/api/1" },
		{ { "shop/api/1" }, "+shop/web/1 +shop/web/2" },
		{ { "shop/web/1", "shop/web/2" }, "" },
	};
	autoptr(stage) stage = stage_make();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (size_t j = 0; rows[i].there[j] != NULL; j++)
			stage_instance(stage, rows[i].there[j], "lab", rows[i].there[j]);
		autoptr(plan) plan = stage_plan(stage, "shop");
		g_autofree char *text = actions_text(plan);

		g_assert_cmpstr(text, ==, rows[i].plan);
	}
}

static void instances_make(struct stage *stage)
{
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
		stage_instance(stage, members[i], "lab", members[i]);
}

static void gone(struct stage *stage, const char *key)
{
	struct slot *slot = stage_slot(stage, key);

	g_clear_pointer(&slot->sightings, g_ptr_array_unref);
	g_clear_pointer(&slot->record, record_free);
}

static void test_removal(void)
{
	static const struct {
		const char *gone[3];
		const char *plan;
	} rows[] = {
		{ { NULL }, "-shop/web/1 -shop/web/2" },
		{ { "shop/web/1" }, "-shop/web/2" },
		{ { "shop/web/2" }, "-shop/api/1" },
		{ { "shop/api/1" }, "-shop/cache/1 -shop/db/1" },
		{ { "shop/cache/1", "shop/db/1" }, "" },
	};
	autoptr(stage) stage = stage_make();

	instances_make(stage);
	stage_put(stage, "shop.yaml", absent_text);
	stage_settle(stage);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (size_t j = 0; rows[i].gone[j] != NULL; j++)
			gone(stage, rows[i].gone[j]);
		autoptr(plan) plan = stage_plan(stage, "shop");
		g_autofree char *text = actions_text(plan);

		g_assert_cmpstr(text, ==, rows[i].plan);
	}
}

/* A component that shrinks is not ordered against others that go. */
static void test_shrinking_does_not_wait(void)
{
	autoptr(stage) stage = stage_make();

	instances_make(stage);
	stage_instance(stage, "shop/db/2", "lab", "i-db-2");
	stage_instance(stage, "shop/more/1", "lab", "i-more");
	stage_record(stage, "shop/more/1")->rank = 5;
	autoptr(plan) plan = stage_plan(stage, "shop");
	g_autofree char *text = actions_text(plan);

	g_assert_cmpstr(text, ==, "-shop/db/2 -shop/more/1");
}

/* Ready members count, not running ones. */
static void test_waits_are_told(void)
{
	autoptr(stage) stage = stage_make();

	stage_instance(stage, "shop/db/1", "lab", "i-db");
	stage_slot(stage, "shop/db/1")->is_ready = false;
	autoptr(plan) plan = stage_plan(stage, "shop");
	const struct hold *hold = g_ptr_array_index(plan->holds, 0);

	g_assert_cmpint(hold->reason, ==, HOLD_AFTER);
	g_assert_cmpstr(hold->text, ==,
	                "waits for shop/cache (0 of 1 ready), shop/db (0 of 1 ready)");
	g_assert_cmpstr(hold->why, ==, "after: [cache, db]");
	g_assert_cmpuint(hold->place.line, ==, 7);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/order/creation", test_creation);
	g_test_add_func("/order/removal", test_removal);
	g_test_add_func("/order/shrinking-does-not-wait", test_shrinking_does_not_wait);
	g_test_add_func("/order/waits-are-told", test_waits_are_told);
	return g_test_run();
}
