/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster explain - what a field of a manifest means. */
#include "agent/command/commands.h"
#include "agent/command/document.h"
#include "reconcile/manifest/schema.h"

#include <stdio.h>

static json_t *children_to_json(const char *path)
{
	g_auto(GStrv) children = schema_children(path);
	json_t *array = json_array();

	for (size_t i = 0; children != NULL && children[i] != NULL; i++)
		json_array_append_new(array, json_string(children[i]));
	return array;
}

static enum exit_code explain_run(const struct arguments *arguments)
{
	const char *operand = arguments_operand(arguments, 0);
	const char *path = operand == NULL ? "" : operand;
	g_autoptr(GError) error = NULL;
	g_autofree char *text = schema_explain(path, &error);

	if (text == NULL)
		return command_failed(error);
	if (arguments_want_json(arguments)) {
		document_print(json_pack("{s:s, s:s, s:o}", "path", path, "text", text, "children",
		                         children_to_json(path)));
	} else {
		fputs(text, stdout);
	}
	return EXIT_CODE_GOOD;
}

const struct command command_explain = {
	.name = "explain",
	.help = "say what a field of a manifest means",
	.operands = "[PATH]",
	.operands_max = 1,
	.has_output = true,
	.more = "PATH is written with dots; without one, the kinds are listed:\n\n"
		"    muster explain deployment.spec.components.ready",
	.run = explain_run,
};
