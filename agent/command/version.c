/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster version - which build this is. */
#include "agent/command/commands.h"
#include "agent/command/document.h"

#include <stdio.h>

static enum exit_code version_run(const struct arguments *arguments)
{
	if (arguments_want_json(arguments)) {
		document_print(
			json_pack("{s:s, s:s}", "name", PACKAGE_NAME, "version", PACKAGE_VERSION));
	} else {
		puts(PACKAGE_NAME " " PACKAGE_VERSION);
	}
	return EXIT_CODE_GOOD;
}

const struct command command_version = {
	.name = "version",
	.help = "print the version",
	.has_output = true,
	.run = version_run,
};
