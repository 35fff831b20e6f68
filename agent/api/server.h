/* SPDX-License-Identifier: GPL-2.0-or-later */
/* server - the API on STATE/api.sock, on the main loop of the agent. README.md has the paths. */
#pragma once

#include "agent/api/source.h"
#include "reconcile/model/auto.h"

struct server;

/* Begins to listen in @state_dir; @source is copied. FAULT_EXISTS: another agent does. */
struct server *server_start(const char *state_dir, const struct api_source *source, GError **error);
/* Those who wait for events look again. */
void server_changed(struct server *server);
/* Ends all connections and removes the socket. NULL is fine. */
void server_stop(struct server *server);

AUTO_DEFINE(server, server_stop);
