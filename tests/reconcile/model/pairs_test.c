/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of pairs is sorted, has each name once, and is found and compared by its text. */
#include "reconcile/model/pairs.h"

static void test_sorted_and_last_wins(void)
{
	static const struct pair items[] = {
		{ "b", "1" }, { "a", "2" }, { "b", "3" }, { "", "4" }, { "a", "5" },
	};
	autoptr(pairs) pairs = pairs_new(items, G_N_ELEMENTS(items));

	g_assert_cmpuint(pairs->len, ==, 3);
	g_assert_cmpstr(pairs->items[0].name, ==, "");
	g_assert_cmpstr(pairs_get(pairs, "a"), ==, "5");
	g_assert_cmpstr(pairs_get(pairs, "b"), ==, "3");
	g_assert_null(pairs_get(pairs, "c"));
}

static void test_copies(void)
{
	char name[] = "name", value[] = "value";
	struct pair item = { name, value };
	autoptr(pairs) pairs = pairs_new(&item, 1);

	name[0] = value[0] = 'x';
	g_assert_cmpstr(pairs_get(pairs, "name"), ==, "value");
}

static void test_equal(void)
{
	static const struct pair one[] = { { "a", "1" }, { "b", "2" } };
	static const struct pair turned[] = { { "b", "2" }, { "a", "1" } };
	static const struct pair other[] = { { "a", "1" }, { "b", "3" } };
	autoptr(pairs) a = pairs_new(one, 2);
	autoptr(pairs) b = pairs_new(turned, 2);
	autoptr(pairs) c = pairs_new(other, 2);
	autoptr(pairs) shorter = pairs_new(one, 1);
	autoptr(pairs) empty = pairs_new(NULL, 0);

	g_assert_true(pairs_equal(a, b));
	g_assert_false(pairs_equal(a, c));
	g_assert_false(pairs_equal(a, shorter));
	g_assert_true(pairs_equal(empty, NULL));
	g_assert_true(pairs_equal(NULL, NULL));
	g_assert_false(pairs_equal(NULL, a));
	g_assert_null(pairs_get(NULL, "a"));
}

static void test_shared(void)
{
	static const struct pair item = { "a", "1" };
	struct pairs *pairs = pairs_new(&item, 1);
	autoptr(pairs) other = pairs_ref(pairs);

	pairs_unref(pairs);
	g_assert_cmpstr(pairs_get(other, "a"), ==, "1");
	g_assert_null(pairs_ref(NULL));
	pairs_unref(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pairs/sorted-and-last-wins", test_sorted_and_last_wins);
	g_test_add_func("/pairs/copies", test_copies);
	g_test_add_func("/pairs/equal", test_equal);
	g_test_add_func("/pairs/shared", test_shared);
	return g_test_run();
}
