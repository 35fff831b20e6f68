/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster completion - a script for the shell, made from the rows of commands and options. */
#include "agent/command/commands.h"
#include "agent/command/document.h"
#include "reconcile/model/fault.h"

#include <stdio.h>
#include <string.h>

static const char script_head[] =
	"# bash completion of muster; made by \"muster completion bash\"\n"
	"_muster() {\n"
	"\tlocal word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]} "
	"command=${COMP_WORDS[1]}\n"
	"\tCOMPREPLY=()\n";

static const char script_tail[] =
	"\tif [[ $word == -* ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
	"\telif [[ $operands == FILE ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -f -- \"$word\"))\n"
	"\t\tcompopt -o filenames\n"
	"\telif [[ $operands == words ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -W \"$(muster words \"$command\" \"$word\" 2>/dev/null)\" "
	"-- \"$word\"))\n"
	"\t\t[[ $command == explain ]] && compopt -o nospace\n"
	"\tfi\n"
	"} &&\n"
	"\tcomplete -F _muster muster\n";

static void option_append(const struct option_row *row, void *data)
{
	g_string_append_printf(data, " --%s", row->name);
}

/* How the value after an option is completed; the same whichever command it belongs to. */
static void value_append(const struct option_row *row, void *data)
{
	const char *how = "";
	g_autofree char *words = NULL;

	if (row->kind == OPTION_DIR) {
		how = "-d";
	} else if (row->kind == OPTION_FILE) {
		how = "-f";
	} else if (row->kind == OPTION_CHOICE) {
		g_autofree char *spaced = g_strdelimit(g_strdup(row->value), "|", ' ');
		words = g_strdup_printf("-W \"%s\"", spaced);
		how = words;
	} else {
		return;
	}
	g_string_append_printf(data,
	                       "\t\t--%s) COMPREPLY=($(compgen %s -- \"$word\")); return ;;\n",
	                       row->name, how);
}

static const char *operands_word(const struct command *command)
{
	if (command->operands == NULL)
		return "";
	return strstr(command->operands, "FILE") != NULL ? "FILE" : "words";
}

static void command_append(GString *out, const struct command *command)
{
	g_autoptr(GString) options = g_string_new(NULL);

	options_each(command, option_append, options);
	g_string_append_printf(out, "\t%s)\n\t\tcase $last in\n", command->name);
	options_each(command, value_append, out);
	g_string_append_printf(out, "\t\tesac\n\t\tlocal options=\"%s\" operands=%s ;;\n",
	                       options->str + 1, operands_word(command));
}

static char *completion_script(void)
{
	GString *out = g_string_new(script_head);
	g_autoptr(GString) names = g_string_new(NULL);
	g_autoptr(GString) cases = g_string_new(NULL);

	for (size_t i = 0; commands[i] != NULL; i++) {
		if (!commands[i]->is_hidden) {
			g_string_append_printf(names, "%s ", commands[i]->name);
			command_append(cases, commands[i]);
		}
	}
	g_string_append_printf(out,
	                       "\tif ((COMP_CWORD == 1)); then\n"
	                       "\t\tCOMPREPLY=($(compgen -W \"%s--help --version\" -- \"$word\"))\n"
	                       "\t\treturn\n\tfi\n\tcase $command in\n%s\tesac\n%s",
	                       names->str, cases->str, script_tail);
	return g_string_free(out, FALSE);
}

static enum exit_code completion_run(const struct arguments *arguments)
{
	if (!g_str_equal(arguments_operand(arguments, 0), "bash")) {
		fprintf(stderr, "muster: no completion for \"%s\"; \"bash\" is known\n",
		        arguments_operand(arguments, 0));
		return EXIT_CODE_USAGE;
	}
	g_autofree char *script = completion_script();
	if (arguments_want_json(arguments))
		document_print(json_pack("{s:s, s:s}", "shell", "bash", "script", script));
	else
		fputs(script, stdout);
	return EXIT_CODE_GOOD;
}

const struct command command_completion = {
	.name = "completion",
	.help = "print a completion script for the shell",
	.operands = "bash",
	.operands_min = 1,
	.operands_max = 1,
	.has_output = true,
	.more = "For the current shell:\n\n    source <(muster completion bash)",
	.run = completion_run,
};
