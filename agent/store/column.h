/* SPDX-License-Identifier: GPL-2.0-or-later */
/* column - how a field of a struct stands in a row of the database.
 *
 * One const table for each noun serves writing, reading and hashing, so that the three agree. The
 * order of a table is part of the event chain: columns are only ever added at its end. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum column_kind {
	COLUMN_TEXT,     /* char *, owned; NULL is NULL */
	COLUMN_FILE,     /* const char *, interned; NULL is NULL */
	COLUMN_INT64,    /* int64_t */
	COLUMN_UINT64,   /* uint64_t, as the same 64 bits */
	COLUMN_UNSIGNED, /* unsigned or uint32_t */
	COLUMN_BOOL,     /* bool */
	COLUMN_WORD,     /* an enum, as its word */
};

/* The words of an enum, as functions over int so that one type holds all. */
struct column_words {
	const char *(*name)(int value);
	bool (*parse)(const char *name, int *ret_value);
};

struct column {
	const char *name;
	enum column_kind kind;
	size_t offset;
	const struct column_words *words; /* COLUMN_WORD */
};

/* A table of the database; @columns end with a row whose name is NULL. */
struct table {
	const char *name;
	const struct column *columns;
	const char *extra; /* one more column that the table's own file fills; NULL: none */
};

extern const struct column_words column_faults;

/* "INSERT OR REPLACE INTO …" with a parameter for each column; freed by the caller. */
char *table_put_sql(const struct table *table);
/* "SELECT … FROM …" and @rest, which may be NULL; freed by the caller. */
char *table_select_sql(const struct table *table, const char *rest);
/* Binds @row's fields from parameter 1 on, in the order of the columns, without a copy: @row must
 * outlive the step. Returns the number of the next parameter. */
int columns_bind(const struct column *columns, sqlite3_stmt *statement, const void *row);
/* Fills @row from the current row of @statement; a word that is not known leaves the field
 * alone. */
void columns_read(const struct column *columns, sqlite3_stmt *statement, void *row);
/* Adds @row's fields to @checksum so that no two rows give the same bytes. */
void columns_hash(const struct column *columns, GChecksum *checksum, const void *row);
