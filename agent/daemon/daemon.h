/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon - all parts of the agent in one process: manifests, engine, store, carriers, probes.
 *
 * One mechanism serves `muster agent` (daemon_run: for ever), and `apply` and `plan` (session.h:
 * until a goal is reached). Everything happens on the default main context of the thread that
 * opened it. The faces (API, progress) hang on the hooks; the daemon knows none of them. */
#pragma once

#include "reconcile/engine/engine.h"
#include "reconcile/model/finding.h"
#include "reconcile/model/fleet.h"

#include <glib.h>

struct daemon;
struct log_options;
struct store;

/* How the state directory is used. */
enum daemon_memory {
	DAEMON_MEMORY_WRITE, /* locked and written: agent, apply */
	DAEMON_MEMORY_READ,  /* read where there is one, never written; nothing is done: plan */
	DAEMON_MEMORY_NONE,  /* there is no state directory; nothing is done */
};

/* What others want to be told; each may be NULL. All run on the main loop. */
struct daemon_hooks {
	/* All parts run; the place to start an API. False stops the daemon with that error. */
	bool (*started)(struct daemon *daemon, void *data, GError **error);
	/* Views, findings or events may differ from before; after each pass that did something and
	 * each answer, at most once for each turn of the main loop. */
	void (*changed)(struct daemon *daemon, void *data);
	/* The parts are about to stop; the last moment at which engine and store are there. */
	void (*stopping)(struct daemon *daemon, void *data);
	void *data;
};

struct daemon_options {
	const char *manifests_dir;     /* NULL: the configuration's */
	const char *state_dir;         /* NULL: the configuration's; none with DAEMON_MEMORY_NONE */
	const char *config_path;       /* NULL: none; read again on reload */
	const char *plugin_dir;        /* NULL: the configuration's, else the one of the build */
	const char *command;           /* for the log: "agent", "apply" */
	const struct log_options *log; /* of daemon_run; NULL: the configuration's */
	enum daemon_memory memory;
	bool is_observing; /* never a mutating ask */
	bool is_watching;  /* follow the manifest directory; else it is read once */
	struct daemon_hooks hooks;
};

/* Runs until SIGTERM or SIGINT (then true) or until it cannot go on. SIGHUP reloads. Tells systemd.
 *  */
bool daemon_run(const struct daemon_options *options, GError **error);

/* Builds all parts and reads the manifests once; nothing is asked before the main context runs.
 * Options are copied. FAULT_EXISTS: another process holds the state directory. */
struct daemon *daemon_open(const struct daemon_options *options, GError **error);
/* Stops at once: operations under way stay in the journal. NULL is fine. */
void daemon_close(struct daemon *daemon);
/* Reads configuration, manifests and credentials again at the next turn; from SIGHUP or an API. */
void daemon_reload(struct daemon *daemon);
/* Asks for a pass at the next turn of the loop. */
void daemon_wake(struct daemon *daemon);
/* Ends daemon_run at the next turn; @own_error: why, NULL for a wanted end. */
void daemon_quit(struct daemon *daemon, GError *own_error);

/* The parts, borrowed, as long as the daemon is open. */
struct engine *daemon_engine(struct daemon *daemon);
/* NULL where there is no state. */
struct store *daemon_store(struct daemon *daemon);
/* The desired state in force; never NULL. */
const struct fleet *daemon_fleet(const struct daemon *daemon);
/* What is wrong in the manifests now: struct finding, sorted; never NULL. */
const GPtrArray *daemon_findings(const struct daemon *daemon);
/* The time that the engine is given: wall clock, milliseconds. */
int64_t daemon_now_ms(const struct daemon *daemon);
const char *daemon_owner(const struct daemon *daemon);
const char *daemon_manifests_dir(const struct daemon *daemon);
/* NULL where there is none. */
const char *daemon_state_dir(const struct daemon *daemon);
/* How the manifest directory is followed, for status: "watching", "scanning every 3s: nfs". */
const char *daemon_following(const struct daemon *daemon);

AUTO_DEFINE(daemon, daemon_close);
