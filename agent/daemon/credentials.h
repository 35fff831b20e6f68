/* SPDX-License-Identifier: GPL-2.0-or-later */
/* credentials - secrets read from where the manifest says, when they are needed.
 *
 * Values live in memory that is wiped; they are never logged. Errors name the credential and
 * where it was looked for, with class auth: nothing but a person helps. */
#pragma once

#include "reconcile/model/fleet.h"

#include <glib.h>
#include <stdint.h>

struct credentials_lookup;

struct credentials_events {
	/* The end, once, from the main loop: the secrets by name, the caller's to give to
	 * secrets_free; or an error. The lookup is gone then. */
	void (*found)(struct pairs *own_secrets, const GError *error, void *data);
	/* Something that a person should mend: a file that others can read. */
	void (*note)(const char *text, void *data);
	void *data;
};

/* Reads all of @credentials (struct credential; a reference is kept); a command has @command_ms. */
struct credentials_lookup *credentials_lookup_start(const GPtrArray *credentials,
                                                    int64_t command_ms,
                                                    const struct credentials_events *events);
/* Ends it without an event; NULL is fine. */
void credentials_lookup_cancel(struct credentials_lookup *lookup);
/* Wipes and frees, whoever else holds a reference; NULL is fine. */
void secrets_free(struct pairs *own_secrets);
