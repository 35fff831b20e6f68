/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lists prove, and what they do not. */
#include "tests/reconcile/engine/rig.h"

static struct rig *rig_with_one(void)
{
	struct rig *rig = rig_new();

	rig_deploy_web(rig, "shop", 1);
	rig_start(rig);
	rig_converge(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 1);
	return rig;
}

static const char *only_id(const struct rig *rig)
{
	g_assert_cmpuint(rig->cloud->len, ==, 1);
	return ((struct instance *)rig->cloud->pdata[0])->id;
}

static void test_nothing_before_a_complete_list(void)
{
	autoptr(rig) rig = rig_new();

	rig_deploy_web(rig, "shop", 1);
	rig_start(rig);
	for (int i = 0; i < 5; i++)
		rig_list_incomplete(rig);
	rig_step(rig, 60 * 1000);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 0);
	g_assert_false(engine_has_looked(rig->engine));
	rig_list(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 1);
	g_assert_true(engine_has_looked(rig->engine));
}

static struct ask *list_ask(struct rig *rig)
{
	for (int i = 0; i < 1000 && rig_ask(rig, VERB_LIST) == NULL; i++)
		rig_step(rig, 1000);
	return rig_ask(rig, VERB_LIST);
}

static char *cloud_text(struct rig *rig)
{
	const struct view_options options = { .with_members = false };
	autoptr(view) view = engine_view(rig->engine, &options, rig->now_ms);
	const struct cloud_view *cloud = view->clouds->pdata[0];

	g_assert_true(cloud->is_up);
	return g_strdup(cloud->text);
}

/* Lists that fail are told: in the view from the first on, as an event from the second in a row. */
static void test_blindness_is_told(void)
{
	autoptr(rig) rig = rig_with_one();
	g_autofree char *once = NULL, *after = NULL;

	rig_fault(rig, list_ask(rig), FAULT_INTERNAL);
	once = cloud_text(rig);
	g_assert_nonnull(once);
	g_assert_cmpuint(rig_events(rig, EVENT_CLOUD_BLIND), ==, 0);
	rig_fault(rig, list_ask(rig), FAULT_INTERNAL);
	rig_fault(rig, list_ask(rig), FAULT_TRANSIENT);
	rig_step(rig, 0);
	g_assert_cmpuint(rig_events(rig, EVENT_CLOUD_BLIND), ==, 1);
	g_assert_cmpuint(rig_events(rig, EVENT_CLOUD_SEEN), ==, 0);
	rig_list(rig);
	after = cloud_text(rig);
	g_assert_null(after);
	g_assert_cmpuint(rig_events(rig, EVENT_CLOUD_SEEN), ==, 1);
	g_assert_cmpuint(rig_events(rig, EVENT_INSTANCE_VANISHED), ==, 0);
}

/* Refused credentials are told as such, not as blindness, and their end is none of it either. */
static void test_refusal_is_not_blindness(void)
{
	autoptr(rig) rig = rig_with_one();

	for (int i = 0; i < 3; i++)
		rig_fault(rig, list_ask(rig), FAULT_AUTH);
	rig_list(rig);
	rig_step(rig, 0);
	g_assert_cmpuint(rig_events(rig, EVENT_CLOUD_DOWN), ==, 1);
	g_assert_cmpuint(rig_events(rig, EVENT_CLOUD_BLIND), ==, 0);
	g_assert_cmpuint(rig_events(rig, EVENT_CLOUD_SEEN), ==, 0);
}

static void test_gone_takes_two_lists(void)
{
	autoptr(rig) rig = rig_with_one();

	rig_vanish(rig, only_id(rig));
	rig_list(rig);
	g_assert_cmpuint(rig_events(rig, EVENT_INSTANCE_VANISHED), ==, 0);
	g_assert_cmpuint(rig_open(rig, VERB_CREATE), ==, 0);
	rig_list_incomplete(rig);
	g_assert_cmpuint(rig_open(rig, VERB_CREATE), ==, 0);
	rig_list(rig);
	g_assert_cmpuint(rig_events(rig, EVENT_INSTANCE_VANISHED), ==, 1);
	g_assert_cmpuint(rig_open(rig, VERB_CREATE), ==, 1);
	g_assert_null(rig_record(rig, "shop/web/1")->instance_id);
}

static void test_seen_again_starts_anew(void)
{
	autoptr(rig) rig = rig_with_one();
	struct instance *gone = g_ptr_array_steal_index(rig->cloud, 0);

	rig_list(rig);
	g_ptr_array_add(rig->cloud, gone);
	rig_list(rig);
	g_ptr_array_steal_index(rig->cloud, 0);
	rig_list(rig);
	g_assert_cmpuint(rig_events(rig, EVENT_INSTANCE_VANISHED), ==, 0);
	instance_free(gone);
}

/* The second list comes soon, not after the long period of rest. */
static void test_second_list_comes_soon(void)
{
	autoptr(rig) rig = rig_with_one();
	int64_t first_ms;

	for (int i = 0; i < 20; i++)
		rig_list(rig);
	rig_vanish(rig, only_id(rig));
	rig_list(rig);
	first_ms = rig->now_ms;
	rig_list(rig);
	g_assert_cmpint(rig->now_ms - first_ms, <=, 3000);
	g_assert_cmpuint(rig_events(rig, EVENT_INSTANCE_VANISHED), ==, 1);
}

static void test_a_list_from_before_proves_nothing(void)
{
	autoptr(rig) rig = rig_new();

	rig->traits.consistency_ms = 20 * 1000;
	rig_deploy_web(rig, "shop", 1);
	rig_start(rig);
	while (rig_ask(rig, VERB_CREATE) == NULL)
		rig_list(rig);
	rig_done(rig, rig_ask(rig, VERB_CREATE));
	g_ptr_array_set_size(rig->cloud, 0);
	for (int i = 0; i < 5; i++)
		rig_list(rig);
	g_assert_cmpuint(rig_events(rig, EVENT_INSTANCE_VANISHED), ==, 0);
	rig->now_ms += 20 * 1000;
	rig_list(rig);
	rig_list(rig);
	g_assert_cmpuint(rig_events(rig, EVENT_INSTANCE_VANISHED), ==, 1);
}

static void test_foreign_is_only_counted(void)
{
	static const struct view_options options = { 0 };
	autoptr(rig) rig = rig_new();
	autoptr(view) view = NULL;
	const struct cloud_view *cloud;

	g_free(rig_instance(rig, "i-1", "shop/web/1", "u")->marks.owner);
	((struct instance *)rig->cloud->pdata[0])->marks.owner = g_strdup("another");
	marks_clear(&rig_instance(rig, "i-2", NULL, NULL)->marks);
	rig_deploy_web(rig, "shop", 1);
	rig_start(rig);
	rig_converge(rig);
	view = engine_view(rig->engine, &options, rig->now_ms);
	cloud = view->clouds->pdata[0];
	g_assert_cmpuint(cloud->foreign, ==, 2);
	g_assert_cmpuint(cloud->instances, ==, 1);
	g_assert_cmpuint(rig_sent(rig, VERB_DESTROY), ==, 0);
	g_assert_cmpuint(rig->cloud->len, ==, 3);
}

static void test_marks_rebuild_a_lost_store(void)
{
	autoptr(rig) rig = rig_with_one();

	rig_start(rig);
	rig_converge(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 0);
	g_assert_cmpuint(rig_events(rig, EVENT_INSTANCE_ADOPTED), ==, 1);
	g_assert_cmpstr(rig_record(rig, "shop/web/1")->instance_id, ==, only_id(rig));
}

static void test_destroyed_by_us_is_no_news(void)
{
	autoptr(rig) rig = rig_with_one();

	rig_deploy_web(rig, "shop", 0);
	rig_set_fleet(rig);
	rig_step(rig, 0);
	rig_done(rig, rig_ask(rig, VERB_DESTROY));
	rig_list(rig);
	rig_step(rig, 0);
	g_assert_cmpuint(rig_events(rig, EVENT_INSTANCE_VANISHED), ==, 0);
	g_assert_null(rig_record(rig, "shop/web/1"));
}

static void test_not_found_needs_one_list(void)
{
	autoptr(rig) rig = rig_with_one();
	struct instance *instance = rig->cloud->pdata[0];

	instance->state = INSTANCE_STOPPED;
	rig_list(rig);
	rig_fault(rig, rig_ask(rig, VERB_START), FAULT_NOT_FOUND);
	rig_vanish(rig, instance->id);
	rig_step(rig, 0);
	g_assert_cmpuint(rig_open(rig, VERB_START), ==, 0);
	rig_list(rig);
	g_assert_cmpuint(rig_events(rig, EVENT_INSTANCE_VANISHED), ==, 1);
}

static void test_change_is_told_once(void)
{
	autoptr(rig) rig = rig_with_one();

	((struct instance *)rig->cloud->pdata[0])->state = INSTANCE_STOPPED;
	for (int i = 0; i < 4; i++)
		rig_list(rig);
	g_assert_cmpuint(rig_events(rig, EVENT_INSTANCE_CHANGED), ==, 1);
	g_assert_cmpuint(rig_sent(rig, VERB_START), ==, 1);
}

static void test_equal_lists_write_nothing(void)
{
	autoptr(rig) rig = rig_with_one();
	guint before;

	rig_list(rig);
	before = rig->effects->len;
	for (int i = 0; i < 10; i++)
		rig_list(rig);
	for (guint i = before; i < rig->effects->len; i++)
		g_assert_cmpuint(((struct effects *)rig->effects->pdata[i])->writes->len, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/inventory/nothing-before-a-complete-list",
	                test_nothing_before_a_complete_list);
	g_test_add_func("/inventory/blindness-is-told", test_blindness_is_told);
	g_test_add_func("/inventory/refusal-is-not-blindness", test_refusal_is_not_blindness);
	g_test_add_func("/inventory/gone-takes-two-lists", test_gone_takes_two_lists);
	g_test_add_func("/inventory/seen-again-starts-anew", test_seen_again_starts_anew);
	g_test_add_func("/inventory/second-list-comes-soon", test_second_list_comes_soon);
	g_test_add_func("/inventory/a-list-from-before-proves-nothing",
	                test_a_list_from_before_proves_nothing);
	g_test_add_func("/inventory/foreign-is-only-counted", test_foreign_is_only_counted);
	g_test_add_func("/inventory/marks-rebuild-a-lost-store", test_marks_rebuild_a_lost_store);
	g_test_add_func("/inventory/destroyed-by-us-is-no-news", test_destroyed_by_us_is_no_news);
	g_test_add_func("/inventory/not-found-needs-one-list", test_not_found_needs_one_list);
	g_test_add_func("/inventory/change-is-told-once", test_change_is_told_once);
	g_test_add_func("/inventory/equal-lists-write-nothing", test_equal_lists_write_nothing);
	return g_test_run();
}
