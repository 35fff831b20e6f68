/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session - a daemon whose "changed" hook looks whether the goal is reached. */
#include "agent/daemon/session.h"

#include "reconcile/model/fault.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <unistd.h>

enum {
	TICK_MS = 1000
};

struct session {
	struct daemon *daemon;
	const struct session_run *run; /* while running */
	GMainLoop *loop;
	enum session_end end;
};

static void end(struct session *session, enum session_end how)
{
	session->end = how;
	g_main_loop_quit(session->loop);
}

static bool is_reached(struct session *session, bool *ret_failed)
{
	struct engine *engine = daemon_engine(session->daemon);

	*ret_failed = false;
	if (!engine_has_looked(engine))
		return false;
	return session->run->goal == SESSION_LOOK ||
	       engine_is_converged(engine, daemon_now_ms(session->daemon), ret_failed);
}

static void look(struct session *session)
{
	bool has_failed;

	if (!session->run)
		return;
	if (session->run->progress)
		session->run->progress(session->daemon, session->run->data);
	if (is_reached(session, &has_failed))
		end(session, has_failed ? SESSION_FAILED : SESSION_REACHED);
}

static void on_changed(struct daemon *daemon G_GNUC_UNUSED, void *data)
{
	look(data);
}

static gboolean on_tick(void *data)
{
	look(data);
	return G_SOURCE_CONTINUE;
}

static gboolean on_deadline(void *data)
{
	end(data, SESSION_LATE);
	return G_SOURCE_CONTINUE;
}

static gboolean on_signal(void *data)
{
	session_cancel(data);
	return G_SOURCE_CONTINUE;
}

/* 0, or why no manifests can be read there. */
static int dir_errno(const char *dir)
{
	GStatBuf st;

	if (g_stat(dir, &st) != 0)
		return errno;
	if (!S_ISDIR(st.st_mode))
		return ENOTDIR;
	return access(dir, R_OK | X_OK) == 0 ? 0 : errno;
}

static bool dir_check(const struct daemon *daemon, GError **error)
{
	const char *dir = daemon_manifests_dir(daemon);
	int why = dir_errno(dir);

	if (why == 0)
		return true;
	g_set_error(error, FAULT_DOMAIN, why == ENOENT ? FAULT_NOT_FOUND : FAULT_INVALID,
	            "cannot read the manifests in \"%s\": %s", dir, g_strerror(why));
	return false;
}

struct session *session_open(const struct daemon_options *options, GError **error)
{
	autoptr(session) session = g_new0(struct session, 1);
	struct daemon_options own = *options;

	signal(SIGPIPE, SIG_IGN);
	own.is_watching = false;
	own.hooks = (struct daemon_hooks){ .changed = on_changed, .data = session };
	session->daemon = daemon_open(&own, error);
	if (!session->daemon || !dir_check(session->daemon, error))
		return NULL;
	return g_steal_pointer(&session);
}

void session_close(struct session *session)
{
	if (!session)
		return;
	daemon_close(session->daemon);
	g_free(session);
}

struct daemon *session_daemon(struct session *session)
{
	return session->daemon;
}

void session_cancel(struct session *session)
{
	if (session->loop)
		end(session, SESSION_CANCELLED);
}

bool session_run(struct session *session, const struct session_run *run, enum session_end *ret_end,
                 GError **error G_GNUC_UNUSED)
{
	const guint sources[] = {
		g_unix_signal_add(SIGTERM, on_signal, session),
		g_unix_signal_add(SIGINT, on_signal, session),
		g_timeout_add(TICK_MS, on_tick, session),
		run->deadline_ms > 0 ? g_timeout_add((guint)MIN(run->deadline_ms, G_MAXINT),
		                                     on_deadline, session)
				     : 0,
	};

	session->run = run;
	session->loop = g_main_loop_new(NULL, FALSE);
	daemon_wake(session->daemon);
	g_main_loop_run(session->loop);
	for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
		if (sources[i] != 0)
			g_source_remove(sources[i]);
	g_clear_pointer(&session->loop, g_main_loop_unref);
	session->run = NULL;
	*ret_end = session->end;
	return true;
}
