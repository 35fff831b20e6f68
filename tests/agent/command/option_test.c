/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines read by rows: what they mean, and what is said of those that make no sense. */
#include "agent/command/option.h"

#include "agent/command/command.h"
#include "reconcile/model/fault.h"

#include <string.h>

static const struct option_row rows[] = {
	{ "state", 's', OPTION_DIR, "DIR", "a directory" },
	{ "watch", 'w', OPTION_FLAG, NULL, "a flag" },
	{ "verbose", 'v', OPTION_FLAG, NULL, "another" },
	{ "limit", 'n', OPTION_NUMBER, "N", "a number" },
	{ "timeout", 0, OPTION_DURATION, "TIME", "a duration" },
	{ 0 },
};

static const struct command command = {
	.name = "look",
	.operands = "THING [OTHER]",
	.operands_min = 1,
	.operands_max = 2,
	.options = rows,
	.has_output = true,
};

struct good_case {
	const char *line;
	const char *options; /* "name=value …" as they were understood, in the order of rows */
	const char *operands;
};

static const struct good_case good_cases[] = {
	{ "look a", "", "a" },
	{ "look a b", "", "a b" },
	{ "look --state=x a", "state=x", "a" },
	{ "look --state x a", "state=x", "a" },
	{ "look -s x a", "state=x", "a" },
	{ "look -sx a", "state=x", "a" },
	{ "look a -vw", "watch= verbose=", "a" },
	{ "look a -vn5", "verbose= limit=5", "a" },
	{ "look a -n 5 -n 6", "limit=6", "a" },
	{ "look --timeout 1m30s a", "timeout=1m30s", "a" },
	{ "look -o json a", "output=json", "a" },
	{ "look --state=a=b a", "state=a=b", "a" },
	{ "look -- -v --help", "", "-v --help" },
	{ "look - a", "", "- a" },
	{ "look --nonsense --help", "help=", "" },
	{ "look -h", "help=", "" },
};

struct bad_case {
	const char *line;
	const char *text;
};

static const struct bad_case bad_cases[] = {
	{ "look", "THING [OTHER] is missing" },
	{ "look a b c", "\"c\" is too much" },
	{ "look a --stat x", "unknown option \"--stat\"; did you mean \"--state\"?" },
	{ "look a --wach", "did you mean \"--watch\"?" },
	{ "look a --xyzzy", "unknown option \"--xyzzy\" (see muster look --help)" },
	{ "look a -x", "unknown option \"-x\"" },
	{ "look a -vx", "unknown option \"-vx\"" },
	{ "look a --state", "option \"--state\" takes a directory (" },
	{ "look a -s", "option \"--state\" takes a directory (" },
	{ "look a --state=", "takes a directory, not \"\"" },
	{ "look a --watch=yes", "option \"--watch\" takes no value" },
	{ "look a -n x", "takes a whole number up to 1000000, not \"x\"" },
	{ "look a -n -1", "not \"-1\"" },
	{ "look a -n 1000001", "not \"1000001\"" },
	{ "look a --timeout 5", "takes a duration as in \"30s\" or \"5m\", not \"5\"" },
	{ "look a -o yaml", "takes one of text|json, not \"yaml\"" },
};

static struct arguments *parse(const char *line, GError **error)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);

	return arguments_parse(&command, (int)g_strv_length(words), words, error);
}

struct describing {
	const struct arguments *arguments;
	GString *text;
};

static void row_describe(const struct option_row *row, void *data)
{
	struct describing *describing = data;

	if (arguments_has(describing->arguments, row->name)) {
		g_string_append_printf(describing->text, "%s%s=%s",
		                       describing->text->len == 0 ? "" : " ", row->name,
		                       arguments_text(describing->arguments, row->name));
	}
}

static void check_good(const void *data)
{
	const struct good_case *row = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) options = g_string_new(NULL), operands = g_string_new(NULL);
	autoptr(arguments) arguments = parse(row->line, &error);

	g_assert_no_error(error);
	struct describing describing = { arguments, options };
	options_each(&command, row_describe, &describing);
	for (unsigned i = 0; arguments_operand(arguments, i) != NULL; i++) {
		g_string_append_printf(operands, "%s%s", i == 0 ? "" : " ",
		                       arguments_operand(arguments, i));
	}
	g_assert_cmpstr(options->str, ==, row->options);
	g_assert_cmpstr(operands->str, ==, row->operands);
}

static void check_bad(const void *data)
{
	const struct bad_case *row = data;
	g_autoptr(GError) error = NULL;

	g_assert_null(parse(row->line, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_INVALID);
	if (strstr(error->message, row->text) == NULL) {
		g_test_message("%s: %s", row->line, error->message);
		g_test_fail();
	}
	g_assert_nonnull(strstr(error->message, "(see muster look --help)"));
}

static void check_numbers(void)
{
	autoptr(arguments) arguments = parse("look a -n 12 --timeout 90s", NULL);

	g_assert_cmpint(arguments_number(arguments, "limit", 7), ==, 12);
	g_assert_cmpint(arguments_number(arguments, "timeout", 7), ==, 90000);
	g_assert_cmpint(arguments_number(arguments, "state", 7), ==, 7);
	g_assert_false(arguments_want_json(arguments));
}

/* Rows of real commands that would contradict each other. */
static void check_commands(void)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		g_assert_nonnull(commands[i]->run);
		g_assert_cmpuint(commands[i]->operands_min, <=, commands[i]->operands_max);
		g_assert_true((commands[i]->operands == NULL) == (commands[i]->operands_max == 0));
		for (size_t j = 0; j < i; j++)
			g_assert_cmpstr(commands[i]->name, !=, commands[j]->name);
	}
}

static void add_cases(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(good_cases); i++) {
		g_autofree char *path = g_strdup_printf("/command/option/good/%zu", i);
		g_test_add_data_func(path, &good_cases[i], check_good);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad_cases); i++) {
		g_autofree char *path = g_strdup_printf("/command/option/bad/%zu", i);
		g_test_add_data_func(path, &bad_cases[i], check_bad);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add_cases();
	g_test_add_func("/command/option/numbers", check_numbers);
	g_test_add_func("/command/option/commands", check_commands);
	return g_test_run();
}
