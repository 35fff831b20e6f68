/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statement - a cache of prepared statements, and SQLite's result codes as classes of faults. */
#include "agent/store/statement.h"

struct statements {
	sqlite3 *db;
	GHashTable *by_address; /* const void * → sqlite3_stmt * */
};

struct failure {
	int code;
	enum fault fault;
	const char *meaning;
};

static const struct failure failures[] = {
	{ SQLITE_FULL, FAULT_TRANSIENT, "the disk is full: free some space" },
	{ SQLITE_IOERR, FAULT_TRANSIENT, "the disk does not read or write: see the kernel's log" },
	{ SQLITE_BUSY, FAULT_TRANSIENT, "another process is using it" },
	{ SQLITE_LOCKED, FAULT_TRANSIENT, "another process is using it" },
	{ SQLITE_READONLY, FAULT_TRANSIENT, "it cannot be written: see its owner, mode and mount" },
	{ SQLITE_CANTOPEN, FAULT_TRANSIENT, "it cannot be opened: see its owner, mode and mount" },
	{ SQLITE_PERM, FAULT_TRANSIENT, "access is denied: see its owner and mode" },
	{ SQLITE_NOMEM, FAULT_TRANSIENT, "memory is short" },
	{ SQLITE_CORRUPT, FAULT_INTERNAL,
	  "it is damaged: move muster.db, muster.db-wal and muster.db-shm away and start again; "
	  "running instances are recognised by their marks" },
	{ SQLITE_NOTADB, FAULT_INVALID, "it is not a database: move it away" },
};

static const struct failure failure_unknown = { SQLITE_ERROR, FAULT_INTERNAL, "" };

static const struct failure *failure_find(int code)
{
	for (size_t i = 0; i < G_N_ELEMENTS(failures); i++)
		if (failures[i].code == (code & 0xff))
			return &failures[i];
	return &failure_unknown;
}

bool sqlite_failed(sqlite3 *db, const char *doing, GError **error)
{
	const struct failure *failure = failure_find(sqlite3_extended_errcode(db));
	const char *file = sqlite3_db_filename(db, "main");

	g_set_error(error, FAULT_DOMAIN, failure->fault, "cannot %s \"%s\": %s%s%s", doing,
	            file && *file ? file : "(memory)", sqlite3_errmsg(db),
	            *failure->meaning ? "; " : "", failure->meaning);
	return false;
}

bool sqlite_run(sqlite3 *db, const char *sql, GError **error)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_failed(db, "write the state", error);
	return true;
}

bool sqlite_number(sqlite3 *db, const char *sql, int64_t *ret_number, GError **error)
{
	sqlite3_stmt *statement = NULL;
	bool is_good = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
	               sqlite3_step(statement) == SQLITE_ROW;

	if (is_good)
		*ret_number = sqlite3_column_int64(statement, 0);
	else
		sqlite_failed(db, "read the state", error);
	sqlite3_finalize(statement);
	return is_good;
}

static void finalize(void *statement)
{
	sqlite3_finalize(statement);
}

struct statements *statements_new(sqlite3 *db)
{
	struct statements *statements = g_new0(struct statements, 1);

	statements->db = db;
	statements->by_address = g_hash_table_new_full(NULL, NULL, NULL, finalize);
	return statements;
}

void statements_free(struct statements *statements)
{
	if (!statements)
		return;
	g_hash_table_unref(statements->by_address);
	g_free(statements);
}

static sqlite3_stmt *statements_add(struct statements *statements, const void *address,
                                    const char *sql, GError **error)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v3(statements->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement,
	                       NULL) != SQLITE_OK) {
		sqlite_failed(statements->db, "use the state", error);
		return NULL;
	}
	g_hash_table_insert(statements->by_address, (void *)address, statement);
	return statement;
}

static sqlite3_stmt *statements_find(struct statements *statements, const void *address)
{
	sqlite3_stmt *statement = g_hash_table_lookup(statements->by_address, address);

	if (statement) {
		sqlite3_reset(statement);
		sqlite3_clear_bindings(statement);
	}
	return statement;
}

sqlite3_stmt *statements_get(struct statements *statements, const char *static_sql, GError **error)
{
	sqlite3_stmt *statement = statements_find(statements, static_sql);

	return statement ? statement : statements_add(statements, static_sql, static_sql, error);
}

sqlite3_stmt *statements_put(struct statements *statements, const struct table *static_table,
                             GError **error)
{
	sqlite3_stmt *statement = statements_find(statements, static_table);

	if (!statement) {
		g_autofree char *sql = table_put_sql(static_table);

		statement = statements_add(statements, static_table, sql, error);
	}
	return statement;
}

sqlite3_stmt *statements_select(struct statements *statements, const struct table *static_table,
                                const char *static_rest, GError **error)
{
	sqlite3_stmt *statement = statements_find(statements, static_rest);

	if (!statement) {
		g_autofree char *sql = table_select_sql(static_table, static_rest);

		statement = statements_add(statements, static_rest, sql, error);
	}
	return statement;
}

bool statements_put_row(struct statements *statements, const struct table *static_table,
                        const void *row, GError **error)
{
	sqlite3_stmt *statement = statements_put(statements, static_table, error);

	if (!statement)
		return false;
	columns_bind(static_table->columns, statement, row);
	return statement_run(statement, error);
}

bool statements_run_number(struct statements *statements, const char *static_sql, int64_t number,
                           GError **error)
{
	sqlite3_stmt *statement = statements_get(statements, static_sql, error);

	if (!statement)
		return false;
	sqlite3_bind_int64(statement, 1, number);
	return statement_run(statement, error);
}

bool statement_load(sqlite3_stmt *statement, const struct column *columns, void *(*row_new)(void),
                    GPtrArray *rows, GError **error)
{
	bool is_row;

	while (statement_next(statement, &is_row, error)) {
		void *row;

		if (!is_row)
			return true;
		row = row_new();
		columns_read(columns, statement, row);
		g_ptr_array_add(rows, row);
	}
	return false;
}

bool statement_run(sqlite3_stmt *statement, GError **error)
{
	bool is_row = true;

	while (is_row)
		if (!statement_next(statement, &is_row, error))
			return false;
	return true;
}

bool statement_next(sqlite3_stmt *statement, bool *ret_row, GError **error)
{
	int code = sqlite3_step(statement);
	bool is_good = code == SQLITE_ROW || code == SQLITE_DONE;

	if (!is_good) {
		bool is_reading = sqlite3_stmt_readonly(statement);

		sqlite_failed(sqlite3_db_handle(statement),
		              is_reading ? "read the state" : "write the state", error);
	}
	if (code != SQLITE_ROW)
		sqlite3_reset(statement);
	*ret_row = code == SQLITE_ROW;
	return is_good;
}
