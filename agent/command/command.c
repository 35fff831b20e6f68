/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first argument chooses the row; the row's options read the rest. */
#include "agent/command/command.h"

#include "agent/command/commands.h"
#include "agent/command/help.h"
#include "agent/output/terminal.h"
#include "reconcile/model/finding.h"

#include <stdio.h>

const struct command *const commands[] = {
	&command_agent,
	&command_validate,
	&command_plan,
	&command_apply,
	&command_status,
	&command_events,
	&command_explain,
	&command_schema,
	&command_version,
	&command_completion,
	&command_manual,
	&command_words,
	NULL,
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (g_str_equal(commands[i]->name, name))
			return commands[i];
	return NULL;
}

enum exit_code command_failed(const GError *error)
{
	g_autofree char *text = terminal_clean(error->message);

	fprintf(stderr, "muster: %s\n", text);
	return EXIT_CODE_FAILED;
}

static const char *command_nearest(const char *name)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (size_t i = 0; commands[i] != NULL; i++)
		if (!commands[i]->is_hidden)
			g_ptr_array_add(names, (char *)commands[i]->name);
	g_ptr_array_add(names, NULL);
	return finding_nearest(name, (const char *const *)names->pdata);
}

static int command_unknown(const char *name)
{
	g_autofree char *clean = terminal_clean(name);
	const char *nearest = command_nearest(name);
	const char *what = *name == '-' ? "option" : "command";

	if (nearest != NULL) {
		fprintf(stderr, "muster: unknown %s \"%s\"; did you mean \"%s\"?\n", what, clean,
		        nearest);
	} else {
		fprintf(stderr, "muster: unknown %s \"%s\" (see muster --help)\n", what, clean);
	}
	return EXIT_CODE_USAGE;
}

static int command_run(const struct command *command, int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	autoptr(arguments) arguments = arguments_parse(command, argc, argv, &error);

	if (arguments == NULL) {
		command_failed(error);
		return EXIT_CODE_USAGE;
	}
	if (arguments_has(arguments, "help")) {
		help_print_command(command, stdout);
		return EXIT_CODE_GOOD;
	}
	return (int)command->run(arguments);
}

/* A full disk or a closed pipe must not look like success. */
static int output_flush(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	fputs("muster: cannot write to standard output\n", stderr);
	return EXIT_CODE_FAILED;
}

int command_main(int argc, char **argv)
{
	const char *name = argc < 2 ? NULL : argv[1];

	if (name == NULL) {
		help_print(stderr);
		return EXIT_CODE_USAGE;
	}
	if (g_str_equal(name, "--help") || g_str_equal(name, "-h") || g_str_equal(name, "help")) {
		const struct command *asked = argc > 2 ? command_find(argv[2]) : NULL;
		if (asked != NULL)
			help_print_command(asked, stdout);
		else
			help_print(stdout);
		return output_flush(EXIT_CODE_GOOD);
	}
	const struct command *command =
		command_find(g_str_equal(name, "--version") ? "version" : name);
	return command == NULL ? command_unknown(name)
	                       : output_flush(command_run(command, argc - 1, argv + 1));
}
