/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One row for each subcommand; the first argument chooses the row.
 */
#include "agent/command/command.h"

#include <glib.h>
#include <stdio.h>

struct command {
	const char *name;
	const char *help;
	int (*run)(int argc, char **argv);
};

static int run_version(int argc G_GNUC_UNUSED, char **argv G_GNUC_UNUSED)
{
	puts(PACKAGE_NAME " " PACKAGE_VERSION);
	return EXIT_CODE_GOOD;
}

static const struct command commands[] = {
	{ "version", "print the version", run_version },
};

static void usage_print(FILE *stream)
{
	fputs("usage: muster COMMAND [OPTION...]\n\n", stream);
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		fprintf(stream, "  %-12s %s\n", commands[i].name, commands[i].help);
	}
}

int command_main(int argc, char **argv)
{
	if (argc < 2) {
		usage_print(stderr);
		return EXIT_CODE_USAGE;
	}
	if (g_str_equal(argv[1], "--help")) {
		usage_print(stdout);
		return EXIT_CODE_GOOD;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (g_str_equal(argv[1], commands[i].name)) {
			return commands[i].run(argc - 1, argv + 1);
		}
	}
	fprintf(stderr, "muster: no command \"%s\"; try muster --help\n", argv[1]);
	return EXIT_CODE_USAGE;
}
