/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings as people see them, their order, and the nearest word. */
#include "reconcile/model/finding.h"

static const struct {
	struct place place;
	const char *text, *line, *shown;
} rows[] = {
	{ { "deploy/shop.yaml", 21, 7 },
	  "unknown key \"cuont\"",
	  "      cuont: 3\nnext: 1",
	  "deploy/shop.yaml:21:7: unknown key \"cuont\"\n  21 |       cuont: 3\n     |       ^\n" },
	{ { "a", 12345, 1 }, "x", "y", "a:12345:1: x\n12345 | y\n      | ^\n" },
	{ { "a", 1, 2 }, "tab", "\tb", "a:1:2: tab\n   1 | \tb\n     | \t^\n" },
	{ { "a", 1, 4 },
	  "wide",
	  "\xE6\x97\xA5\xC3\xA9 x",
	  "a:1:4: wide\n   1 | \xE6\x97\xA5\xC3\xA9 x\n     |     ^\n" },
	{ { "a", 1, 9 }, "past the end", "b", "a:1:9: past the end\n   1 | b\n     |  ^\n" },
	{ { "a", 0, 0 }, "no place", "b", "a: no place\n" },
	{ { 0 }, "nowhere", NULL, "nowhere\n" },
	{ { "a", 1, 1 },
	  "es\033[31mcape",
	  "\033]0;x\007",
	  "a:1:1: es?[31mcape\n   1 | ?]0;x?\n     | ^\n" },
	{ { "a", 1, 1 }, "two\nlines", NULL, "a:1:1: two lines\n" },
};

static void test_format(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		autoptr(finding) finding =
			finding_new(&rows[i].place, g_strdup(rows[i].text), rows[i].line);
		autoptr(finding) copy = finding_copy(finding);
		g_autofree char *shown = finding_format(finding, false);
		g_autofree char *again = finding_format(copy, false);

		g_assert_cmpstr(shown, ==, rows[i].shown);
		g_assert_cmpstr(again, ==, rows[i].shown);
	}
}

static void test_colour(void)
{
	autoptr(finding) finding = finding_new(&rows[1].place, g_strdup("x"), "y");
	g_autofree char *shown = finding_format(finding, true);

	g_assert_cmpstr(shown, ==,
	                "\033[1ma:12345:1: \033[0mx\n12345 | y\n      | \033[1;31m^\033[0m\n");
}

static void test_long_lines(void)
{
	g_autofree char *line = g_strnfill(100000, 'x');
	struct place place = { "a", 1, 50000 };
	autoptr(finding) finding = finding_new(&place, g_strdup("long"), line);
	g_autofree char *shown = finding_format(finding, false);
	g_auto(GStrv) lines = g_strsplit(shown, "\n", 0);

	g_assert_cmpuint(g_utf8_strlen(shown, -1), <, 300);
	g_assert_true(g_str_has_prefix(lines[1], "   1 | ...x"));
	g_assert_true(g_str_has_suffix(lines[1], "x..."));
	g_assert_true(g_str_has_suffix(lines[2], " ^"));
}

static void test_order(void)
{
	static const struct {
		struct place place;
		const char *text;
	} sorted[] = {
		{ { 0 }, "z" },         { { "a", 1, 1 }, "y" },  { { "a", 1, 2 }, "x" },
		{ { "a", 1, 2 }, "y" }, { { "a", 10, 1 }, "a" }, { { "b", 1, 1 }, "a" },
	};

	for (size_t i = 1; i < G_N_ELEMENTS(sorted); i++) {
		autoptr(finding) a =
			finding_new(&sorted[i - 1].place, g_strdup(sorted[i - 1].text), NULL);
		autoptr(finding) b = finding_new(&sorted[i].place, g_strdup(sorted[i].text), NULL);
		const void *at_a = a, *at_b = b;

		g_assert_cmpint(finding_compare(&at_a, &at_b), <, 0);
		g_assert_cmpint(finding_compare(&at_b, &at_a), >, 0);
		g_assert_cmpint(finding_compare(&at_a, &at_a), ==, 0);
	}
}

static const char *const words[] = {
	"count", "image", "userData", "sshKeys", "after", "size", NULL
};

static const struct {
	const char *word, *nearest;
} near[] = {
	{ "cuont", "count" },
	{ "count", "count" },
	{ "Image", "image" },
	{ "userdata", "userData" },
	{ "user_data", "userData" },
	{ "sshkey", "sshKeys" },
	{ "afterwards", NULL },
	{ "x", NULL },
	{ "", NULL },
	{ "sise", "size" },
	{ "rollout", NULL },
	{ "si", NULL },
};

static void test_nearest(void)
{
	g_autofree char *endless = g_strnfill(1000, 'x');

	for (size_t i = 0; i < G_N_ELEMENTS(near); i++) {
		g_test_message("%s", near[i].word);
		g_assert_cmpstr(finding_nearest(near[i].word, words), ==, near[i].nearest);
	}
	g_assert_null(finding_nearest(endless, words));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/finding/format", test_format);
	g_test_add_func("/finding/colour", test_colour);
	g_test_add_func("/finding/long-lines", test_long_lines);
	g_test_add_func("/finding/order", test_order);
	g_test_add_func("/finding/nearest", test_nearest);
	return g_test_run();
}
