/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster plan - what would be done now, and what would not, without doing it. */
#include "agent/command/commands.h"
#include "agent/command/look.h"
#include "agent/command/paths.h"
#include "reconcile/plan/explain.h"

#include <stdio.h>

enum {
	LOOK_MS = 60 * 1000, /* before a cloud that does not answer is planned without */
};

/* A late look is a plan all the same: its holds say which cloud did not answer. */
static enum exit_code plan_show(struct session *session, const struct arguments *arguments)
{
	struct daemon *daemon = session_daemon(session);
	autoptr(progress) progress = progress_start(stderr, false);
	struct session_run run = {
		.goal = SESSION_LOOK,
		.deadline_ms = arguments_number(arguments, "timeout", LOOK_MS),
		.progress = look_progress,
		.data = progress,
	};
	g_autoptr(GError) error = NULL;
	enum session_end end;

	look_warn(daemon);
	if (!session_run(session, &run, &end, &error)) {
		return command_failed(error);
	}
	g_clear_pointer(&progress, progress_stop);
	if (end == SESSION_CANCELLED) {
		return EXIT_CODE_FAILED;
	}
	if (end == SESSION_LATE) {
		fputs("muster: not every cloud has answered in time; --timeout allows more\n",
		      stderr);
	}
	g_autoptr(GPtrArray) plans = look_plans(daemon);
	look_print(plans, arguments_want_json(arguments), daemon_now_ms(daemon));
	return explain_has_changes(plans) ? EXIT_CODE_PENDING : EXIT_CODE_GOOD;
}

static enum exit_code plan_run(const struct arguments *arguments)
{
	struct look_paths paths;
	struct daemon_options options;
	g_autoptr(GError) error = NULL;

	look_options(arguments, &paths, &options);
	options.command = "plan";
	options.memory = DAEMON_MEMORY_READ;
	options.is_observing = true;
	autoptr(session) session = session_open(&options, &error);
	enum exit_code code =
		session == NULL ? command_failed(error) : plan_show(session, arguments);
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
	.more = "Lists the clouds once and compares. Needs no agent and changes nothing. The\n"
		"exit code is 3 when changes are pending, 0 when there is nothing to do.",
	.run = plan_run,
};
