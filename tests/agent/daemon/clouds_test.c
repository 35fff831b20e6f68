/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each cloud of the fleet has a carrier for as long as it is there or needed. */
#include "agent/daemon/clouds.h"

#include <string.h>

enum {
	PATIENCE_MS = 10000
};

struct told {
	unsigned ups, downs, answers;
};

static void on_up(const char *cloud G_GNUC_UNUSED, const struct traits *traits G_GNUC_UNUSED,
                  void *data)
{
	((struct told *)data)->ups++;
}

static void on_down(const char *cloud G_GNUC_UNUSED, enum fault fault G_GNUC_UNUSED,
                    const char *text G_GNUC_UNUSED, void *data)
{
	((struct told *)data)->downs++;
}

static void on_answer(const char *cloud G_GNUC_UNUSED, struct answer *own_answer, void *data)
{
	((struct told *)data)->answers++;
	answer_free(own_answer);
}

static void on_text(const char *cloud G_GNUC_UNUSED, const char *text G_GNUC_UNUSED,
                    void *data G_GNUC_UNUSED)
{
}

static void on_changed(const char *cloud G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
}

static struct clouds *clouds_begin(struct told *told)
{
	const struct carrier_options options = { .plugin_dir = "/nowhere", .owner = "us" };
	const struct carrier_events events = {
		on_up, on_down, on_answer, on_text, on_changed, told
	};

	return clouds_new(&options, &events);
}

/* A fleet of sim clouds with these names. */
static struct fleet *fleet_make(const char *names)
{
	struct fleet *fleet = fleet_new();
	g_auto(GStrv) words = g_strsplit(names, " ", -1);

	for (char **word = words; *word && **word; word++) {
		struct cloud *cloud = cloud_new(*word);

		g_free(cloud->connector);
		cloud->connector = g_strdup("sim");
		g_ptr_array_add(fleet->clouds, cloud);
	}
	return fleet;
}

static bool is_needed(const char *cloud, void *data)
{
	return data && g_str_equal(cloud, data);
}

static gboolean on_time(void *data)
{
	bool *is_over = data;

	*is_over = true;
	return G_SOURCE_REMOVE;
}

static void await(const unsigned *count, unsigned wanted)
{
	bool is_over = false;
	guint timer = g_timeout_add(PATIENCE_MS, on_time, &is_over);

	while (*count < wanted && !is_over)
		g_main_context_iteration(NULL, TRUE);
	g_assert_false(is_over);
	g_source_remove(timer);
}

static void test_fleets(void)
{
	struct told told = { 0, 0, 0 };
	autoptr(clouds) clouds = clouds_begin(&told);
	autoptr(fleet) both = fleet_make("lab prod");
	autoptr(fleet) one = fleet_make("lab");

	clouds_set_fleet(clouds, both, is_needed, NULL);
	await(&told.ups, 2);
	clouds_set_fleet(clouds, both, is_needed, NULL);
	g_assert_cmpuint(clouds_count(clouds), ==, 2);
	clouds_set_fleet(clouds, one, is_needed, (void *)"prod");
	g_assert_cmpuint(clouds_count(clouds), ==, 2);
	clouds_set_fleet(clouds, one, is_needed, NULL);
	g_assert_cmpuint(clouds_count(clouds), ==, 1);
	g_assert_cmpuint(told.downs, ==, 0);
}

static void test_asks_find_their_cloud(void)
{
	struct told told = { 0, 0, 0 };
	autoptr(clouds) clouds = clouds_begin(&told);
	autoptr(fleet) fleet = fleet_make("lab");
	struct ask *ask = ask_new(1, VERB_LIST, "lab");

	clouds_set_fleet(clouds, fleet, is_needed, NULL);
	await(&told.ups, 1);
	ask->deadline_ms = PATIENCE_MS;
	g_assert_true(clouds_send(clouds, ask));
	await(&told.answers, 1);
	g_assert_false(clouds_send(clouds, ask_new(2, VERB_LIST, "nowhere")));
}

/* A new connector that is not there: down is told, and back again up. */
static void test_another_connector(void)
{
	struct told told = { 0, 0, 0 };
	autoptr(clouds) clouds = clouds_begin(&told);
	autoptr(fleet) sim = fleet_make("lab");
	autoptr(fleet) other = fleet_make("lab");
	struct cloud *cloud = other->clouds->pdata[0];

	g_free(cloud->connector);
	cloud->connector = g_strdup("no-such-connector");
	clouds_set_fleet(clouds, sim, is_needed, NULL);
	await(&told.ups, 1);
	clouds_set_fleet(clouds, other, is_needed, NULL);
	await(&told.downs, 1);
	clouds_set_fleet(clouds, sim, is_needed, NULL);
	await(&told.ups, 2);
	g_assert_cmpuint(clouds_count(clouds), ==, 1);
}

/* A reload leaves alone what is up and has no credentials. */
static void test_renewing(void)
{
	struct told told = { 0, 0, 0 };
	autoptr(clouds) clouds = clouds_begin(&told);
	autoptr(fleet) fleet = fleet_make("lab prod");

	clouds_set_fleet(clouds, fleet, is_needed, NULL);
	await(&told.ups, 2);
	clouds_set_up(clouds, "lab", true);
	clouds_renew(clouds);
	await(&told.ups, 3);
	while (g_main_context_iteration(NULL, FALSE)) {
	}
	g_assert_cmpuint(told.ups, ==, 3);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/clouds/fleets", test_fleets);
	g_test_add_func("/clouds/asks-find-their-cloud", test_asks_find_their_cloud);
	g_test_add_func("/clouds/another-connector", test_another_connector);
	g_test_add_func("/clouds/renewing", test_renewing);
	return g_test_run();
}
