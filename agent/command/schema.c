/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster schema - the JSON Schema of manifests, for editors and checks elsewhere. */
#include "reconcile/manifest/schema.h"
#include "agent/command/commands.h"

#include <stdio.h>

static enum exit_code schema_run(const struct arguments *arguments G_GNUC_UNUSED)
{
	g_autofree char *json = schema_to_json();

	fputs(json, stdout);
	fputs(g_str_has_suffix(json, "\n") ? "" : "\n", stdout);
	return EXIT_CODE_GOOD;
}

const struct command command_schema = {
	.name = "schema",
	.help = "print the JSON Schema of manifests",
	.has_output = true,
	.more = "Either output is the same JSON (draft 2020-12). An editor with a YAML language\n"
		"server completes and checks by it when a manifest begins with\n\n"
		"    # yaml-language-server: $schema=muster.schema.json\n\n"
		"beside a file made by: muster schema > muster.schema.json",
	.run = schema_run,
};
