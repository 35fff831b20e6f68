/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deletion - destructions begun, for the window of the deletion budget. */
#include "agent/store/tables.h"

static const struct column columns[] = {
	{ "at_ms", COLUMN_INT64, offsetof(struct deletion, at_ms), NULL },
	{ "key", COLUMN_TEXT, offsetof(struct deletion, key), NULL },
	{ "cloud", COLUMN_TEXT, offsetof(struct deletion, cloud), NULL },
	{ NULL, COLUMN_TEXT, 0, NULL },
};
static const struct table table = { "deletion", columns, NULL };

static const char sql_since[] = "WHERE at_ms >= ? ORDER BY at_ms, id";
static const char sql_prune[] = "DELETE FROM deletion WHERE at_ms < ?";

bool deletion_add(struct statements *statements, const struct deletion *deletion, GError **error)
{
	return statements_put_row(statements, &table, deletion, error);
}

static void *deletion_blank(void)
{
	return deletion_new(0, "", "");
}

bool deletions_load(struct statements *statements, int64_t since_ms, GPtrArray *deletions,
                    GError **error)
{
	sqlite3_stmt *statement = statements_select(statements, &table, sql_since, error);

	if (!statement)
		return false;
	sqlite3_bind_int64(statement, 1, since_ms);
	return statement_load(statement, columns, deletion_blank, deletions, error);
}

bool deletions_prune(struct statements *statements, int64_t before_ms, GError **error)
{
	return statements_run_number(statements, sql_prune, before_ms, error);
}
