/* SPDX-License-Identifier: GPL-2.0-or-later */
/* installation - named values of this installation. */
#include "agent/store/tables.h"

static const char sql_put[] = "INSERT OR REPLACE INTO installation (name, value) VALUES (?, ?)";
static const char sql_get[] = "SELECT value FROM installation WHERE name = ?";

bool installation_put(struct statements *statements, const char *name, const char *value,
                      GError **error)
{
	sqlite3_stmt *statement = statements_get(statements, sql_put, error);

	if (!statement)
		return false;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, value, -1, SQLITE_STATIC);
	return statement_run(statement, error);
}

bool installation_get(struct statements *statements, const char *name, char **ret_value,
                      GError **error)
{
	sqlite3_stmt *statement = statements_get(statements, sql_get, error);
	bool is_row;

	if (!statement)
		return false;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	if (!statement_next(statement, &is_row, error))
		return false;
	*ret_value = is_row ? g_strdup((const char *)sqlite3_column_text(statement, 0)) : NULL;
	sqlite3_reset(statement);
	return true;
}
