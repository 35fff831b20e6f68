/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon_api - the API of a daemon: hangs a server on the daemon's hooks. */
#pragma once

#include "agent/daemon/daemon.h"

struct daemon_api;

/* Fills @ret_hooks for daemon_options; the API starts and stops with the daemon. */
struct daemon_api *daemon_api_new(struct daemon_hooks *ret_hooks);
/* After the daemon has stopped. */
void daemon_api_free(struct daemon_api *api);

AUTO_DEFINE(daemon_api, daemon_api_free);
