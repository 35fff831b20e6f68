/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tables - what the store does with each of its tables; one file a table holds the statements.
 *
 * Nothing here begins or ends a transaction: store.c does. */
#pragma once

#include "agent/store/statement.h"

#include "reconcile/engine/effects.h"
#include "reconcile/manifest/manifests.h"

/* The end of the event chain; events are added behind it. */
struct event_chain {
	int64_t last_id;
	unsigned char hash[32];
};

/* Sets what @name says of this installation. */
bool installation_put(struct statements *statements, const char *name, const char *value,
                      GError **error);
/* *@ret_value is NULL when there is none. */
bool installation_get(struct statements *statements, const char *name, char **ret_value,
                      GError **error);

/* With text NULL the row goes. */
bool document_put(struct statements *statements, const struct document *document, GError **error);
bool documents_load(struct statements *statements, GPtrArray *documents, GError **error);

/* Adds or replaces the member's record; removes it; appends all of them to @records. */
bool record_put(struct statements *statements, const struct record *record, GError **error);
bool record_remove(struct statements *statements, const char *key, GError **error);
bool records_load(struct statements *statements, GPtrArray *records, GError **error);

/* Adds or replaces the operation of that id. */
bool operation_put(struct statements *statements, const struct operation *operation,
                   GError **error);
/* Those that are open or uncertain, by id. */
bool operations_load_open(struct statements *statements, GPtrArray *operations, GError **error);
bool operations_last_id(struct statements *statements, int64_t *ret_id, GError **error);
bool operations_prune(struct statements *statements, int64_t before_ms, GError **error);

/* Gives @event its id, fills in its deployment from its key, and moves @chain on. */
bool event_add(struct statements *statements, struct event_chain *chain, struct event *event,
               GError **error);
bool event_chain_load(struct statements *statements, struct event_chain *ret_chain, GError **error);
/* Those after @after, oldest first; see store_load_events for @subject. */
bool events_load(struct statements *statements, int64_t after, const char *subject, unsigned limit,
                 GPtrArray *events, GError **error);
/* The last ones, oldest first. */
bool events_load_last(struct statements *statements, const char *subject, unsigned limit,
                      GPtrArray *events, GError **error);
/* Drops a beginning of the chain and keeps the hash of its last row, so that the rest still
 * verifies. */
bool events_prune(struct statements *statements, int64_t before_ms, GError **error);

/* The deletions that count for the budget: one more; those since; none before. */
bool deletion_add(struct statements *statements, const struct deletion *deletion, GError **error);
bool deletions_load(struct statements *statements, int64_t since_ms, GPtrArray *deletions,
                    GError **error);
bool deletions_prune(struct statements *statements, int64_t before_ms, GError **error);
