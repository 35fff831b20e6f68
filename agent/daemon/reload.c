/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reload - takes over a changed configuration, and reads manifests and credentials again. */
#include "agent/daemon/daemon_parts.h"

#include "agent/daemon/log.h"
#include "agent/daemon/notify.h"

/* Directories and owner stay those of the start: another one is another agent. */
static void config_take(struct daemon *daemon)
{
	g_autoptr(GError) error = NULL;
	struct config config;

	if (!configuration_load(daemon->config_path, &config, &error)) {
		log_text(LOG_LEVEL_ERROR, "configuration-bad", error->message);
		return;
	}
	config_clear(&daemon->config);
	daemon->config = config;
	engine_set_limits(daemon->engine, &daemon->config.limits);
}

static gboolean on_reload(void *data)
{
	struct daemon *daemon = data;

	daemon->reload = 0;
	config_take(daemon);
	desired_look(daemon->desired);
	clouds_renew(daemon->clouds);
	daemon_wake(daemon);
	log_text(LOG_LEVEL_NOTICE, "reloaded", daemon->manifests_dir);
	if (daemon->notify) {
		notify_ready(daemon->notify);
	}
	return G_SOURCE_REMOVE;
}

void daemon_reload(struct daemon *daemon)
{
	if (daemon->reload != 0) {
		return;
	}
	if (daemon->notify) {
		notify_reloading(daemon->notify);
	}
	daemon->reload = g_idle_add_full(G_PRIORITY_DEFAULT, on_reload, daemon, NULL);
}
