/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes, and what they tell. */
#include "tests/reconcile/engine/rig.h"

static struct rig *rig_probed(unsigned count)
{
	struct rig *rig = rig_new();
	g_autofree char *text =
		g_strdup_printf("    web:\n      count: %u\n      image: debian\n"
	                        "      size: small\n      ready: { tcp: 80, within: 1m }\n",
	                        count);

	rig->limits.probes_in_flight = 2;
	rig_deploy(rig, "shop", text);
	rig_start(rig);
	rig_list(rig);
	while (rig_ask(rig, VERB_CREATE) != NULL) {
		rig_done(rig, rig_ask(rig, VERB_CREATE));
		rig_step(rig, 0);
	}
	for (guint i = 0; i < rig->cloud->len; i++) {
		struct instance *instance = rig->cloud->pdata[i];

		instance->addresses = g_new0(char *, 2);
		instance->addresses[0] = g_strdup("10.0.0.1");
	}
	rig_list(rig);
	return rig;
}

static void outcome(struct rig *rig, bool is_ready)
{
	struct probe *probe;

	for (int i = 0; rig->probes->len == 0 && i < 200; i++)
		if (rig_ask(rig, VERB_LIST) != NULL)
			rig_list(rig);
		else
			rig_step(rig, 500);
	g_assert_cmpuint(rig->probes->len, >, 0);
	probe = g_ptr_array_steal_index(rig->probes, 0);
	engine_probe_done(rig->engine, probe->id, is_ready, "probed", rig->now_ms);
	rig_step(rig, 0);
}

static void test_ready_by_probe(void)
{
	autoptr(rig) rig = rig_probed(1);
	const struct probe *probe = rig->probes->pdata[0];
	bool has_failed;

	g_assert_cmpstr(probe->host, ==, "10.0.0.1");
	g_assert_cmpuint(probe->port, ==, 80);
	outcome(rig, false);
	g_assert_false(engine_is_converged(rig->engine, rig->now_ms, &has_failed));
	outcome(rig, true);
	g_assert_cmpuint(rig_events(rig, EVENT_MEMBER_READY), ==, 1);
	g_assert_cmpint(rig_record(rig, "shop/web/1")->ready_at_ms, ==, rig->now_ms);
}

static void test_bounded(void)
{
	autoptr(rig) rig = rig_probed(10);

	g_assert_cmpuint(rig->probes->len, ==, 2);
	outcome(rig, true);
	g_assert_cmpuint(rig->probes->len, ==, 2);
}

static void test_late_is_told_once(void)
{
	autoptr(rig) rig = rig_probed(1);

	for (int i = 0; i < 100; i++)
		outcome(rig, false);
	g_assert_cmpuint(rig_events(rig, EVENT_MEMBER_LATE), ==, 1);
	outcome(rig, true);
	g_assert_cmpuint(rig_events(rig, EVENT_MEMBER_READY), ==, 1);
}

static void test_unready_takes_some_failures(void)
{
	autoptr(rig) rig = rig_probed(1);

	outcome(rig, true);
	outcome(rig, false);
	outcome(rig, true);
	outcome(rig, false);
	outcome(rig, false);
	g_assert_cmpuint(rig_events(rig, EVENT_MEMBER_UNREADY), ==, 0);
	outcome(rig, false);
	g_assert_cmpuint(rig_events(rig, EVENT_MEMBER_UNREADY), ==, 1);
	outcome(rig, true);
	g_assert_cmpuint(rig_events(rig, EVENT_MEMBER_READY), ==, 2);
}

static void test_stopped_is_unready_at_once(void)
{
	autoptr(rig) rig = rig_probed(1);

	outcome(rig, true);
	((struct instance *)rig->cloud->pdata[0])->state = INSTANCE_STOPPED;
	rig_list(rig);
	g_assert_cmpuint(rig_events(rig, EVENT_MEMBER_UNREADY), ==, 1);
}

/* Its time to become ready begins anew: it was ready, and is not late at its death. */
static void test_stopped_after_long_is_not_late(void)
{
	autoptr(rig) rig = rig_probed(1);

	outcome(rig, true);
	rig->now_ms += 24 * 3600 * 1000;
	((struct instance *)rig->cloud->pdata[0])->state = INSTANCE_STOPPED;
	rig_list(rig);
	g_assert_cmpuint(rig_events(rig, EVENT_MEMBER_UNREADY), ==, 1);
	g_assert_cmpuint(rig_events(rig, EVENT_MEMBER_LATE), ==, 0);
}

static void test_after_waits(void)
{
	autoptr(rig) rig = rig_new();

	rig_deploy(rig, "shop",
	           "    db: { count: 1, image: debian, size: small }\n"
	           "    web: { count: 1, image: debian, size: small, after: [db] }\n");
	rig_start(rig);
	rig_list(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 1);
	rig_done(rig, rig_ask(rig, VERB_CREATE));
	rig_step(rig, 0);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 1);
	rig_list(rig);
	g_assert_cmpuint(rig_sent(rig, VERB_CREATE), ==, 2);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/readiness/ready-by-probe", test_ready_by_probe);
	g_test_add_func("/readiness/bounded", test_bounded);
	g_test_add_func("/readiness/late-is-told-once", test_late_is_told_once);
	g_test_add_func("/readiness/unready-takes-some-failures", test_unready_takes_some_failures);
	g_test_add_func("/readiness/stopped-is-unready-at-once", test_stopped_is_unready_at_once);
	g_test_add_func("/readiness/stopped-after-long-is-not-late",
	                test_stopped_after_long_is_not_late);
	g_test_add_func("/readiness/after-waits", test_after_waits);
	return g_test_run();
}
