/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GNU's habits without their surprises: options may follow operands, "--" ends them, a value
 * stands after "=" or in the next word; but a long name is never abbreviated, so that an option
 * which comes later cannot change what a script means. */
#include "agent/command/option.h"

#include "agent/command/command.h"
#include "reconcile/model/fault.h"
#include "reconcile/model/finding.h"
#include "reconcile/model/quantity.h"

#include <string.h>

enum {
	NUMBER_MAX = 1000000,
};

const struct option_row options_of_all[] = {
	{ "help", 'h', OPTION_FLAG, NULL, "print this help" },
	{ 0 },
};

const struct option_row options_of_output[] = {
	{ "output", 'o', OPTION_CHOICE, "text|json", "how to print the result" },
	{ 0 },
};

/* What is being read. */
struct reading {
	struct arguments *arguments;
	char **words; /* the rest of argv, NULL-terminated */
};

typedef void (*row_each)(const struct option_row *row, void *data);

static void rows_each(const struct option_row *rows, row_each each, void *data)
{
	for (; rows != NULL && rows->name != NULL; rows++)
		each(rows, data);
}

void options_each(const struct command *command, row_each each, void *data)
{
	rows_each(command->options, each, data);
	if (command->has_output)
		rows_each(options_of_output, each, data);
	rows_each(options_of_all, each, data);
}

struct search {
	const char *name; /* NULL: by letter */
	char letter;
	const struct option_row *found;
	GPtrArray *names; /* all that are known, with their dashes */
};

static void row_match(const struct option_row *row, void *data)
{
	struct search *search = data;

	if (search->name != NULL ? g_str_equal(row->name, search->name)
	                         : row->letter == search->letter)
		search->found = row;
	if (search->names != NULL)
		g_ptr_array_add(search->names, g_strconcat("--", row->name, NULL));
}

static bool usage_fails(const struct command *command, GError **error, char *own_text)
{
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "%s (see muster %s --help)", own_text,
	            command->name);
	g_free(own_text);
	return false;
}

static bool option_unknown(const struct command *command, const char *word, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	struct search search = { .name = word, .names = names };

	options_each(command, row_match, &search);
	g_ptr_array_add(names, NULL);
	const char *nearest = finding_nearest(word, (const char *const *)names->pdata);
	g_autofree char *hint =
		nearest == NULL ? g_strdup("") : g_strdup_printf("; did you mean \"%s\"?", nearest);
	return usage_fails(command, error, g_strdup_printf("unknown option \"%s\"%s", word, hint));
}

static bool choice_check(const struct option_row *row, const char *value)
{
	g_auto(GStrv) words = g_strsplit(row->value, "|", -1);

	return g_strv_contains((const char *const *)words, value);
}

static bool value_check(const struct option_row *row, const char *value)
{
	int64_t ms;
	guint64 number;

	switch (row->kind) {
	case OPTION_NUMBER:
		return g_ascii_string_to_unsigned(value, 10, 0, NUMBER_MAX, &number, NULL);
	case OPTION_DURATION:
		return quantity_parse_duration(value, &ms, NULL);
	case OPTION_CHOICE:
		return choice_check(row, value);
	case OPTION_TEXT:
	case OPTION_DIR:
	case OPTION_FILE:
		return *value != '\0';
	case OPTION_FLAG:
		return true;
	}
	g_assert_not_reached();
}

static const char *const kind_words[] = {
	[OPTION_FLAG] = "nothing",
	[OPTION_TEXT] = "a text that is not empty",
	[OPTION_DIR] = "a directory",
	[OPTION_FILE] = "a file",
	[OPTION_NUMBER] = "a whole number up to 1000000",
	[OPTION_DURATION] = "a duration as in \"30s\" or \"5m\"",
	[OPTION_CHOICE] = "one of ",
};

/* Sets @row's value; @value NULL: it is missing. */
static bool value_set(struct reading *reading, const struct option_row *row, const char *value,
                      GError **error)
{
	const char *words = row->kind == OPTION_CHOICE ? row->value : "";

	if (value == NULL) {
		return usage_fails(reading->arguments->command, error,
		                   g_strdup_printf("option \"--%s\" takes %s%s", row->name,
		                                   kind_words[row->kind], words));
	}
	if (!value_check(row, value)) {
		return usage_fails(reading->arguments->command, error,
		                   g_strdup_printf("option \"--%s\" takes %s%s, not \"%s\"",
		                                   row->name, kind_words[row->kind], words, value));
	}
	g_hash_table_replace(reading->arguments->values, (char *)row->name, g_strdup(value));
	return true;
}

static const char *next_word(struct reading *reading)
{
	return *reading->words == NULL ? NULL : *reading->words++;
}

/* "--name", "--name=value", "--name value". */
static bool long_read(struct reading *reading, const char *word, GError **error)
{
	const struct command *command = reading->arguments->command;
	const char *equals = strchr(word, '=');
	g_autofree char *name = equals == NULL ? g_strdup(word + 2)
	                                       : g_strndup(word + 2, (size_t)(equals - word - 2));
	g_autofree char *full = g_strconcat("--", name, NULL);
	struct search search = { .name = name };

	options_each(command, row_match, &search);
	if (search.found == NULL)
		return option_unknown(command, full, error);
	if (search.found->kind == OPTION_FLAG && equals != NULL) {
		return usage_fails(command, error,
		                   g_strdup_printf("option \"%s\" takes no value", full));
	}
	if (search.found->kind == OPTION_FLAG)
		return value_set(reading, search.found, "", error);
	return value_set(reading, search.found, equals != NULL ? equals + 1 : next_word(reading),
	                 error);
}

/* "-v", "-vw", "-n5", "-n 5". */
static bool short_read(struct reading *reading, const char *word, GError **error)
{
	for (const char *at = word + 1; *at != '\0'; at++) {
		struct search search = { .letter = *at };

		options_each(reading->arguments->command, row_match, &search);
		if (search.found == NULL)
			return option_unknown(reading->arguments->command, word, error);
		if (search.found->kind != OPTION_FLAG) {
			return value_set(reading, search.found,
			                 at[1] != '\0' ? at + 1 : next_word(reading), error);
		}
		if (!value_set(reading, search.found, "", error))
			return false;
	}
	return true;
}

static bool words_read(struct reading *reading, GError **error)
{
	bool has_ended = false;

	for (const char *word = next_word(reading); word != NULL; word = next_word(reading)) {
		bool is_good = true;

		if (!has_ended && g_str_equal(word, "--"))
			has_ended = true;
		else if (!has_ended && g_str_has_prefix(word, "--"))
			is_good = long_read(reading, word, error);
		else if (!has_ended && word[0] == '-' && word[1] != '\0')
			is_good = short_read(reading, word, error);
		else
			g_ptr_array_add(reading->arguments->operands, g_strdup(word));
		if (!is_good)
			return false;
	}
	return true;
}

static bool operands_check(const struct arguments *arguments, GError **error)
{
	const struct command *command = arguments->command;
	unsigned len = arguments->operands->len;

	if (len > command->operands_max) {
		const char *extra = g_ptr_array_index(arguments->operands, command->operands_max);
		return usage_fails(command, error, g_strdup_printf("\"%s\" is too much", extra));
	}
	if (len < command->operands_min) {
		return usage_fails(command, error,
		                   g_strdup_printf("%s is missing", command->operands));
	}
	return true;
}

/* Somebody who asks for help gets it, whatever else the line says. */
static bool words_ask_help(char **words)
{
	for (; *words != NULL && !g_str_equal(*words, "--"); words++)
		if (g_str_equal(*words, "--help") || g_str_equal(*words, "-h"))
			return true;
	return false;
}

struct arguments *arguments_parse(const struct command *command, int argc, char **argv,
                                  GError **error)
{
	autoptr(arguments) arguments = g_new0(struct arguments, 1);
	struct reading reading = { arguments, argv + MIN(argc, 1) };

	arguments->command = command;
	arguments->values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	arguments->operands = g_ptr_array_new_with_free_func(g_free);
	if (words_ask_help(reading.words)) {
		g_hash_table_replace(arguments->values, (char *)"help", g_strdup(""));
		return g_steal_pointer(&arguments);
	}
	if (!words_read(&reading, error) || !operands_check(arguments, error))
		return NULL;
	return g_steal_pointer(&arguments);
}

void arguments_free(struct arguments *arguments)
{
	if (arguments == NULL)
		return;
	g_hash_table_unref(arguments->values);
	g_ptr_array_unref(arguments->operands);
	g_free(arguments);
}

bool arguments_has(const struct arguments *arguments, const char *name)
{
	return g_hash_table_contains(arguments->values, name);
}

const char *arguments_text(const struct arguments *arguments, const char *name)
{
	return g_hash_table_lookup(arguments->values, name);
}

int64_t arguments_number(const struct arguments *arguments, const char *name, int64_t fallback)
{
	const char *text = arguments_text(arguments, name);
	int64_t ms;

	if (text == NULL)
		return fallback;
	return quantity_parse_duration(text, &ms, NULL) ? ms : g_ascii_strtoll(text, NULL, 10);
}

const char *arguments_operand(const struct arguments *arguments, unsigned i)
{
	return i < arguments->operands->len ? g_ptr_array_index(arguments->operands, i) : NULL;
}

bool arguments_want_json(const struct arguments *arguments)
{
	return g_strcmp0(arguments_text(arguments, "output"), "json") == 0;
}
