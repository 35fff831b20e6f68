/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster agent - keeps the clouds as the manifests say, for ever. */
#include "agent/api/daemon_api.h"
#include "agent/command/commands.h"
#include "agent/command/paths.h"
#include "agent/daemon/daemon.h"
#include "agent/daemon/log.h"

#include <unistd.h>

/* What is said here goes before the configuration; true where something is. */
static bool agent_log(const struct arguments *arguments, struct log_options *ret_log)
{
	const char *output = arguments_text(arguments, "output");
	const char *said = arguments_text(arguments, "log-format");
	const char *form = said != NULL ? said : output; /* the log is all that it prints */
	const char *level = arguments_text(arguments, "log-level");

	*ret_log = log_options_default;
	if (form != NULL)
		(void)log_form_parse(form, &ret_log->form);
	if (level != NULL)
		(void)log_level_parse(level, &ret_log->level);
	return form != NULL || level != NULL;
}

static enum exit_code agent_run(const struct arguments *arguments)
{
	g_autofree char *state_dir = paths_state(arguments);
	g_autofree char *manifests_dir = paths_manifests(arguments);
	g_autofree char *config_path = paths_config(arguments);
	struct log_options log;
	struct daemon_options options = {
		.manifests_dir = manifests_dir,
		.state_dir = state_dir,
		.config_path = config_path,
		.plugin_dir = arguments_text(arguments, "plugins"),
		.command = "agent",
		.log = agent_log(arguments, &log) ? &log : NULL,
		.memory = DAEMON_MEMORY_WRITE,
		.is_observing = arguments_has(arguments, "observe"),
		.is_watching = true,
	};
	autoptr(daemon_api) api = daemon_api_new(&options.hooks);
	g_autoptr(GError) error = NULL;

	bool is_good = daemon_run(&options, &error);
	log_close();
	return is_good ? EXIT_CODE_GOOD : command_failed(error);
}

static const struct option_row agent_options[] = {
	PATHS_MANIFESTS_ROW,
	PATHS_STATE_ROW,
	PATHS_CONFIG_ROW,
	PATHS_PLUGINS_ROW,
	{ "observe", 0, OPTION_FLAG, NULL, "only look: never change anything at a cloud" },
	{ "log-format", 0, OPTION_CHOICE, "text|json|journal",
	  "how to log (the journal under systemd, else text)" },
	{ "log-level", 0, OPTION_CHOICE, "error|warning|notice|info|debug",
	  "the least important lines to log (info)" },
	{ 0 },
};

const struct command command_agent = {
	.name = "agent",
	.help = "keep the clouds as the manifests say",
	.options = agent_options,
	.has_output = true,
	.more = "Runs until SIGTERM or SIGINT; SIGHUP reads configuration, manifests and\n"
		"credentials again. One agent works on a state directory; it answers \"muster\n"
		"status\" and \"muster events\" through the socket api.sock there. Its output is its\n"
		"log.",
	.run = agent_run,
};
