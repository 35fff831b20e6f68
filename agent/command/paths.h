/* SPDX-License-Identifier: GPL-2.0-or-later */
/* paths - where manifests, state and configuration are when nobody says, so that few options are
 * needed. */
#pragma once

#include "agent/command/option.h"

/* The rows of these options, for the tables of commands. */
#define PATHS_STATE_ROW                                                                \
	{                                                                              \
		"state", 's', OPTION_DIR, "DIR", "the state directory ($MUSTER_STATE)" \
	}
#define PATHS_MANIFESTS_ROW                                                                       \
	{                                                                                         \
		"manifests", 'm', OPTION_DIR, "DIR", "the manifest directory ($MUSTER_MANIFESTS)" \
	}
#define PATHS_CONFIG_ROW                                                             \
	{                                                                            \
		"config", 'c', OPTION_FILE, "FILE", "the configuration of the agent" \
	}
#define PATHS_PLUGINS_ROW                                                       \
	{                                                                       \
		"plugins", 0, OPTION_DIR, "DIR", "where connector programs are" \
	}

/* --state, else $MUSTER_STATE, else the configuration's, else /var/lib/muster for root, else muster
 * in the user's state directory (XDG). Freed by the caller. */
char *paths_state(const struct arguments *arguments);
/* --manifests, else $MUSTER_MANIFESTS, else NULL: the configuration's. Freed by the caller. */
char *paths_manifests(const struct arguments *arguments);
/* --config, else the system's where it is there, else NULL. Freed by the caller. */
char *paths_config(const struct arguments *arguments);
