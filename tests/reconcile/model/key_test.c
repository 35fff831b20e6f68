/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names, keys, their order, and the names of instances. */
#include "reconcile/model/key.h"

#include <string.h>

#define SIXTY "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"

static const struct {
	const char *text;
	bool is_valid;
} names[] = {
	{ "a", true },           { "web-1", true }, { "1", true },    { SIXTY "abc", true },
	{ SIXTY "abcd", false }, { "", false },     { "-a", false },  { "a-", false },
	{ "A", false },          { "a_b", false },  { "a.b", false }, { "a/b", false },
	{ "\xC3\xA9", false },   { "a\n", false },
};

static void test_names(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_cmpint(key_name_is_valid(names[i].text), ==, names[i].is_valid);
}

static const struct {
	const char *key;
	bool is_good;
	unsigned ordinal;
} keys[] = {
	{ "shop/web/2", true, 2 },
	{ "shop/web/blue", true, 0 },
	{ "shop/web/4294967295", true, 4294967295U },
	{ "shop/web/4294967296", false, 0 },
	{ "shop/web/0", false, 0 },
	{ "shop/web/02", false, 0 },
	{ "shop/web/2a", true, 0 },
	{ "shop/web", false, 0 },
	{ "shop/web/2/x", false, 0 },
	{ "shop//2", false, 0 },
	{ "/web/2", false, 0 },
	{ "shop/web/", false, 0 },
	{ "", false, 0 },
};

static void test_split(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		struct key_parts parts = { 0 };

		g_assert_cmpint(key_split(keys[i].key, &parts), ==, keys[i].is_good);
		g_assert_cmpuint(parts.ordinal, ==, keys[i].ordinal);
		if (keys[i].is_good) {
			g_assert_cmpmem(parts.deployment, parts.deployment_len, "shop", 4);
			g_assert_cmpmem(parts.component, parts.component_len, "web", 3);
			g_assert_cmpuint(parts.member_len, ==, strlen(parts.member));
		}
	}
	g_autofree char *joined = key_join("shop", "web", "2");
	g_assert_cmpstr(joined, ==, "shop/web/2");
}

/* In order; each is compared with each. */
static const char *const ordered[] = {
	"1/web/1",
	"9/web/1",
	"10/web/1",
	"",
	"a",
	"a/web/1",
	"a/web/2",
	"a/web/10",
	"a/web/02",
	"a/web/blue",
	"a/web-2/1",
	"a-b/web/1",
	"shop/db/1",
	"shop/web/99999999999999999998",
	"shop/web/99999999999999999999",
	"shop/web/x",
	"shop/web/x/y",
};

static void test_order(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ordered); i++) {
		for (size_t j = 0; j < G_N_ELEMENTS(ordered); j++) {
			int order = key_compare(ordered[i], ordered[j]);
			g_assert_cmpint((order > 0) - (order < 0), ==, (i > j) - (i < j));
		}
	}
}

static const struct {
	const char *key, *uid;
	size_t max;
	const char *name;
} instances[] = {
	{ "shop/web/2", "x7k3qabcdef", 0, "shop-web-2-x7k3q" },
	{ "shop/web/2", "x7k", 0, "shop-web-2-x7k" },
	{ "shop/web/blue", "x7k3qabcdef", 16, "shop--blue-x7k3q" },

	{ "shop/web/2", "x7k3qabcdef", 6, "x7k3q" },
};

static void test_instance_names(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(instances); i++) {
		g_autofree char *name =
			key_instance_name(instances[i].key, instances[i].uid, instances[i].max);
		size_t max = instances[i].max == 0 ? KEY_NAME_MAX : instances[i].max;

		g_test_message("%s", name);
		g_assert_cmpuint(strlen(name), <=, max);
		g_assert_true(key_name_is_valid(name));
		g_assert_cmpstr(name, ==, instances[i].name);
	}
}

static void test_long_instance_names_keep_both_ends(void)
{
	g_autofree char *name = key_instance_name(SIXTY "/" SIXTY "/2", "x7k3qa", 0);

	g_assert_cmpuint(strlen(name), ==, KEY_NAME_MAX);
	g_assert_true(g_str_has_prefix(name, "abcdefghijabcdefghij"));
	g_assert_true(g_str_has_suffix(name, "fghij-2-x7k3q"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/key/names", test_names);
	g_test_add_func("/key/split", test_split);
	g_test_add_func("/key/order", test_order);
	g_test_add_func("/key/instance-names", test_instance_names);
	g_test_add_func("/key/long-instance-names-keep-both-ends",
	                test_long_instance_names_keep_both_ends);
	return g_test_run();
}
