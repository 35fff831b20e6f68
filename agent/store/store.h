/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store - the agent's memory on disk: one SQLite database, WAL, synchronous=FULL.
 *
 * Migrations go forward only; a newer database is refused. One file for each table beside this one
 * holds its statements. Used by the agent, by the CLI (read-only) and, in memory, by the
 * simulation. */
#pragma once

#include "reconcile/engine/effects.h"
#include "reconcile/manifest/manifests.h"

struct store;

/* Opens STATE/muster.db, made when missing (mode 0600); NULL for a database in memory.
 * FAULT_INVALID: a newer version, or not ours; FAULT_TRANSIENT: busy or full; FAULT_INTERNAL:
 * corrupt. */
struct store *store_open(const char *state_dir, GError **error);
/* Read-only, without a lock, while an agent may be running. FAULT_NOT_FOUND: there is none. */
struct store *store_open_reading(const char *state_dir, GError **error);
void store_close(struct store *store);

/* Commits all @writes (struct write) in one transaction, in order; all or nothing. Events get their
 * ids. */
bool store_commit(struct store *store, GPtrArray *writes, GError **error);
/* Rows for engine_restore: all records, the open operations, the deletions since @since_ms. */
bool store_load(struct store *store, int64_t since_ms, GPtrArray **ret_records,
                GPtrArray **ret_operations, GPtrArray **ret_deletions, int64_t *ret_last_operation,
                GError **error);

/* Last good documents (struct document; text NULL deletes), one transaction. */
bool store_put_documents(struct store *store, GPtrArray *documents, GError **error);
bool store_load_documents(struct store *store, GPtrArray **ret_documents, GError **error);

/* Events after @after (an id; 0: from the start), at most @limit, oldest first; of one
 * deployment, cloud or key prefix when @subject is given. */
bool store_load_events(struct store *store, int64_t after, const char *subject, unsigned limit,
                       GPtrArray **ret_events, GError **error);
/* The last @limit events, oldest first. */
bool store_load_last_events(struct store *store, const char *subject, unsigned limit,
                            GPtrArray **ret_events, GError **error);
/* Drops closed operations, events and deletions older than @before_ms. */
bool store_prune(struct store *store, int64_t before_ms, GError **error);

/* A named value of the installation table ("owner"); NULL when it is not set. */
char *store_get(struct store *store, const char *name, GError **error);
bool store_put(struct store *store, const char *name, const char *value, GError **error);

AUTO_DEFINE(store, store_close);
