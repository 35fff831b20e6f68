/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loop - the agent's life: signals, systemd, and the end. */
#include "agent/daemon/daemon_parts.h"

#include "agent/daemon/log.h"
#include "agent/daemon/notify.h"

#include <glib-unix.h>
#include <signal.h>
#include <sys/resource.h>

enum {
	STATUS_MS = 2000,
	DESCRIPTORS = 65536
};

struct life {
	struct daemon *daemon;
	struct daemon_hooks hooks; /* the caller's; ours stand in the daemon */
	struct notify *notify;
	guint status;
};

static const enum log_form forms[] = {
	[CONFIG_LOG_AUTO] = LOG_FORM_AUTO,
	[CONFIG_LOG_TEXT] = LOG_FORM_TEXT,
	[CONFIG_LOG_JSON] = LOG_FORM_JSON,
};

static const enum log_level log_levels[] = {
	[CONFIG_LOG_ERROR] = LOG_LEVEL_ERROR,
	[CONFIG_LOG_WARNING] = LOG_LEVEL_WARNING,
	[CONFIG_LOG_INFO] = LOG_LEVEL_INFO,
	[CONFIG_LOG_DEBUG] = LOG_LEVEL_DEBUG,
};

/* The log is opened before all else, so a configuration that cannot be read is not told of here. */
static void log_begin(const struct daemon_options *options)
{
	struct log_options log = options->log ? *options->log : log_options_default;
	struct config config;

	if (!options->log && configuration_load(options->config_path, &config, NULL)) {
		log.form = forms[config.log_format];
		log.level = log_levels[config.log_level];
		config_clear(&config);
	}
	log_open(&log);
}

/* Each plugin takes three descriptors, each request one. No more than that: plugins inherit the
 * limit, and some programs walk all of it. */
static void limits_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < DESCRIPTORS) {
		limit.rlim_cur = MIN(limit.rlim_max, DESCRIPTORS);
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static gboolean on_stop(void *data)
{
	daemon_quit(data, NULL);
	return G_SOURCE_CONTINUE;
}

static gboolean on_reload(void *data)
{
	daemon_reload(data);
	return G_SOURCE_CONTINUE;
}

static gboolean on_watchdog(void *data)
{
	const struct life *life = data;

	notify_watchdog(life->notify);
	return G_SOURCE_CONTINUE;
}

static gboolean on_status(void *data)
{
	struct life *life = data;
	const struct view_options options = { .with_members = false };
	autoptr(view) view = engine_view(life->daemon->engine, &options, clock_now_ms());
	size_t desired = 0, ready = 0, under_way = 0, failing = 0;
	g_autofree char *text = NULL;

	life->status = 0;
	for (guint i = 0; i < view->deployments->len; i++) {
		const struct deployment_view *deployment = view->deployments->pdata[i];

		desired += deployment->desired;
		ready += deployment->ready;
		under_way += deployment->under_way;
		failing += deployment->failing;
	}
	text = g_strdup_printf(
		"%zu of %zu members ready, %zu under way, %zu failing, %u clouds%s%s", ready,
		desired, under_way, failing, view->clouds->len,
		view->can_act ? "" : "; not acting: ",
		view->can_act || !view->why_not ? "" : view->why_not);
	notify_status(life->notify, text);
	return G_SOURCE_REMOVE;
}

/* A view costs something: one for many changes. */
static void on_changed(struct daemon *daemon, void *data)
{
	struct life *life = data;

	if (life->status == 0)
		life->status = g_timeout_add(STATUS_MS, on_status, life);
	if (life->hooks.changed)
		life->hooks.changed(daemon, life->hooks.data);
}

void daemon_quit(struct daemon *daemon, GError *own_error)
{
	if (!daemon->end)
		daemon->end = own_error;
	else
		g_clear_error(&own_error);
	if (daemon->loop)
		g_main_loop_quit(daemon->loop);
}

static void loop_run(struct life *life)
{
	struct daemon *daemon = life->daemon;
	int64_t watchdog_ms = notify_watchdog_ms(life->notify);
	const guint sources[] = {
		g_unix_signal_add(SIGTERM, on_stop, daemon),
		g_unix_signal_add(SIGINT, on_stop, daemon),
		g_unix_signal_add(SIGHUP, on_reload, daemon),
		watchdog_ms > 0 ? g_timeout_add((guint)watchdog_ms, on_watchdog, life) : 0,
	};

	notify_ready(life->notify);
	daemon->loop = g_main_loop_new(NULL, FALSE);
	g_main_loop_run(daemon->loop);
	g_clear_pointer(&daemon->loop, g_main_loop_unref);
	notify_stopping(life->notify);
	for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
		if (sources[i] != 0)
			g_source_remove(sources[i]);
	g_clear_handle_id(&life->status, g_source_remove);
}

static bool life_run(struct life *life, GError **error)
{
	struct daemon *daemon = life->daemon;

	if (life->hooks.started && !life->hooks.started(daemon, life->hooks.data, error))
		return false;
	loop_run(life);
	if (life->hooks.stopping)
		life->hooks.stopping(daemon, life->hooks.data);
	if (daemon->end) {
		g_propagate_error(error, g_steal_pointer(&daemon->end));
		return false;
	}
	return true;
}

bool daemon_run(const struct daemon_options *options, GError **error)
{
	struct daemon_options own = *options;
	struct life life = { .hooks = options->hooks };
	autoptr(notify) notify = notify_open();
	autoptr(daemon) daemon = NULL;

	signal(SIGPIPE, SIG_IGN);
	log_begin(options);
	limits_raise();
	own.hooks = (struct daemon_hooks){ .changed = on_changed, .data = &life };
	daemon = daemon_open(&own, error);
	if (!daemon)
		return false;
	life.daemon = daemon;
	life.notify = notify;
	daemon->notify = notify;
	return life_run(&life, error);
}
