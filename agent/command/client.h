/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client - asks the agent that runs on a state directory, over its socket. */
#pragma once

#include "reconcile/model/auto.h"

#include <jansson.h>
#include <stdbool.h>

struct client;

/* A client of the agent on @state_dir; nothing is sent yet. FAULT_NOT_FOUND: no such directory. */
struct client *client_open(const char *state_dir, GError **error);
/* NULL is fine. */
void client_close(struct client *client);
/* The body that @path (with its query) answers. FAULT_NOT_FOUND: no agent runs there, or no such
 * thing; the two differ by client_is_alone. */
char *client_get_text(struct client *client, const char *path, GError **error);
/* The same as JSON, a new reference. */
json_t *client_get(struct client *client, const char *path, GError **error);
/* Whether the last request found nobody who listens. */
bool client_is_alone(const struct client *client);
/* "path?name=value&…" with the values escaped; pairs of name and value, ended by NULL; a pair whose
 * value is NULL is left out. Freed by the caller. */
char *client_path(const char *path, ...) G_GNUC_NULL_TERMINATED;

AUTO_DEFINE(client, client_close);
