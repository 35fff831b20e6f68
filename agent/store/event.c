/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event - what happened, as a chain: each row's hash covers the row and the hash before it. */
#include "agent/store/tables.h"

#include <string.h>

static const char *name_to_text(int value)
{
	return event_name_text((enum event_name)value);
}

static bool name_from_text(const char *text, int *ret_value)
{
	enum event_name name;

	if (!event_name_parse(text, &name))
		return false;
	*ret_value = name;
	return true;
}

static const struct column_words names = { name_to_text, name_from_text };

static const struct column columns[] = {
	{ "id", COLUMN_INT64, offsetof(struct event, id), NULL },
	{ "at_ms", COLUMN_INT64, offsetof(struct event, at_ms), NULL },
	{ "name", COLUMN_WORD, offsetof(struct event, name), &names },
	{ "deployment", COLUMN_TEXT, offsetof(struct event, deployment), NULL },
	{ "key", COLUMN_TEXT, offsetof(struct event, key), NULL },
	{ "cloud", COLUMN_TEXT, offsetof(struct event, cloud), NULL },
	{ "instance_id", COLUMN_TEXT, offsetof(struct event, instance_id), NULL },
	{ "operation", COLUMN_INT64, offsetof(struct event, operation), NULL },
	{ "before", COLUMN_TEXT, offsetof(struct event, before), NULL },
	{ "after", COLUMN_TEXT, offsetof(struct event, after), NULL },
	{ "text", COLUMN_TEXT, offsetof(struct event, text), NULL },
	{ "commit_id", COLUMN_TEXT, offsetof(struct event, commit), NULL },
	{ "file", COLUMN_FILE, offsetof(struct event, place.file), NULL },
	{ "line", COLUMN_UNSIGNED, offsetof(struct event, place.line), NULL },
	{ "column_no", COLUMN_UNSIGNED, offsetof(struct event, place.column), NULL },
	{ NULL, COLUMN_TEXT, 0, NULL },
};
static const struct table table = { "event", columns, "hash" };

static const char sql_after[] = "WHERE id > ?1 ORDER BY id LIMIT ?2";
static const char sql_last[] = "ORDER BY id DESC LIMIT ?2";
/* ?3 the deployment or the cloud, ?4 a key or its beginning, or NULL; '0' is the character after
 * '/'. Each of the two comes from its own index, already in order. */
#define SQL_OF_DEPLOYMENT \
	"deployment = ?3 AND (?4 IS NULL OR key = ?4 OR (key >= ?4 || '/' AND key < ?4 || '0'))"
#define SQL_OF_CLOUD "?4 IS NULL AND cloud = ?3"
#define SQL_IDS(which, after, order) \
	"SELECT * FROM (SELECT id FROM event WHERE " which after " ORDER BY id" order " LIMIT ?2)"
#define SQL_SUBJECT(after, order)                                                   \
	"WHERE id IN (" SQL_IDS(SQL_OF_DEPLOYMENT, after, order) " UNION " SQL_IDS( \
		SQL_OF_CLOUD, after, order) ") ORDER BY id" order " LIMIT ?2"
static const char sql_after_of[] = SQL_SUBJECT(" AND id > ?1", "");
static const char sql_last_of[] = SQL_SUBJECT("", " DESC");
static const char sql_chain[] = "SELECT id, hash FROM event ORDER BY id DESC LIMIT 1";
static const char sql_last_id[] =
	"SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)";
static const char sql_pruned_hash[] =
	"INSERT OR REPLACE INTO installation (name, value) "
	"SELECT 'events_pruned_hash', lower(hex(hash)) FROM event "
	"WHERE id < coalesce((SELECT min(id) FROM event WHERE at_ms >= ?1), 1 << 62) "
	"ORDER BY id DESC LIMIT 1";
static const char sql_prune[] =
	"DELETE FROM event "
	"WHERE id < coalesce((SELECT min(id) FROM event WHERE at_ms >= ?1), 1 << 62)";

static void chain_next(const struct event_chain *chain, const struct event *event,
                       struct event_chain *ret_next)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	gsize len = sizeof(ret_next->hash);

	g_checksum_update(checksum, chain->hash, sizeof(chain->hash));
	columns_hash(columns, checksum, event);
	g_checksum_get_digest(checksum, ret_next->hash, &len);
	ret_next->last_id = event->id;
}

static void fill_deployment(struct event *event)
{
	const char *slash = event->key ? strchr(event->key, '/') : NULL;

	if (!event->deployment && slash)
		event->deployment = g_strndup(event->key, (gsize)(slash - event->key));
}

bool event_add(struct statements *statements, struct event_chain *chain, struct event *event,
               GError **error)
{
	sqlite3_stmt *statement = statements_put(statements, &table, error);
	struct event_chain next;
	int parameter;

	if (!statement)
		return false;
	fill_deployment(event);
	event->id = chain->last_id + 1;
	chain_next(chain, event, &next);
	parameter = columns_bind(columns, statement, event);
	sqlite3_bind_blob(statement, parameter, next.hash, sizeof(next.hash), SQLITE_STATIC);
	if (!statement_run(statement, error))
		return false;
	*chain = next;
	return true;
}

static bool hash_from_hex(const char *hex, unsigned char hash[32])
{
	if (!hex || strlen(hex) != 64)
		return false;
	for (size_t i = 0; i < 32; i++) {
		int high = g_ascii_xdigit_value(hex[2 * i]);
		int low = g_ascii_xdigit_value(hex[2 * i + 1]);

		hash[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

/* All events were pruned: the chain goes on from the last one that was. */
static bool chain_load_pruned(struct statements *statements, struct event_chain *chain,
                              GError **error)
{
	sqlite3_stmt *statement = statements_get(statements, sql_last_id, error);
	g_autofree char *hex = NULL;
	bool is_row;

	if (!statement || !statement_next(statement, &is_row, error))
		return false;
	chain->last_id = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	if (!installation_get(statements, "events_pruned_hash", &hex, error))
		return false;
	hash_from_hex(hex, chain->hash);
	return true;
}

bool event_chain_load(struct statements *statements, struct event_chain *ret_chain, GError **error)
{
	sqlite3_stmt *statement = statements_get(statements, sql_chain, error);
	bool is_row;

	if (!statement || !statement_next(statement, &is_row, error))
		return false;
	memset(ret_chain, 0, sizeof(*ret_chain));
	if (!is_row)
		return chain_load_pruned(statements, ret_chain, error);
	ret_chain->last_id = sqlite3_column_int64(statement, 0);
	if (sqlite3_column_bytes(statement, 1) == sizeof(ret_chain->hash))
		memcpy(ret_chain->hash, sqlite3_column_blob(statement, 1), sizeof(ret_chain->hash));
	sqlite3_reset(statement);
	return true;
}

static void *event_blank(void)
{
	return event_new(EVENT_AGENT_STARTED, 0);
}

static bool events_select(sqlite3_stmt *statement, const char *subject, unsigned limit,
                          GPtrArray *events, GError **error)
{
	const char *slash = subject ? strchr(subject, '/') : NULL;

	sqlite3_bind_int64(statement, 2, limit);
	if (subject) {
		sqlite3_bind_text(statement, 3, subject, slash ? (int)(slash - subject) : -1,
		                  SQLITE_STATIC);
	}
	if (slash)
		sqlite3_bind_text(statement, 4, subject, -1, SQLITE_STATIC);
	return statement_load(statement, columns, event_blank, events, error);
}

bool events_load(struct statements *statements, int64_t after, const char *subject, unsigned limit,
                 GPtrArray *events, GError **error)
{
	sqlite3_stmt *statement =
		statements_select(statements, &table, subject ? sql_after_of : sql_after, error);

	if (!statement)
		return false;
	sqlite3_bind_int64(statement, 1, after);
	return events_select(statement, subject, limit, events, error);
}

static void reverse(GPtrArray *array)
{
	for (guint i = 0, j = array->len; i + 1 < j; i++) {
		void *first = array->pdata[i];

		j--;
		array->pdata[i] = array->pdata[j];
		array->pdata[j] = first;
	}
}

bool events_load_last(struct statements *statements, const char *subject, unsigned limit,
                      GPtrArray *events, GError **error)
{
	sqlite3_stmt *statement =
		statements_select(statements, &table, subject ? sql_last_of : sql_last, error);

	if (!statement || !events_select(statement, subject, limit, events, error))
		return false;
	reverse(events);
	return true;
}

bool events_prune(struct statements *statements, int64_t before_ms, GError **error)
{
	return statements_run_number(statements, sql_pruned_hash, before_ms, error) &&
	       statements_run_number(statements, sql_prune, before_ms, error);
}
