/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How fast a cloud may be asked. */
#include "reconcile/engine/budget.h"

#include <glib.h>

static unsigned take_all(struct budget *budget, enum budget_class class, int64_t now_ms)
{
	unsigned taken = 0;

	for (; taken < 1000 && budget_allows(budget, class, now_ms); taken++)
		budget_take(budget, class, now_ms);
	return taken;
}

static void give_all(struct budget *budget, enum budget_class class, int64_t now_ms)
{
	while (budget->in_flight > 0)
		budget_return(budget, class, 1, now_ms);
}

static void test_rate(void)
{
	static const struct {
		unsigned rate, burst;
		int64_t after_ms;
		unsigned then;
	} rows[] = {
		{ 10, 20, 1000, 10 }, { 10, 20, 100, 1 }, { 10, 20, 60000, 20 },
		{ 1, 1, 999, 0 },     { 1, 1, 1000, 1 },  { 0, 0, 1000, 10 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct budget budget = { 0 };
		unsigned burst = rows[i].burst ? rows[i].burst : 10;

		budget_set(&budget, rows[i].rate, rows[i].burst, 1000, 0);
		g_assert_cmpuint(take_all(&budget, BUDGET_CREATE, 0), ==, burst);
		g_assert_cmpuint(take_all(&budget, BUDGET_CREATE, rows[i].after_ms), ==,
		                 rows[i].then);
	}
}

static void test_next_is_when_it_may_go(void)
{
	struct budget budget = { 0 };

	budget_set(&budget, 3, 1, 100, 0);
	for (int64_t now_ms = 0; now_ms < 10000;) {
		int64_t next_ms;

		take_all(&budget, BUDGET_READ, now_ms);
		next_ms = budget_next_ms(&budget, BUDGET_READ, now_ms);
		g_assert_cmpint(next_ms, >, now_ms);
		g_assert_false(budget_allows(&budget, BUDGET_READ, next_ms - 2));
		g_assert_true(budget_allows(&budget, BUDGET_READ, next_ms));
		now_ms = next_ms;
	}
}

static void test_pages_are_paid(void)
{
	struct budget budget = { 0 };

	budget_set(&budget, 10, 10, 100, 0);
	budget_take(&budget, BUDGET_READ, 0);
	budget_return(&budget, BUDGET_READ, 30, 0);
	g_assert_false(budget_allows(&budget, BUDGET_CREATE, 1900));
	g_assert_true(budget_allows(&budget, BUDGET_CREATE, 2200));
}

static void test_place_is_kept_for_reads(void)
{
	struct budget budget = { 0 };

	budget_set(&budget, 100, 100, 4, 0);
	g_assert_cmpuint(take_all(&budget, BUDGET_CREATE, 0), ==, 3);
	g_assert_cmpint(budget_next_ms(&budget, BUDGET_CREATE, 0), ==, INT64_MAX);
	g_assert_cmpuint(take_all(&budget, BUDGET_READ, 0), ==, 1);
	give_all(&budget, BUDGET_READ, 0);
	budget_set(&budget, 100, 100, 1, 0);
	g_assert_cmpuint(take_all(&budget, BUDGET_CREATE, 0), ==, 1);
}

static void test_throttled(void)
{
	struct budget budget = { 0 };

	budget_set(&budget, 8, 8, 1000, 0);
	budget_throttle(&budget, BUDGET_CREATE, 5000, 0);
	g_assert_false(budget_allows(&budget, BUDGET_CREATE, 4999));
	g_assert_true(budget_allows(&budget, BUDGET_CREATE, 5000));
	/* The other classes go on. */
	g_assert_true(budget_allows(&budget, BUDGET_READ, 1));
	g_assert_cmpuint(budget.throttled, ==, 1);
	/* Half as fast at first, and back in a minute or so. */
	g_assert_cmpfloat(budget.classes[BUDGET_CREATE].rate, <, 6);
	budget_allows(&budget, BUDGET_CREATE, 60 * 1000);
	g_assert_cmpfloat(budget.classes[BUDGET_CREATE].rate, ==, 8);
}

static void test_never_stands_still(void)
{
	struct budget budget = { 0 };

	budget_set(&budget, 1, 1, 10, 0);
	for (int i = 0; i < 100; i++)
		budget_throttle(&budget, BUDGET_READ, 0, 0);
	g_assert_cmpint(budget_next_ms(&budget, BUDGET_READ, 0), <, 10 * 1000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/budget/rate", test_rate);
	g_test_add_func("/budget/next-is-when-it-may-go", test_next_is_when_it_may_go);
	g_test_add_func("/budget/pages-are-paid", test_pages_are_paid);
	g_test_add_func("/budget/place-is-kept-for-reads", test_place_is_kept_for_reads);
	g_test_add_func("/budget/throttled", test_throttled);
	g_test_add_func("/budget/never-stands-still", test_never_stands_still);
	return g_test_run();
}
