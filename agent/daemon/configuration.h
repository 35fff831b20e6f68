/* SPDX-License-Identifier: GPL-2.0-or-later */
/* configuration - the agent's configuration file, read. */
#pragma once

#include "reconcile/manifest/config.h"

/* The configuration of the file at @path, or the defaults when it is NULL; *@ret_config is to be
 * cleared. FAULT_INVALID with all findings, one a line; FAULT_NOT_FOUND. */
bool configuration_load(const char *path, struct config *ret_config, GError **error);
