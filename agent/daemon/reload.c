/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reload - takes over a changed configuration, and reads manifests and credentials again. */
#include "agent/daemon/daemon_parts.h"

#include "agent/daemon/log.h"
#include "agent/daemon/notify.h"

/* What stays as at the start: another directory or owner is another agent. */
static const struct {
	const char *name;
	size_t offset; /* of the text in struct config */
} fixed[] = {
	{ "manifests", offsetof(struct config, manifests) },
	{ "state", offsetof(struct config, state) },
	{ "plugins", offsetof(struct config, plugins) },
	{ "owner", offsetof(struct config, owner) },
};

static void fixed_add(GString *names, const char *name)
{
	g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
}

/* Compares the file with the file as it was: what the command line says is above both. */
static void fixed_tell(const struct config *before, const struct config *after)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
		if (g_strcmp0(G_STRUCT_MEMBER(char *, before, fixed[i].offset),
		              G_STRUCT_MEMBER(char *, after, fixed[i].offset)) != 0)
			fixed_add(names, fixed[i].name);
	if (before->log_format != after->log_format || before->log_level != after->log_level)
		fixed_add(names, "log");
	if (names->len > 0) {
		g_string_append(names, ": changed in the configuration; a restart takes it over");
		log_text(LOG_LEVEL_WARNING, "restart-needed", names->str);
	}
}

/* What is fixed keeps its words of the start, so that each reload tells of it again. */
static void config_take(struct daemon *daemon)
{
	g_autoptr(GError) error = NULL;
	struct config config;

	if (!configuration_load(daemon->config_path, &config, &error)) {
		log_text(LOG_LEVEL_ERROR, "configuration-bad", error->message);
		return;
	}
	fixed_tell(&daemon->config, &config);
	daemon->config.limits = config.limits;
	daemon->config.settle_ms = config.settle_ms;
	config_clear(&config);
	engine_set_limits(daemon->engine, &daemon->config.limits);
	desired_set_settle(daemon->desired, daemon->config.settle_ms);
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
	if (daemon->notify)
		notify_ready(daemon->notify);
	return G_SOURCE_REMOVE;
}

void daemon_reload(struct daemon *daemon)
{
	if (daemon->reload != 0)
		return;
	if (daemon->notify)
		notify_reloading(daemon->notify);
	daemon->reload = g_idle_add_full(G_PRIORITY_DEFAULT, on_reload, daemon, NULL);
}
