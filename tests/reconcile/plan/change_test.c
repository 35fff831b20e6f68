/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way from one size to another, for each mix of abilities, states and bounds. */
#include "reconcile/plan/change.h"

#define GIB (INT64_C(1) << 30)

enum {
	LIVE = ABILITY_LIVE_RESIZE,
	COLD = ABILITY_RESIZE | ABILITY_POWER,
};

static const struct size two = { NULL, 2, 4 * GIB, 20 * GIB, 0 };

static const struct {
	const char *name;
	unsigned drift;
	struct size wanted;
	unsigned abilities;
	enum instance_state state;
	bool is_refused;
	enum change_way way;
} rows[] = {
	{ "nothing",
	  DRIFT_LABELS,
	  { NULL, 2, 4 * GIB, 0, 0 },
	  LIVE | COLD,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_NONE },
	{ "up-within",
	  DRIFT_CPUS,
	  { NULL, 4, 4 * GIB, 0, 0 },
	  LIVE | COLD,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_LIVE },
	{ "up-to-the-bound",
	  DRIFT_CPUS,
	  { NULL, 8, 4 * GIB, 0, 0 },
	  LIVE | COLD,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_LIVE },
	{ "up-beyond",
	  DRIFT_CPUS,
	  { NULL, 9, 4 * GIB, 0, 0 },
	  LIVE | COLD,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_RESTART },
	{ "up-beyond-live-only",
	  DRIFT_CPUS,
	  { NULL, 9, 4 * GIB, 0, 0 },
	  LIVE,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_REPLACE },
	{ "down",
	  DRIFT_CPUS,
	  { NULL, 1, 4 * GIB, 0, 0 },
	  LIVE | COLD,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_RESTART },
	{ "down-live-only",
	  DRIFT_CPUS,
	  { NULL, 1, 4 * GIB, 0, 0 },
	  LIVE,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_REPLACE },
	{ "one-up-one-down",
	  DRIFT_CPUS | DRIFT_MEMORY,
	  { NULL, 4, 2 * GIB, 0, 0 },
	  LIVE | COLD,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_RESTART },
	{ "memory-up",
	  DRIFT_MEMORY,
	  { NULL, 2, 8 * GIB, 0, 0 },
	  LIVE | COLD,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_LIVE },
	{ "memory-beyond",
	  DRIFT_MEMORY,
	  { NULL, 2, 17 * GIB, 0, 0 },
	  LIVE | COLD,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_RESTART },
	{ "disk",
	  DRIFT_DISK,
	  { NULL, 2, 4 * GIB, 40 * GIB, 0 },
	  LIVE | COLD,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_RESTART },
	{ "disk-shrinks",
	  DRIFT_DISK_SHRINK | DRIFT_CPUS,
	  { NULL, 4, 4 * GIB, 10 * GIB, 0 },
	  LIVE | COLD,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_REPLACE },
	{ "no-live",
	  DRIFT_CPUS,
	  { NULL, 4, 4 * GIB, 0, 0 },
	  COLD,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_RESTART },
	{ "no-power",
	  DRIFT_CPUS,
	  { NULL, 4, 4 * GIB, 0, 0 },
	  ABILITY_RESIZE,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_REPLACE },
	{ "no-power-stopped",
	  DRIFT_CPUS,
	  { NULL, 4, 4 * GIB, 0, 0 },
	  ABILITY_RESIZE,
	  INSTANCE_STOPPED,
	  false,
	  CHANGE_RESTART },
	{ "stopped",
	  DRIFT_CPUS,
	  { NULL, 4, 4 * GIB, 0, 0 },
	  LIVE | COLD,
	  INSTANCE_STOPPED,
	  false,
	  CHANGE_RESTART },
	{ "stopped-live-only",
	  DRIFT_CPUS,
	  { NULL, 4, 4 * GIB, 0, 0 },
	  LIVE,
	  INSTANCE_STOPPED,
	  false,
	  CHANGE_NONE },
	{ "refused",
	  DRIFT_CPUS,
	  { NULL, 4, 4 * GIB, 0, 0 },
	  LIVE | COLD,
	  INSTANCE_RUNNING,
	  true,
	  CHANGE_RESTART },
	{ "refused-live-only",
	  DRIFT_CPUS,
	  { NULL, 4, 4 * GIB, 0, 0 },
	  LIVE,
	  INSTANCE_RUNNING,
	  true,
	  CHANGE_REPLACE },
	{ "nothing-possible",
	  DRIFT_CPUS,
	  { NULL, 4, 4 * GIB, 0, 0 },
	  ABILITY_POWER,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_REPLACE },
	{ "type-of-unknown-amounts",
	  DRIFT_TYPE,
	  { (char *)"large", 0, 0, 0, 0 },
	  LIVE | COLD,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_RESTART },
	{ "type-of-known-amounts",
	  DRIFT_TYPE | DRIFT_CPUS,
	  { (char *)"large", 4, 4 * GIB, 0, 0 },
	  LIVE | COLD,
	  INSTANCE_RUNNING,
	  false,
	  CHANGE_LIVE },
};

static void test_way(const void *data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	struct instance seen = { .size = two,
		                 .state = rows[i].state,
		                 .live_cpus_max = 8,
		                 .live_memory_max_bytes = 16 * GIB };

	g_assert_cmpint(change_size_way(rows[i].drift, &rows[i].wanted, &seen, rows[i].abilities,
	                                rows[i].is_refused),
	                ==, rows[i].way);
}

static const struct {
	unsigned drift;
	struct size wanted, seen;
	const char *text;
} texts[] = {
	{ DRIFT_CPUS, { NULL, 4, 0, 0, 0 }, { NULL, 2, 0, 0, 0 }, "2 → 4 cpus" },
	{ DRIFT_CPUS, { NULL, 1, 0, 0, 0 }, { NULL, 2, 0, 0, 0 }, "2 → 1 cpu" },
	{ DRIFT_CPUS | DRIFT_MEMORY,
	  { NULL, 4, 8 * GIB, 0, 0 },
	  { NULL, 2, 4 * GIB, 0, 0 },
	  "2 → 4 cpus, 4GiB → 8GiB" },
	{ DRIFT_DISK,
	  { NULL, 0, 0, 40 * GIB, 0 },
	  { NULL, 0, 0, 20 * GIB, 0 },
	  "disk 20GiB → 40GiB" },
	{ DRIFT_TYPE | DRIFT_CPUS,
	  { (char *)"large", 4, 0, 0, 0 },
	  { (char *)"small", 2, 0, 0, 0 },
	  "small → large" },
};

static void test_text(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *text =
			change_size_text(texts[i].drift, &texts[i].wanted, &texts[i].seen);

		g_assert_cmpstr(text, ==, texts[i].text);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/change/way/%s", rows[i].name);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_way);
	}
	g_test_add_func("/change/text", test_text);
	return g_test_run();
}
