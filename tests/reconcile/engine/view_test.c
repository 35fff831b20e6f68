/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What status shows. */
#include "tests/reconcile/engine/rig.h"

#include <string.h>

static const struct deployment_view *only(const struct view *view)
{
	g_assert_cmpuint(view->deployments->len, ==, 1);
	return view->deployments->pdata[0];
}

static struct view *look(struct rig *rig)
{
	static const struct view_options options = { .deployment = "shop", .with_members = true };

	return engine_view(rig->engine, &options, rig->now_ms);
}

static void test_counts(void)
{
	autoptr(rig) rig = rig_new();
	autoptr(view) before = NULL;
	autoptr(view) during = NULL;
	autoptr(view) after = NULL;
	const struct member_view *member;

	rig_deploy_web(rig, "shop", 3);
	rig_deploy_web(rig, "other", 1);
	rig_start(rig);
	before = look(rig);
	g_assert_cmpuint(only(before)->desired, ==, 3);
	g_assert_cmpuint(only(before)->present, ==, 0);
	rig_list(rig);
	during = look(rig);
	g_assert_cmpuint(only(during)->under_way, ==, 1); /* a new shape starts slowly */
	member = only(during)->members->pdata[0];
	g_assert_cmpstr(member->key, ==, "shop/web/1");
	g_assert_cmpstr(member->doing, ==, "create");
	rig_converge(rig);
	after = look(rig);
	g_assert_cmpuint(only(after)->ready, ==, 3);
	g_assert_true(only(after)->is_converged);
	g_assert_null(only(after)->note);
	g_assert_cmpuint(((struct cloud_view *)after->clouds->pdata[0])->instances, ==, 4);
}

static void test_failure_is_noted(void)
{
	autoptr(rig) rig = rig_new();
	autoptr(view) view = NULL;

	rig_deploy_web(rig, "shop", 1);
	rig_start(rig);
	rig_list(rig);
	rig_fault(rig, rig_ask(rig, VERB_CREATE), FAULT_QUOTA);
	rig_step(rig, 0);
	view = look(rig);
	g_assert_cmpuint(only(view)->failing, ==, 1);
	g_assert_cmpuint(only(view)->held, ==, 1);
	g_assert_nonnull(strstr(only(view)->note, "so it is"));
	g_assert_cmpint(only(view)->note_until_ms, >, rig->now_ms);
	g_assert_cmpstr(((struct member_view *)only(view)->members->pdata[0])->hold_reason, ==,
	                "quota");
}

static void test_missing_counts_down(void)
{
	autoptr(rig) rig = rig_new();
	autoptr(view) view = NULL;

	rig_deploy_web(rig, "shop", 1);
	rig_start(rig);
	rig_converge(rig);
	rig_remove(rig, "shop");
	rig_set_fleet(rig);
	rig_step(rig, 0);
	view = look(rig);
	g_assert_cmpint(only(view)->missing_until_ms, ==,
	                rig->now_ms + rig->limits.missing_grace_ms);
}

static bool is_needed(const char *cloud, void *data)
{
	return engine_needs_cloud(data, cloud);
}

static void test_a_gone_cloud_is_shown_until_it_is_empty(void)
{
	autoptr(rig) rig = rig_new();
	autoptr(view) gone = NULL;
	autoptr(view) empty = NULL;

	rig_deploy_web(rig, "shop", 2);
	rig_start(rig);
	g_assert_true(engine_needs_cloud(rig->engine, "lab")); /* nobody has looked */
	rig_converge(rig);
	manifests_keep_clouds(rig->manifests, is_needed, rig->engine);
	rig_remove(rig, "lab");
	rig_remove(rig, "shop");
	rig_set_fleet(rig);
	gone = look(rig);
	g_assert_true(((struct cloud_view *)gone->clouds->pdata[0])->is_gone);
	rig_step(rig, rig->limits.missing_grace_ms + 1);
	rig_converge(rig);
	g_assert_false(engine_needs_cloud(rig->engine, "lab"));
	rig_set_fleet(rig);
	empty = look(rig);
	g_assert_cmpuint(empty->clouds->len, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/view/counts", test_counts);
	g_test_add_func("/view/failure-is-noted", test_failure_is_noted);
	g_test_add_func("/view/missing-counts-down", test_missing_counts_down);
	g_test_add_func("/view/a-gone-cloud-is-shown-until-it-is-empty",
	                test_a_gone_cloud_is_shown_until_it_is_empty);
	return g_test_run();
}
