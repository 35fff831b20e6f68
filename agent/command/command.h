/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command - the subcommands of muster, one row each, and what their exit codes mean. */
#pragma once

#include "agent/command/option.h"

enum exit_code {
	EXIT_CODE_GOOD = 0,
	EXIT_CODE_FAILED = 1,
	EXIT_CODE_USAGE = 2,
	EXIT_CODE_PENDING = 3, /* plan: changes are pending */
};

struct command {
	const char *name;
	const char *help;     /* one line */
	const char *operands; /* as in a usage line; NULL: none */
	unsigned operands_min, operands_max;
	const struct option_row *options; /* its own; NULL: none */
	bool has_output;                  /* --output text|json */
	bool is_hidden;                   /* for the build and for shells; not listed */
	const char *more;                 /* a paragraph or two, lines of at most 79; NULL: none */
	/* Returns the exit code of the process; has said what went wrong. */
	enum exit_code (*run)(const struct arguments *arguments);
};

/* All of them in the order of help, ended by NULL. */
extern const struct command *const commands[];

/* Runs the subcommand that argv names and returns the exit code of the process. */
int command_main(int argc, char **argv);
/* The command of that name, hidden ones too; NULL: none. */
const struct command *command_find(const char *name);

/* Says @error on standard error as one line, "muster: …", and gives EXIT_CODE_FAILED. */
enum exit_code command_failed(const GError *error);
