/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster apply - makes the clouds as the manifests say, once. */
#include "agent/command/commands.h"
#include "agent/command/look.h"
#include "agent/command/paths.h"
#include "reconcile/plan/explain.h"

#include <stdio.h>

/* How each end of a run is told. */
static const struct {
	const char *word; /* for JSON */
	const char *text; /* on standard error; NULL: nothing to say */
	enum exit_code code;
} ends[] = {
	[SESSION_REACHED] = { "converged", NULL, EXIT_CODE_GOOD },
	[SESSION_FAILED] = { "failed", "some members need a change of their manifest",
	                     EXIT_CODE_FAILED },
	[SESSION_LATE] = { "late",
	                   "the time is up before all is done; what is under way is kept in the "
	                   "journal, the next apply goes on",
	                   EXIT_CODE_FAILED },
	[SESSION_CANCELLED] = { "cancelled",
	                        "stopped; what is under way is kept in the journal, the next apply "
	                        "goes on",
	                        EXIT_CODE_FAILED },
};

struct outcome {
	enum session_end end;
	bool is_observing;
	unsigned findings;
};

static enum exit_code outcome_code(const struct outcome *outcome, GPtrArray *plans)
{
	if (outcome->is_observing && outcome->end == SESSION_REACHED)
		return explain_has_changes(plans) ? EXIT_CODE_PENDING : EXIT_CODE_GOOD;
	/* What is bad in the manifests was not applied: a script must not take that for done. */
	return outcome->findings > 0 ? EXIT_CODE_FAILED : ends[outcome->end].code;
}

static void outcome_print(struct daemon *daemon, const struct outcome *outcome, GPtrArray *plans,
                          bool is_json)
{
	if (ends[outcome->end].text != NULL)
		fprintf(stderr, "muster: %s\n", ends[outcome->end].text);
	if (is_json || outcome->is_observing || outcome->end != SESSION_REACHED) {
		look_print(plans, is_json, daemon_now_ms(daemon));
		return;
	}
	struct view_options options = { 0 };
	autoptr(view) view = engine_view(daemon_engine(daemon), &options, daemon_now_ms(daemon));
	size_t members = 0;
	for (guint i = 0; i < view->deployments->len; i++) {
		const struct deployment_view *deployment = g_ptr_array_index(view->deployments, i);
		members += deployment->ready;
	}
	printf("Converged: %u deployment%s, %zu member%s ready.\n", view->deployments->len,
	       view->deployments->len == 1 ? "" : "s", members, members == 1 ? "" : "s");
}

static enum exit_code apply_session(struct session *session, const struct arguments *arguments)
{
	struct daemon *daemon = session_daemon(session);
	autoptr(progress) progress = progress_start(stderr, g_get_monotonic_time() / 1000);
	struct outcome outcome = { .is_observing = arguments_has(arguments, "observe") };
	struct session_run run = {
		.goal = outcome.is_observing ? SESSION_LOOK : SESSION_CONVERGE,
		.deadline_ms = arguments_number(arguments, "timeout", 0),
		.progress = look_progress,
		.data = progress,
	};
	g_autoptr(GError) error = NULL;

	outcome.findings = look_warn(daemon);
	if (!session_run(session, &run, &outcome.end, &error))
		return command_failed(error);
	g_clear_pointer(&progress, progress_stop);
	g_autoptr(GPtrArray) plans = look_plans(daemon);
	outcome_print(daemon, &outcome, plans, arguments_want_json(arguments));
	return outcome_code(&outcome, plans);
}

static enum exit_code apply_run(const struct arguments *arguments)
{
	struct look_paths paths;
	struct daemon_options options;
	g_autoptr(GError) error = NULL;

	look_options(arguments, &paths, &options);
	options.command = "apply";
	options.is_observing = arguments_has(arguments, "observe");
	options.memory = options.is_observing ? DAEMON_MEMORY_READ : DAEMON_MEMORY_WRITE;
	autoptr(session) session = session_open(&options, &error);
	enum exit_code code =
		session == NULL ? command_failed(error) : apply_session(session, arguments);
	look_paths_clear(&paths);
	return code;
}

static const struct option_row apply_options[] = {
	PATHS_MANIFESTS_ROW,
	PATHS_STATE_ROW,
	PATHS_CONFIG_ROW,
	PATHS_PLUGINS_ROW,
	{ "observe", 0, OPTION_FLAG, NULL, "only look: print what would be done, as plan does" },
	{ "timeout", 't', OPTION_DURATION, "TIME", "give up after so long (never)" },
	{ 0 },
};

const struct command command_apply = {
	.name = "apply",
	.help = "make the clouds as the manifests say, once",
	.options = apply_options,
	.has_output = true,
	.more = "Works until all is converged, then exits; the agent does the same for ever.\n"
		"Exits with 1 when something cannot be done as written, or the time is up.",
	.run = apply_run,
};
