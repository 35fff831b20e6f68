/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config - the agent's configuration file, decoded by rows as manifests are. */
#pragma once

#include "reconcile/model/auto.h"
#include "reconcile/plan/scene.h"

enum config_log_format {
	CONFIG_LOG_AUTO, /* the journal where the agent's output goes there, else text */
	CONFIG_LOG_TEXT,
	CONFIG_LOG_JSON,
};

enum config_log_level {
	CONFIG_LOG_ERROR,
	CONFIG_LOG_WARNING,
	CONFIG_LOG_INFO,
	CONFIG_LOG_DEBUG,
};

struct config {
	char *manifests; /* directories; NULL: not said */
	char *state;
	char *plugins;
	char *owner; /* NULL: the installation draws one by lot */
	enum config_log_format log_format;
	enum config_log_level log_level;
	struct engine_limits limits;
	int64_t settle_ms; /* how long a directory must rest before it is read */
};

/* The defaults, as of an empty file. */
void config_init(struct config *config);
/* Frees what it owns and zeroes it. */
void config_clear(struct config *config);
/* Decodes the text of @file. On success *ret_config is initialized. Else it is untouched, and
 * struct finding are appended to @findings: all that is wrong. */
bool config_decode(GBytes *bytes, const char *file, struct config *ret_config, GPtrArray *findings);
