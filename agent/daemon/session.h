/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session - a daemon that runs until a goal: for `plan` (all clouds have been looked at) and
 * `apply` (all is converged). The manifests are read once and not followed. */
#pragma once

#include "agent/daemon/daemon.h"

enum session_goal {
	SESSION_LOOK,     /* engine_has_looked */
	SESSION_CONVERGE, /* engine_is_converged */
};

/* How a run ended. */
enum session_end {
	SESSION_REACHED,   /* the goal */
	SESSION_FAILED,    /* converged but for members that need a change of their manifest */
	SESSION_LATE,      /* the time was up; what is under way stays in the journal */
	SESSION_CANCELLED, /* SIGINT, SIGTERM or session_cancel */
};

struct session_run {
	enum session_goal goal;
	int64_t deadline_ms; /* from now; 0: none */
	/* Called when something changed, and at least every second while waiting; may be NULL. */
	void (*progress)(struct daemon *daemon, void *data);
	void *data;
};

struct session;

/* Opens all parts. @options as of daemon_open; is_watching and hooks are not looked at. When the
 * manifests cannot be read at all: FAULT_NOT_FOUND or FAULT_INVALID. Findings are the caller's to
 * judge: daemon_findings, before session_run. */
struct session *session_open(const struct daemon_options *options, GError **error);
/* The parts, for views and plans before, during and after a run. */
struct daemon *session_daemon(struct session *session);
/* Runs the main context until the goal or another end. False only when it cannot go on at all. */
bool session_run(struct session *session, const struct session_run *run, enum session_end *ret_end,
                 GError **error);
/* Ends a run from within a callback. */
void session_cancel(struct session *session);
void session_close(struct session *session);

AUTO_DEFINE(session, session_close);
