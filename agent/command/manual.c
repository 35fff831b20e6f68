/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster manual - roff for the build: what the rows know of muster(1), and muster.yaml(5). */
#include "agent/command/commands.h"
#include "agent/command/help.h"
#include "reconcile/manifest/schema.h"

static enum exit_code manual_run(const struct arguments *arguments)
{
	if (g_str_equal(arguments_operand(arguments, 0), "commands")) {
		help_print_manual(stdout);
		return EXIT_CODE_GOOD;
	}
	g_autofree char *man = schema_to_man();
	fputs(man, stdout);
	return EXIT_CODE_GOOD;
}

const struct command command_manual = {
	.name = "manual",
	.help = "print parts of the manual as roff",
	.operands = "commands|manifests",
	.operands_min = 1,
	.operands_max = 1,
	.is_hidden = true,
	.run = manual_run,
};
