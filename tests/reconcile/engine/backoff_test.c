/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock of each class of failure. */
#include "reconcile/engine/backoff.h"

static const struct {
	enum fault fault;
	unsigned attempts;
	int64_t most_ms; /* at least half of it */
} rows[] = {
	{ FAULT_TRANSIENT, 1, 1000 },      { FAULT_TRANSIENT, 2, 2000 },
	{ FAULT_TRANSIENT, 5, 16000 },     { FAULT_TRANSIENT, 100, 300 * 1000 },
	{ FAULT_INTERNAL, 3, 4000 },       { FAULT_QUOTA, 1, 30 * 1000 },
	{ FAULT_QUOTA, 2, 60 * 1000 },     { FAULT_CAPACITY, 50, 600 * 1000 },
	{ FAULT_CONFLICT, 1, 1000 },       { FAULT_CONFLICT, 90, 30 * 1000 },
	{ FAULT_AUTH, 1, 30 * 1000 },      { FAULT_AUTH, 4000000000, 600 * 1000 },
	{ FAULT_THROTTLED, 9, 60 * 1000 },
};

static void test_grows_with_jitter(void)
{
	struct rand rand = { 42 };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		int64_t least_ms = INT64_MAX, most_ms = 0;

		for (int j = 0; j < 1000; j++) {
			int64_t ms = backoff_delay_ms(rows[i].fault, rows[i].attempts, &rand);

			least_ms = MIN(least_ms, ms);
			most_ms = MAX(most_ms, ms);
		}
		g_assert_cmpint(most_ms, <=, rows[i].most_ms);
		g_assert_cmpint(most_ms, >, rows[i].most_ms * 9 / 10);
		g_assert_cmpint(least_ms, >=, rows[i].most_ms / 2);
		g_assert_cmpint(least_ms, <, rows[i].most_ms * 6 / 10);
	}
}

static void test_no_clock_mends_what_is_wrong(void)
{
	struct rand rand = { 1 };

	g_assert_cmpint(backoff_delay_ms(FAULT_INVALID, 1, &rand), ==, INT64_MAX);
	g_assert_cmpint(backoff_until_ms(FAULT_UNSUPPORTED, 3, &rand, 5), ==, INT64_MAX);
	g_assert_cmpint(backoff_until_ms(FAULT_TRANSIENT, 1, &rand, 5000), >=, 5500);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/backoff/grows-with-jitter", test_grows_with_jitter);
	g_test_add_func("/backoff/no-clock-mends-what-is-wrong", test_no_clock_mends_what_is_wrong);
	return g_test_run();
}
