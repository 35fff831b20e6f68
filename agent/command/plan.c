/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster plan - what would be done now, and what would not, without doing it. */
#include "agent/command/client.h"
#include "agent/command/commands.h"
#include "agent/command/document.h"
#include "agent/command/look.h"
#include "agent/command/paths.h"
#include "agent/output/terminal.h"
#include "reconcile/model/fault.h"
#include "reconcile/plan/explain.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	LOOK_MS = 60 * 1000, /* before a cloud that does not answer is planned without */
};

/* A late look is a plan all the same: its holds say which cloud did not answer. */
static enum exit_code plan_show(struct session *session, const struct arguments *arguments)
{
	struct daemon *daemon = session_daemon(session);
	autoptr(progress) progress = progress_start(stderr, g_get_monotonic_time() / 1000);
	struct session_run run = {
		.goal = SESSION_LOOK,
		.deadline_ms = arguments_number(arguments, "timeout", LOOK_MS),
		.progress = look_progress,
		.data = progress,
	};
	g_autoptr(GError) error = NULL;
	enum session_end end;

	look_warn(daemon);
	if (!session_run(session, &run, &end, &error))
		return command_failed(error);
	g_clear_pointer(&progress, progress_stop);
	if (end == SESSION_CANCELLED)
		return EXIT_CODE_FAILED;
	if (end == SESSION_LATE) {
		fputs("muster: not every cloud has answered in time; --timeout allows more\n",
		      stderr);
	}
	g_autoptr(GPtrArray) plans = look_plans(daemon);
	look_print(plans, arguments_want_json(arguments), daemon_now_ms(daemon));
	return explain_has_changes(plans) ? EXIT_CODE_PENDING : EXIT_CODE_GOOD;
}

static bool is_same_dir(const char *a, const char *b)
{
	char *real_a = realpath(a, NULL), *real_b = realpath(b, NULL);
	bool is_same = real_a != NULL && real_b != NULL && g_str_equal(real_a, real_b);

	free(real_a);
	free(real_b);
	return is_same;
}

/* An agent that works on the same manifests has looked already, and knows more: what is under way.
 * NULL: there is none. */
static struct client *agent_find(const struct daemon_options *options)
{
	autoptr(client) client = client_open(options->state_dir, NULL);
	json_t *status = client == NULL ? NULL : client_get(client, "/v1/status", NULL);
	const char *dir = document_text(json_object_get(status, "agent"), "manifests", NULL);
	bool is_it = dir != NULL &&
	             (options->manifests_dir == NULL || is_same_dir(options->manifests_dir, dir));

	json_decref(status);
	return is_it ? g_steal_pointer(&client) : NULL;
}

static char *plan_text_path(void)
{
	g_autofree char *width = g_strdup_printf("%u", terminal_width(stdout));

	return client_path("/v1/plan", "text", "1", "colour",
	                   terminal_has_colour(stdout) ? "1" : "0", "width", width, NULL);
}

static void findings_warn(struct client *client)
{
	json_t *answer = client_get(client, "/v1/findings", NULL);
	json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(answer, "findings"), i, finding)
	{
		g_autofree char *text = document_finding(finding);
		g_autofree char *clean = terminal_clean(text);
		fprintf(stderr, "%s\n", clean);
	}
	json_decref(answer);
}

static enum exit_code plan_of_agent(struct client *client, bool want_json)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = plan_text_path();
	g_autofree char *text = client_get_text(client, path, &error);
	json_t *plan = text == NULL ? NULL : client_get(client, "/v1/plan", &error);

	if (plan == NULL)
		return command_failed(error);
	bool has_changes = document_is(plan, "has_changes");
	findings_warn(client);
	if (want_json) {
		document_print(plan);
	} else {
		fputs(text, stdout);
		json_decref(plan);
	}
	return has_changes ? EXIT_CODE_PENDING : EXIT_CODE_GOOD;
}

static enum exit_code plan_alone(const struct daemon_options *options,
                                 const struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	autoptr(session) session = session_open(options, &error);

	return session == NULL ? command_failed(error) : plan_show(session, arguments);
}

static enum exit_code plan_run(const struct arguments *arguments)
{
	struct look_paths paths;
	struct daemon_options options;
	enum exit_code code;

	look_options(arguments, &paths, &options);
	options.command = "plan";
	options.memory = DAEMON_MEMORY_READ;
	options.is_observing = true;
	autoptr(client) client = agent_find(&options);
	if (client != NULL)
		code = plan_of_agent(client, arguments_want_json(arguments));
	else
		code = plan_alone(&options, arguments);
	look_paths_clear(&paths);
	return code;
}

static const struct option_row plan_options[] = {
	PATHS_MANIFESTS_ROW,
	PATHS_STATE_ROW,
	PATHS_CONFIG_ROW,
	PATHS_PLUGINS_ROW,
	{ "timeout", 't', OPTION_DURATION, "TIME", "how long to wait for the clouds (1m)" },
	{ 0 },
};

const struct command command_plan = {
	.name = "plan",
	.help = "show what would be done, without doing it",
	.options = plan_options,
	.has_output = true,
	.more = "Lists the clouds once and compares. Needs no agent and changes nothing; one that\n"
		"works on the same manifests is asked instead. The exit code is 3 when changes\n"
		"are pending, 0 when there is nothing to do.",
	.run = plan_run,
};
