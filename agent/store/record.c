/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record - what is remembered of each member. */
#include "agent/store/tables.h"

static const struct column columns[] = {
	{ "key", COLUMN_TEXT, offsetof(struct record, key), NULL },
	{ "cloud", COLUMN_TEXT, offsetof(struct record, cloud), NULL },
	{ "uid", COLUMN_TEXT, offsetof(struct record, uid), NULL },
	{ "instance_id", COLUMN_TEXT, offsetof(struct record, instance_id), NULL },
	{ "fingerprint", COLUMN_TEXT, offsetof(struct record, fingerprint), NULL },
	{ "rank", COLUMN_UNSIGNED, offsetof(struct record, rank), NULL },
	{ "is_protected", COLUMN_BOOL, offsetof(struct record, is_protected), NULL },
	{ "created_at_ms", COLUMN_INT64, offsetof(struct record, created_at_ms), NULL },
	{ "ready_at_ms", COLUMN_INT64, offsetof(struct record, ready_at_ms), NULL },
	{ "missing_since_ms", COLUMN_INT64, offsetof(struct record, missing_since_ms), NULL },
	{ "attempts", COLUMN_UNSIGNED, offsetof(struct record, attempts), NULL },
	{ "retry_at_ms", COLUMN_INT64, offsetof(struct record, retry_at_ms), NULL },
	{ "fault", COLUMN_WORD, offsetof(struct record, fault), &column_faults },
	{ "fault_text", COLUMN_TEXT, offsetof(struct record, fault_text), NULL },
	{ "commit_id", COLUMN_TEXT, offsetof(struct record, commit), NULL },
	{ "file", COLUMN_FILE, offsetof(struct record, place.file), NULL },
	{ "line", COLUMN_UNSIGNED, offsetof(struct record, place.line), NULL },
	{ "column_no", COLUMN_UNSIGNED, offsetof(struct record, place.column), NULL },
	{ NULL, COLUMN_TEXT, 0, NULL },
};
static const struct table table = { "record", columns, NULL };

static const char sql_all[] = "ORDER BY key";
static const char sql_remove[] = "DELETE FROM record WHERE key = ?";

bool record_put(struct statements *statements, const struct record *record, GError **error)
{
	return statements_put_row(statements, &table, record, error);
}

bool record_remove(struct statements *statements, const char *key, GError **error)
{
	sqlite3_stmt *statement = statements_get(statements, sql_remove, error);

	if (!statement)
		return false;
	sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
	return statement_run(statement, error);
}

static void *record_blank(void)
{
	return record_new("");
}

bool records_load(struct statements *statements, GPtrArray *records, GError **error)
{
	sqlite3_stmt *statement = statements_select(statements, &table, sql_all, error);

	if (!statement)
		return false;
	return statement_load(statement, columns, record_blank, records, error);
}
