/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status_store - what the store remembers, in the form of /v1/status, for when no agent runs. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/* A new document without "agent"; of one deployment where @deployment is given. FAULT_NOT_FOUND:
 * there never was an agent, or no such deployment. */
json_t *status_from_store(const char *state_dir, const char *deployment, bool with_members,
                          GError **error);
