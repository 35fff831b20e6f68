/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The manual's roff uses no macro that mandoc or groff would read differently. */
#include "agent/command/help.h"

#include <string.h>

enum {
	COLUMN = 30, /* where the explanations of options begin */
};

void help_print(FILE *stream)
{
	fputs("usage: muster COMMAND [OPTION...]\n\n"
	      "Keeps the virtual machines of one or many clouds as committed manifests say.\n\n"
	      "Commands:\n",
	      stream);
	for (size_t i = 0; commands[i] != NULL; i++)
		if (!commands[i]->is_hidden)
			fprintf(stream, "  %-12s %s\n", commands[i]->name, commands[i]->help);
	fputs("\nmuster COMMAND --help says more; so do muster(1) and muster.yaml(5).\n", stream);
}

static void option_print(const struct option_row *row, void *data)
{
	g_autofree char *letter =
		row->letter == 0 ? g_strdup("    ") : g_strdup_printf("-%c, ", row->letter);
	g_autofree char *left =
		g_strconcat("  ", letter, "--", row->name, row->kind == OPTION_FLAG ? "" : " ",
	                    row->kind == OPTION_FLAG ? "" : row->value, NULL);

	if (strlen(left) >= COLUMN)
		fprintf(data, "%s\n%*s%s\n", left, COLUMN, "", row->help);
	else
		fprintf(data, "%-*s%s\n", COLUMN, left, row->help);
}

void help_print_command(const struct command *command, FILE *stream)
{
	fprintf(stream, "usage: muster %s [OPTION...]%s%s\n\n%c%s.\n", command->name,
	        command->operands == NULL ? "" : " ",
	        command->operands == NULL ? "" : command->operands,
	        g_ascii_toupper(command->help[0]), command->help + 1);
	if (command->more != NULL)
		fprintf(stream, "\n%s\n", command->more);
	fputs("\nOptions:\n", stream);
	options_each(command, option_print, stream);
}

/* Text between roff's own signs: "-" as a minus to copy, no control line by accident. */
static void roff_print(FILE *stream, const char *text)
{
	bool is_line_start = true;

	for (const char *at = text; *at != '\0'; at++) {
		if (is_line_start && (*at == '.' || *at == '\''))
			fputs("\\&", stream);
		is_line_start = *at == '\n';
		if (*at == '\\')
			fputs("\\e", stream);
		else if (*at == '-')
			fputs("\\-", stream);
		else
			fputc(*at, stream);
	}
}

static void option_print_manual(const struct option_row *row, void *data)
{
	fputs(".TP\n", data);
	if (row->letter != 0)
		fprintf(data, "\\fB\\-%c\\fR, ", row->letter);
	fputs("\\fB\\-\\-", data);
	roff_print(data, row->name);
	fputs("\\fR", data);
	if (row->kind != OPTION_FLAG)
		fprintf(data, " \\fI%s\\fR", row->value);
	fputc('\n', data);
	roff_print(data, row->help);
	fputs(".\n", data);
}

/* A line with a space in front is an example: it keeps its form. */
static void more_print_manual(FILE *stream, const char *more)
{
	g_auto(GStrv) lines = g_strsplit(more, "\n", -1);
	bool is_example = false;

	fputs(".PP\n", stream);
	for (size_t i = 0; lines[i] != NULL; i++) {
		if ((lines[i][0] == ' ') != is_example) {
			is_example = !is_example;
			fputs(is_example ? ".PP\n.nf\n" : ".fi\n", stream);
		}
		if (lines[i][0] == '\0') {
			fputs(lines[i + 1] != NULL && lines[i + 1][0] != ' ' ? ".PP\n" : "",
			      stream);
			continue;
		}
		roff_print(stream, lines[i]);
		fputc('\n', stream);
	}
	fputs(is_example ? ".fi\n" : "", stream);
}

void help_print_manual(FILE *stream)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct command *command = commands[i];

		if (command->is_hidden)
			continue;
		fprintf(stream, ".SS %s\n\\fBmuster %s\\fR [\\fIOPTION\\fR...]", command->name,
		        command->name);
		if (command->operands != NULL)
			fprintf(stream, " %s", command->operands);
		fprintf(stream, "\n.PP\n%c", g_ascii_toupper(command->help[0]));
		roff_print(stream, command->help + 1);
		fputs(".\n", stream);
		if (command->more != NULL)
			more_print_manual(stream, command->more);
		options_each(command, option_print_manual, stream);
	}
}
