/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fixture - a state directory of a test's own, and the rows that tests of the store write. */
#pragma once

#include "agent/store/store.h"

struct fixture {
	char *dir;
	char *db; /* the database in it */
};

/* What a load gives. */
struct fixture_rows {
	GPtrArray *records, *operations, *deletions;
	int64_t last_operation;
};

/* For g_test_add; nothing but the store's own files may be left at the end. */
void fixture_set_up(struct fixture *f, const void *data);
void fixture_tear_down(struct fixture *f, const void *data);
/* An empty array of struct write. */
GPtrArray *fixture_writes(void);
/* Adds a write to be filled; an event that @key was ready; a creation in @state. */
struct write *fixture_add(GPtrArray *writes, enum write_kind kind);
void fixture_add_event(GPtrArray *writes, const char *key, int64_t at_ms);
void fixture_add_operation(GPtrArray *writes, int64_t id, enum operation_state state);
/* These must succeed. */
struct store *fixture_open(const char *dir);
void fixture_commit(struct store *store, GPtrArray *writes);
struct fixture_rows fixture_load(struct store *store, int64_t since_ms);
void fixture_rows_clear(struct fixture_rows *rows);
