/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statement - prepared statements of one connection, each prepared once, and what its failures
 * mean.
 *
 * Texts are known by their address: give static ones. */
#pragma once

#include "agent/store/column.h"

#include "reconcile/model/auto.h"
#include "reconcile/model/fault.h"

struct statements;

/* No statement yet; @db is borrowed and must outlive them. */
struct statements *statements_new(sqlite3 *db);
/* Finalizes all; the connection stays the caller's. */
void statements_free(struct statements *statements);
/* The statement of @static_sql, reset and without bindings; NULL when it cannot be prepared. */
sqlite3_stmt *statements_get(struct statements *statements, const char *static_sql, GError **error);
/* The one that puts a row into @static_table (table_put_sql). */
sqlite3_stmt *statements_put(struct statements *statements, const struct table *static_table,
                             GError **error);
/* The one that selects a row's columns (table_select_sql); @static_rest as there, not NULL. */
sqlite3_stmt *statements_select(struct statements *statements, const struct table *static_table,
                                const char *static_rest, GError **error);

/* Puts @row into @static_table. */
bool statements_put_row(struct statements *statements, const struct table *static_table,
                        const void *row, GError **error);
/* Runs @static_sql with @number as its one parameter. */
bool statements_run_number(struct statements *statements, const char *static_sql, int64_t number,
                           GError **error);

/* Adds all rows of @statement to @rows, each made by @row_new and filled by @columns. */
bool statement_load(sqlite3_stmt *statement, const struct column *columns, void *(*row_new)(void),
                    GPtrArray *rows, GError **error);
/* Runs @statement to its end and resets it; its rows are dropped. */
bool statement_run(sqlite3_stmt *statement, GError **error);
/* Goes on to the next row; at the end (*@ret_row false) and after a failure it is reset. */
bool statement_next(sqlite3_stmt *statement, bool *ret_row, GError **error);

/* The last failure of @db as an error: its class, what it means and the way out. Returns false. */
bool sqlite_failed(sqlite3 *db, const char *doing, GError **error);
/* Runs the statements of @sql, which return no rows. */
bool sqlite_run(sqlite3 *db, const char *sql, GError **error);
/* The first column of the first row of @sql as a number. */
bool sqlite_number(sqlite3 *db, const char *sql, int64_t *ret_number, GError **error);

AUTO_DEFINE(statements, statements_free);
