/* SPDX-License-Identifier: GPL-2.0-or-later */
/* operation - the journal: what was begun, before it is sent, and how it ended. */
#include "agent/store/tables.h"

static const char *verb_to_name(int value)
{
	return verb_name((enum verb)value);
}

static bool verb_from_name(const char *name, int *ret_value)
{
	enum verb verb;

	if (!verb_parse(name, &verb))
		return false;
	*ret_value = verb;
	return true;
}

static const char *state_to_name(int value)
{
	return operation_state_name((enum operation_state)value);
}

static bool state_from_name(const char *name, int *ret_value)
{
	enum operation_state state;

	if (!operation_state_parse(name, &state))
		return false;
	*ret_value = state;
	return true;
}

static const struct column_words verbs = { verb_to_name, verb_from_name };
static const struct column_words states = { state_to_name, state_from_name };

static const struct column columns[] = {
	{ "id", COLUMN_INT64, offsetof(struct operation, id), NULL },
	{ "ask", COLUMN_UINT64, offsetof(struct operation, ask), NULL },
	{ "verb", COLUMN_WORD, offsetof(struct operation, verb), &verbs },
	{ "state", COLUMN_WORD, offsetof(struct operation, state), &states },
	{ "key", COLUMN_TEXT, offsetof(struct operation, key), NULL },
	{ "cloud", COLUMN_TEXT, offsetof(struct operation, cloud), NULL },
	{ "uid", COLUMN_TEXT, offsetof(struct operation, uid), NULL },
	{ "name", COLUMN_TEXT, offsetof(struct operation, name), NULL },
	{ "instance_id", COLUMN_TEXT, offsetof(struct operation, instance_id), NULL },
	{ "fingerprint", COLUMN_TEXT, offsetof(struct operation, fingerprint), NULL },
	{ "size_name", COLUMN_TEXT, offsetof(struct operation, size.name), NULL },
	{ "cpus", COLUMN_UNSIGNED, offsetof(struct operation, size.cpus), NULL },
	{ "memory_bytes", COLUMN_INT64, offsetof(struct operation, size.memory_bytes), NULL },
	{ "disk_bytes", COLUMN_INT64, offsetof(struct operation, size.disk_bytes), NULL },
	{ "price_micros", COLUMN_INT64, offsetof(struct operation, size.price_micros), NULL },
	{ "begun_at_ms", COLUMN_INT64, offsetof(struct operation, begun_at_ms), NULL },
	{ "closed_at_ms", COLUMN_INT64, offsetof(struct operation, closed_at_ms), NULL },
	{ "fault", COLUMN_WORD, offsetof(struct operation, fault), &column_faults },
	{ "text", COLUMN_TEXT, offsetof(struct operation, text), NULL },
	{ "why", COLUMN_TEXT, offsetof(struct operation, why), NULL },
	{ "commit_id", COLUMN_TEXT, offsetof(struct operation, commit), NULL },
	{ "file", COLUMN_FILE, offsetof(struct operation, place.file), NULL },
	{ "line", COLUMN_UNSIGNED, offsetof(struct operation, place.line), NULL },
	{ "column_no", COLUMN_UNSIGNED, offsetof(struct operation, place.column), NULL },
	{ NULL, COLUMN_TEXT, 0, NULL },
};
static const struct table table = { "operation", columns, NULL };

/* As the index operation_open has it, so that it is used. */
static const char sql_open[] = "WHERE state IN ('open', 'uncertain') ORDER BY id";
static const char sql_last_id[] =
	"SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'operation'), 0)";
static const char sql_prune[] = "DELETE FROM operation WHERE closed_at_ms > 0 AND closed_at_ms < ? "
				"AND state NOT IN ('open', 'uncertain')";

bool operation_put(struct statements *statements, const struct operation *operation, GError **error)
{
	return statements_put_row(statements, &table, operation, error);
}

static void *operation_blank(void)
{
	return operation_new(0, VERB_LIST, "", "");
}

bool operations_load_open(struct statements *statements, GPtrArray *operations, GError **error)
{
	sqlite3_stmt *statement = statements_select(statements, &table, sql_open, error);

	if (!statement)
		return false;
	return statement_load(statement, columns, operation_blank, operations, error);
}

bool operations_last_id(struct statements *statements, int64_t *ret_id, GError **error)
{
	sqlite3_stmt *statement = statements_get(statements, sql_last_id, error);
	bool is_row;

	if (!statement || !statement_next(statement, &is_row, error))
		return false;
	*ret_id = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return true;
}

bool operations_prune(struct statements *statements, int64_t before_ms, GError **error)
{
	return statements_run_number(statements, sql_prune, before_ms, error);
}
