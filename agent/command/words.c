/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster words - what may stand where the cursor is, for the completion script. */
#include "agent/command/client.h"
#include "agent/command/commands.h"
#include "agent/command/document.h"
#include "agent/command/paths.h"
#include "reconcile/manifest/schema.h"

#include <stdio.h>
#include <string.h>

static void words_of_explain(const char *word)
{
	const char *dot = strrchr(word, '.');
	g_autofree char *parent = g_strndup(word, dot == NULL ? 0 : (size_t)(dot - word));
	g_auto(GStrv) children = schema_children(parent);

	for (size_t i = 0; children != NULL && children[i] != NULL; i++)
		printf("%s%s%s\n", parent, dot == NULL ? "" : ".", children[i]);
}

/* Where an agent runs; a completion that cannot know says nothing. */
static void words_of_status(const struct arguments *arguments, const char *kind)
{
	g_autofree char *state_dir = paths_state(arguments);
	autoptr(client) client = client_open(state_dir, NULL);
	json_t *status = client == NULL ? NULL : client_get(client, "/v1/status", NULL);
	json_t *thing;
	size_t i;

	json_array_foreach(json_object_get(status, kind), i, thing)
	{
		puts(document_text(thing, "name", ""));
	}
	json_decref(status);
}

static enum exit_code words_run(const struct arguments *arguments)
{
	const char *command = arguments_operand(arguments, 0);
	const char *word = arguments_operand(arguments, 1);

	if (g_str_equal(command, "explain")) {
		words_of_explain(word == NULL ? "" : word);
	} else if (g_str_equal(command, "status") || g_str_equal(command, "events")) {
		words_of_status(arguments, "deployments");
		if (g_str_equal(command, "events"))
			words_of_status(arguments, "clouds");
	} else if (g_str_equal(command, "completion")) {
		puts("bash");
	}
	return EXIT_CODE_GOOD;
}

const struct command command_words = {
	.name = "words",
	.help = "print what may follow, for completion",
	.operands = "COMMAND [WORD]",
	.operands_min = 1,
	.operands_max = 2,
	.is_hidden = true,
	.run = words_run,
};
