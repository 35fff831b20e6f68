/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables, spans of time and progress as they are printed. */
#include "agent/output/table.h"

#include "agent/output/age.h"
#include "agent/output/progress.h"

#include <string.h>

static const char *const headings[] = { "NAME", ">COUNT", "EMPTY", "NOTE", NULL };

static char *print(struct table *table, unsigned indent, bool in_colour, unsigned width)
{
	GString *out = g_string_new(NULL);

	table_print(table, out, indent, in_colour, width);
	return g_string_free(out, FALSE);
}

static void row_add(struct table *table, const char *name, int count, const char *note)
{
	table_add(table, STYLE_PLAIN, name);
	table_addf(table, STYLE_GOOD, "%d", count);
	table_add(table, STYLE_PLAIN, NULL);
	table_add(table, STYLE_PLAIN, note);
}

static void check_columns(void)
{
	autoptr(table) table = table_new(headings);

	g_autofree char *nothing = print(table, 0, false, 0);
	g_assert_cmpstr(nothing, ==, "");
	row_add(table, "a", 5, "x");
	row_add(table, "größe", 12345678, NULL);
	table_add(table, STYLE_PLAIN, "short");
	table_end_row(table);
	g_assert_cmpuint(table_rows(table), ==, 3);
	g_autofree char *text = print(table, 2, false, 0);
	g_assert_cmpstr(text, ==,
	                "  NAME       COUNT   NOTE\n"
	                "  a              5   x\n"
	                "  größe   12345678\n"
	                "  short\n");
}

static void check_cut(void)
{
	autoptr(table) table = table_new(headings);

	row_add(table, "a", 1, "a note that is much too long for a terminal of forty columns");
	g_autofree char *text = print(table, 0, false, 40);
	g_assert_cmpstr(text, ==, "NAME   COUNT   NOTE\na          1   a note that is much too…\n");
}

/* A name from a cloud must not move the cursor, nor break a line in two. */
static void check_clean(void)
{
	autoptr(table) table = table_new(headings);

	row_add(table, "\033[2Jx\ny", 1, "\xff");
	g_autofree char *text = print(table, 0, false, 0);
	g_assert_null(strchr(text, '\033'));
	g_assert_nonnull(strstr(text, "?[2Jx y"));
	g_assert_true(g_utf8_validate(text, -1, NULL));
}

static void check_colour(void)
{
	autoptr(table) table = table_new(headings);

	row_add(table, "a", 1, "b");
	g_autofree char *text = print(table, 0, true, 0);
	g_assert_nonnull(strstr(text, "\033[32m1\033[0m"));
	g_assert_nonnull(strstr(text, "\033[1mNAME\033[0m"));
}

static void check_ages(void)
{
	static const struct {
		int64_t span_ms;
		const char *text;
	} rows[] = {
		{ -5, "0s" },        { 0, "0s" },         { 999, "0s" },         { 59999, "59s" },
		{ 60000, "1m" },     { 192000, "3m12s" }, { 3600000, "1h" },     { 3659000, "1h" },
		{ 7500000, "2h5m" }, { 86400000, "1d" },  { 273600000, "3d4h" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = age_text(rows[i].span_ms);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
	g_autofree char *due = age_until(5, 5);
	g_assert_cmpstr(due, ==, "now");
	g_autofree char *soon = age_until(6, 5);
	g_assert_cmpstr(soon, ==, "in 1s");
}

/* What was written to a stream that is no terminal, when @step_ms pass between sayings. */
static char *progress_written(int64_t step_ms)
{
	char *text = NULL;
	size_t len = 0;
	FILE *stream = tmpfile();
	autoptr(progress) progress = progress_start(stream, 0);

	progress_say(progress, "one", step_ms);
	progress_say(progress, "two", step_ms + 1);
	progress_say(progress, "two", 2 * step_ms + 1);
	progress_say(progress, "three", 3 * step_ms + 1);
	rewind(stream);
	text = g_malloc0(100);
	len = fread(text, 1, 99, stream);
	g_assert_cmpuint(len, <, 99);
	g_clear_pointer(&progress, progress_stop);
	fclose(stream);
	return text;
}

static void check_progress(void)
{
	g_autofree char *slow = progress_written(1000);
	g_assert_cmpstr(slow, ==, "one\ntwo\nthree\n");
	g_autofree char *quick = progress_written(10);
	g_assert_cmpstr(quick, ==, "");
}

static void check_no_colour(void)
{
	FILE *stream = tmpfile();

	g_assert_false(terminal_has_colour(stream));
	g_assert_false(terminal_can_redraw(stream));
	g_assert_cmpuint(terminal_width(stream), ==, 0);
	fclose(stream);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/output/table/columns", check_columns);
	g_test_add_func("/output/table/cut", check_cut);
	g_test_add_func("/output/table/clean", check_clean);
	g_test_add_func("/output/table/colour", check_colour);
	g_test_add_func("/output/age", check_ages);
	g_test_add_func("/output/progress", check_progress);
	g_test_add_func("/output/terminal/no-colour", check_no_colour);
	return g_test_run();
}
