/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option - the rows that say which options a subcommand takes, and a command line read by them.
 *
 * One table serves the parser, --help, the completion and the manual; so they agree. */
#pragma once

#include "reconcile/model/auto.h"

#include <stdbool.h>
#include <stdint.h>

enum option_kind {
	OPTION_FLAG,     /* takes no value */
	OPTION_TEXT,     /* any text */
	OPTION_DIR,      /* a directory */
	OPTION_FILE,     /* a file */
	OPTION_NUMBER,   /* a whole number from 0 to a million */
	OPTION_DURATION, /* "30s", "5m" */
	OPTION_CHOICE,   /* one of the words of its value column, as in "text|json" */
};

/* One row; a table ends with a row whose name is NULL. */
struct option_row {
	const char *name; /* without the dashes */
	char letter;      /* the short form; 0: none */
	enum option_kind kind;
	const char *value; /* what stands for the value in help; the words of a choice */
	const char *help;  /* one line */
};

struct command;

/* A command line that fits its rows. */
struct arguments {
	const struct command *command;
	GHashTable *values;  /* option's name → text; a flag has "" */
	GPtrArray *operands; /* char *, as many as the command takes */
};

/* The options that every command takes: --help; and those of commands that print data. */
extern const struct option_row options_of_all[];
extern const struct option_row options_of_output[];

/* Reads @argv (from the command's name on) by the rows of @command. FAULT_INVALID says what is
 * wrong, with the nearest known word. --help anywhere wins over all errors. */
struct arguments *arguments_parse(const struct command *command, int argc, char **argv,
                                  GError **error);
void arguments_free(struct arguments *arguments);

/* Whether the option was given. */
bool arguments_has(const struct arguments *arguments, const char *name);
/* Its value, borrowed; NULL where it was not given. */
const char *arguments_text(const struct arguments *arguments, const char *name);
/* Its value as a number or, for a duration, as milliseconds; @fallback where it was not given. */
int64_t arguments_number(const struct arguments *arguments, const char *name, int64_t fallback);
/* Operand @i from 0, borrowed; NULL where it was not given. */
const char *arguments_operand(const struct arguments *arguments, unsigned i);
/* Whether --output json was given. */
bool arguments_want_json(const struct arguments *arguments);
/* Calls @each for every row that @command takes, the common ones last. */
void options_each(const struct command *command,
                  void (*each)(const struct option_row *row, void *data), void *data);

AUTO_DEFINE(arguments, arguments_free);
