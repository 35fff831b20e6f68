/* SPDX-License-Identifier: GPL-2.0-or-later */
/* document - the last good version of each manifest document. */
#include "agent/store/tables.h"

static const struct column columns[] = {
	{ "kind", COLUMN_TEXT, offsetof(struct document, kind), NULL },
	{ "name", COLUMN_TEXT, offsetof(struct document, name), NULL },
	{ "file", COLUMN_TEXT, offsetof(struct document, file), NULL },
	{ "line", COLUMN_UNSIGNED, offsetof(struct document, line), NULL },
	{ "text", COLUMN_TEXT, offsetof(struct document, text), NULL },
	{ NULL, COLUMN_TEXT, 0, NULL },
};
static const struct table table = { "document", columns, NULL };

static const char sql_all[] = "ORDER BY file, line";
static const char sql_remove[] = "DELETE FROM document WHERE kind = ? AND name = ? AND file = ?";

static bool document_remove(struct statements *statements, const struct document *document,
                            GError **error)
{
	sqlite3_stmt *statement = statements_get(statements, sql_remove, error);

	if (!statement)
		return false;
	sqlite3_bind_text(statement, 1, document->kind, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, document->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, document->file, -1, SQLITE_STATIC);
	return statement_run(statement, error);
}

bool document_put(struct statements *statements, const struct document *document, GError **error)
{
	if (!document->text)
		return document_remove(statements, document, error);
	return statements_put_row(statements, &table, document, error);
}

static void *document_blank(void)
{
	return g_new0(struct document, 1);
}

bool documents_load(struct statements *statements, GPtrArray *documents, GError **error)
{
	sqlite3_stmt *statement = statements_select(statements, &table, sql_all, error);

	if (!statement)
		return false;
	return statement_load(statement, columns, document_blank, documents, error);
}
