/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ledger - what a store would hold, in memory: quick, and open to checks. */
#pragma once

#include "reconcile/engine/effects.h"

struct ledger {
	GHashTable *records;    /* key → struct record */
	GHashTable *operations; /* id → struct operation, the open ones */
	GPtrArray *deletions;   /* struct deletion, oldest first */
	int64_t last_operation;
	uint64_t writes;
};

struct ledger *ledger_new(void);
void ledger_free(struct ledger *ledger);
/* Applies @writes in order. */
void ledger_commit(struct ledger *ledger, const GPtrArray *writes);
/* Copies for engine_restore, in the order of ids and keys. */
GPtrArray *ledger_records(const struct ledger *ledger);
GPtrArray *ledger_operations(const struct ledger *ledger);
GPtrArray *ledger_deletions(const struct ledger *ledger);
/* The open or uncertain operation of @key, or NULL. */
const struct operation *ledger_operation(const struct ledger *ledger, const char *key);
/* Forgets everything, as a lost disk does. */
void ledger_lose(struct ledger *ledger);

AUTO_DEFINE(ledger, ledger_free);
