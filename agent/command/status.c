/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster status - what is there, what is wrong and what is waited for. */
#include "agent/command/client.h"
#include "agent/command/commands.h"
#include "agent/command/document.h"
#include "agent/command/paths.h"
#include "agent/command/status_print.h"
#include "agent/command/status_store.h"
#include "agent/output/screen.h"
#include "agent/output/terminal.h"
#include "reconcile/model/fault.h"

#include <stdio.h>

enum {
	REDRAW_MS = 1000,
};

/* What is asked for, once or again and again. */
struct question {
	const char *state_dir;
	const char *deployment; /* NULL: all */
	bool with_members;
	bool is_json;
};

/* The members of the next page, put behind those of @status. */
static void page_join(json_t *status, json_t *page)
{
	json_t *deployments = json_object_get(status, "deployments");
	json_t *more = json_object_get(page, "deployments");

	for (size_t i = 0; i < json_array_size(deployments) && i < json_array_size(more); i++) {
		json_t *members = json_object_get(json_array_get(deployments, i), "members");
		json_array_extend(members, json_object_get(json_array_get(more, i), "members"));
	}
	json_object_set(status, "next", json_object_get(page, "next"));
}

static json_t *page_get(struct client *client, const struct question *question, const char *after,
                        GError **error)
{
	const char *members = question->with_members ? "1" : NULL;
	g_autofree char *path =
		client_path("/v1/status", "deployment", question->deployment, "members", members,
	                    "limit", members == NULL ? NULL : "10000", "after", after, NULL);

	return client_get(client, path, error);
}

static json_t *status_get(struct client *client, const struct question *question, GError **error)
{
	json_t *status = page_get(client, question, NULL, error);
	const char *next = document_text(status, "next", NULL);

	while (next != NULL) {
		json_t *page = page_get(client, question, next, error);
		if (page == NULL) {
			json_decref(status);
			return NULL;
		}
		page_join(status, page);
		json_decref(page);
		next = document_text(status, "next", NULL);
	}
	return status;
}

/* From the agent, else from what it left. */
static json_t *status_ask(const struct question *question, GError **error)
{
	g_autoptr(GError) first = NULL;
	autoptr(client) client = client_open(question->state_dir, &first);
	json_t *status = client == NULL ? NULL : status_get(client, question, &first);

	if (status == NULL && client != NULL && client_is_alone(client)) {
		return status_from_store(question->state_dir, question->deployment,
		                         question->with_members, error);
	}
	if (status == NULL)
		g_propagate_error(error, g_steal_pointer(&first));
	return status;
}

static char *status_text(const json_t *status)
{
	struct status_options options = { terminal_has_colour(stdout), terminal_width(stdout) };
	GString *text = g_string_new(NULL);

	status_print(status, &options, text);
	return g_string_free(text, FALSE);
}

static enum exit_code status_show(const struct question *question)
{
	g_autoptr(GError) error = NULL;
	json_t *status = status_ask(question, &error);

	if (status == NULL)
		return command_failed(error);
	if (question->is_json) {
		document_print(status);
		return EXIT_CODE_GOOD;
	}
	g_autofree char *text = status_text(status);
	fputs(text, stdout);
	json_decref(status);
	return EXIT_CODE_GOOD;
}

static enum exit_code status_watch(const struct question *question)
{
	bool can_redraw = terminal_can_redraw(stdout);

	if (can_redraw)
		screen_begin();
	for (;;) {
		g_autoptr(GError) error = NULL;
		json_t *status = status_ask(question, &error);
		g_autofree char *text = status != NULL
		                                ? status_text(status)
		                                : g_strdup_printf("muster: %s\n", error->message);

		json_decref(status);
		/* What is wrong comes first, so what has no room is left out at the end. */
		if (can_redraw)
			screen_draw(text);
		else
			printf("%s\n", text);
		if (fflush(stdout) != 0)
			return EXIT_CODE_FAILED;
		screen_wait(REDRAW_MS);
	}
}

static enum exit_code status_run(const struct arguments *arguments)
{
	g_autofree char *state_dir = paths_state(arguments);
	const char *deployment = arguments_operand(arguments, 0);
	struct question question = {
		.state_dir = state_dir,
		.deployment = deployment,
		.with_members = deployment != NULL || arguments_has(arguments, "verbose"),
		.is_json = arguments_want_json(arguments),
	};

	if (arguments_has(arguments, "watch") && question.is_json) {
		fputs("muster: --watch draws tables; for JSON as it changes, follow the events\n",
		      stderr);
		return EXIT_CODE_USAGE;
	}
	return arguments_has(arguments, "watch") ? status_watch(&question) : status_show(&question);
}

static const struct option_row status_options[] = {
	PATHS_STATE_ROW,
	{ "verbose", 'v', OPTION_FLAG, NULL, "show every member" },
	{ "watch", 'w', OPTION_FLAG, NULL, "draw it again each second, until Ctrl-C" },
	{ 0 },
};

const struct command command_status = {
	.name = "status",
	.help = "show deployments, clouds and members, what is wrong first",
	.operands = "[DEPLOYMENT]",
	.operands_max = 1,
	.options = status_options,
	.has_output = true,
	.more = "With a deployment named, its members are shown too. Where no agent runs, it\n"
		"shows what the last one knew.",
	.run = status_run,
};
