/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A clock that is set is noticed once; one that is slewed is not. */
#include "agent/daemon/clock.h"

#include <glib.h>

static const struct {
	int64_t wall_ms, monotonic_ms;
	bool has_jumped;
	int64_t by_ms;
} looks[] = {
	{ 1000000, 5000, false, 0 },       { 1001000, 6000, false, 0 },
	{ 1003900, 7000, false, 0 },       { 1064900, 8000, true, 60000 },
	{ 1065900, 9000, false, 0 },       { 65900, 10000, true, -1001000 },
	{ 3665900, 10001, true, 3599999 },
};

static void test_jumps(void)
{
	struct clock clock = { 0, false };

	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		int64_t by_ms = 0;

		g_assert_cmpint(
			clock_has_jumped(&clock, looks[i].wall_ms, looks[i].monotonic_ms, &by_ms),
			==, looks[i].has_jumped);
		g_assert_cmpint(by_ms, ==, looks[i].by_ms);
	}
}

static void test_now_is_now(void)
{
	int64_t real_ms = g_get_real_time() / 1000;
	int64_t now_ms = clock_now_ms();

	g_assert_cmpint(now_ms, >=, real_ms);
	g_assert_cmpint(now_ms, <, real_ms + 60000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/clock/jumps", test_jumps);
	g_test_add_func("/clock/now-is-now", test_now_is_now);
	return g_test_run();
}
