/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The window of a shape. */
#include "reconcile/engine/batch.h"

static unsigned asks_at_once(struct shape *shape)
{
	unsigned asks = 0;
	int64_t at_ms;

	for (; asks < 100 && shape_allows(shape, 0, &at_ms); asks++)
		shape_take(shape);
	return asks;
}

static void test_grows_until_proven(void)
{
	static const unsigned windows[] = { 1, 2, 8, 100, 100 };
	struct shape shape = { .window = 1 };
	struct rand rand = { 1 };

	for (size_t i = 0; i < G_N_ELEMENTS(windows); i++) {
		g_assert_cmpuint(asks_at_once(&shape), ==, windows[i]);
		while (shape.in_flight > 0)
			shape_return(&shape, FAULT_NONE, &rand, 0);
	}
}

static void test_failures(void)
{
	static const struct {
		unsigned window;
		enum fault fault;
		unsigned times;
		bool falls;
	} rows[] = {
		{ 1, FAULT_TRANSIENT, 1, true },
		{ 4, FAULT_INVALID, 1, true },
		{ SHAPE_PROVEN, FAULT_TRANSIENT, 1, false },
		{ SHAPE_PROVEN, FAULT_INVALID, 3, false },
		{ SHAPE_PROVEN, FAULT_TRANSIENT, 4, true },
		{ SHAPE_PROVEN, FAULT_CAPACITY, 1, true },
		{ SHAPE_PROVEN, FAULT_QUOTA, 1, true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct shape shape = { .window = rows[i].window };
		struct rand rand = { 1 };
		int64_t at_ms;

		for (unsigned j = 0; j < rows[i].times; j++) {
			shape_take(&shape);
			shape_return(&shape, rows[i].fault, &rand, 0);
		}
		g_assert_cmpuint(shape_batch(&shape, 50), ==, rows[i].falls ? 1 : 50);
		g_assert_true(shape_allows(&shape, 0, &at_ms) == !rows[i].falls);
		if (rows[i].falls)
			g_assert_cmpint(at_ms, <, INT64_MAX);
		shape_take(&shape);
		shape_return(&shape, FAULT_NONE, &rand, 0);
		g_assert_true(shape_allows(&shape, 0, &at_ms));
		g_assert_cmpuint(shape_batch(&shape, 50), ==, 50);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/batch/grows-until-proven", test_grows_until_proven);
	g_test_add_func("/batch/failures", test_failures);
	return g_test_run();
}
