/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner - the installation's id, in the marks of all its instances.
 *
 * Losing it would make all instances strangers, so it stands twice: in STATE/owner and in the
 * database. The configuration's word goes first, then the file's, then the database's. */
#pragma once

#include "agent/store/store.h"

/* Where an id may come from; each may be NULL. */
struct owner_sources {
	const char *configured;
	const char *state_dir;
	struct store *store;
	bool is_writing; /* puts the id where it is not yet */
};

/* The id, made up (20 characters of base32) where nobody knows one; freed by the caller.
 * FAULT_INVALID: two of them disagree, or one is malformed; FAULT_TRANSIENT: it cannot be kept. */
char *owner_find(const struct owner_sources *sources, GError **error);
/* Whether @owner is 1 to 40 characters of [a-z0-9-]. */
bool owner_is_valid(const char *owner);
