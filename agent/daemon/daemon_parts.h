/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon_parts - the inside of a daemon, for the files that make it up and for no others. */
#pragma once

#include "agent/daemon/clock.h"
#include "agent/daemon/clouds.h"
#include "agent/daemon/configuration.h"
#include "agent/daemon/daemon.h"
#include "agent/daemon/desired.h"
#include "agent/daemon/executor.h"
#include "agent/daemon/probe.h"

struct file_news;
struct notify;

struct daemon {
	/* As said by the options, else by the configuration; absolute. */
	char *manifests_dir, *state_dir, *plugin_dir, *config_path, *command;
	struct daemon_hooks hooks;
	enum daemon_memory memory;
	bool is_observing, is_watching;
	struct config config;

	struct store *store; /* NULL: no memory */
	char *owner;
	struct engine *engine;
	struct desired *desired;
	struct clouds *clouds;
	struct probes *probes;
	struct executor *executor;
	struct clock clock;

	struct file_news *file_news;
	size_t heap_work;                          /* rows written since the heap was tidied */
	guint pass, changed, wake, upkeep, reload; /* sources; 0: none */
	struct notify *notify;                     /* of daemon_run, borrowed; NULL outside */

	GMainLoop *loop; /* of daemon_run; NULL outside */
	GError *end;     /* why it ends */
};
