/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store - opens the database and puts each group of writes into one transaction. */
#include "agent/store/store.h"

#include "agent/store/lock.h"
#include "agent/store/migration.h"
#include "agent/store/tables.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	/* Only a reader's checkpoint can stand in the way, and the main loop waits meanwhile. */
	BUSY_MS = 100
};

struct store {
	sqlite3 *db;
	struct statements *statements;
	struct event_chain chain;
	struct lock *lock; /* NULL: reading, or in memory */
};

/* A reader sees one state and never waits for the writer: WAL. The journal is fsynced at each
 * commit: FULL. Sorting never needs a file. */
static const char settings_writing[] = "PRAGMA journal_mode = WAL;"
				       "PRAGMA synchronous = FULL;"
				       "PRAGMA foreign_keys = ON;"
				       "PRAGMA temp_store = MEMORY;"
				       "PRAGMA journal_size_limit = 67108864;";

static struct store *store_new(void)
{
	return g_new0(struct store, 1);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	statements_free(store->statements);
	sqlite3_close(store->db);
	lock_close(store->lock);
	g_free(store);
}

static bool db_open(struct store *store, const char *name, int flags, GError **error)
{
	if (sqlite3_open_v2(name, &store->db, flags, NULL) != SQLITE_OK)
		return sqlite_failed(store->db, "open", error);
	sqlite3_extended_result_codes(store->db, 1);
	sqlite3_busy_timeout(store->db, BUSY_MS);
	store->statements = statements_new(store->db);
	return true;
}

static bool dir_make(const char *state_dir, GError **error)
{
	if (g_mkdir_with_parents(state_dir, 0700) == 0)
		return true;
	g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT,
	            "cannot make the state directory \"%s\": %s", state_dir, g_strerror(errno));
	return false;
}

/* SQLite would make the file with the umask's mode; the WAL takes over the mode of the file. */
static bool file_make(const char *path, GError **error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0) {
		g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT, "cannot open \"%s\": %s", path,
		            g_strerror(errno));
		return false;
	}
	close(fd);
	return true;
}

static bool check_text(sqlite3 *db, const char *text, GError **error)
{
	if (g_strcmp0(text, "ok") == 0)
		return true;
	g_set_error(
		error, FAULT_DOMAIN, FAULT_INTERNAL,
		"\"%s\" is damaged (%s): move muster.db, muster.db-wal and muster.db-shm away and "
		"start again; running instances are recognised by their marks",
		sqlite3_db_filename(db, "main"), text);
	return false;
}

/* Reads the whole database, a tenth of a second for 100,000 members; so only after a crash. */
static bool store_check(struct store *store, GError **error)
{
	sqlite3_stmt *statement = statements_get(store->statements, "PRAGMA quick_check(1)", error);
	bool is_row, is_good;

	if (!statement || !statement_next(statement, &is_row, error))
		return false;
	is_good = check_text(store->db, (const char *)sqlite3_column_text(statement, 0), error);
	sqlite3_reset(statement);
	return is_good;
}

static bool store_prepare(struct store *store, bool is_unclean, GError **error)
{
	return sqlite_run(store->db, settings_writing, error) &&
	       (!is_unclean || store_check(store, error)) &&
	       migration_run(store->db, &migration_plan_default, error) &&
	       event_chain_load(store->statements, &store->chain, error);
}

static bool store_open_memory(struct store *store, GError **error)
{
	return db_open(store, ":memory:", SQLITE_OPEN_READWRITE, error) &&
	       store_prepare(store, false, error);
}

static bool store_open_file(struct store *store, const char *state_dir, GError **error)
{
	g_autofree char *path = g_build_filename(state_dir, "muster.db", NULL);
	bool is_unclean;

	if (!dir_make(state_dir, error))
		return false;
	store->lock = lock_open(state_dir, &is_unclean, error);
	return store->lock && file_make(path, error) &&
	       db_open(store, path, SQLITE_OPEN_READWRITE, error) &&
	       store_prepare(store, is_unclean, error);
}

struct store *store_open(const char *state_dir, GError **error)
{
	autoptr(store) store = store_new();
	bool is_good = state_dir ? store_open_file(store, state_dir, error)
	                         : store_open_memory(store, error);

	return is_good ? g_steal_pointer(&store) : NULL;
}

/* Without an agent, and without leave to make the WAL's index, the file is all there is. */
static bool db_open_reading(struct store *store, const char *path, GError **error)
{
	g_autofree char *wal = g_strconcat(path, "-wal", NULL);
	g_autofree char *escaped = g_uri_escape_string(path, "/", false);
	g_autofree char *uri = g_strdup_printf("file:%s?immutable=1", escaped);
	g_autoptr(GError) first = NULL;
	int64_t ignored;

	if (db_open(store, path, SQLITE_OPEN_READONLY, &first) &&
	    sqlite_number(store->db, "PRAGMA schema_version", &ignored, &first))
		return true;
	if (g_file_test(wal, G_FILE_TEST_EXISTS) || access(path, R_OK) != 0) {
		g_propagate_error(error, g_steal_pointer(&first));
		return false;
	}
	g_clear_pointer(&store->statements, statements_free);
	sqlite3_close(store->db);
	store->db = NULL;
	return db_open(store, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error);
}

struct store *store_open_reading(const char *state_dir, GError **error)
{
	g_autofree char *path = g_build_filename(state_dir, "muster.db", NULL);
	autoptr(store) store = store_new();

	if (access(path, F_OK) != 0 && errno == ENOENT) {
		g_set_error(error, FAULT_DOMAIN, FAULT_NOT_FOUND, "there is no state in \"%s\"",
		            state_dir);
		return NULL;
	}
	if (!db_open_reading(store, path, error) ||
	    !migration_check(store->db, &migration_plan_default, error))
		return NULL;
	return g_steal_pointer(&store);
}

static bool write_do(struct store *store, struct write *write, GError **error)
{
	switch (write->kind) {
	case WRITE_RECORD:
		return record_put(store->statements, write->record, error);
	case WRITE_RECORD_GONE:
		return record_remove(store->statements, write->key, error);
	case WRITE_OPERATION:
		return operation_put(store->statements, write->operation, error);
	case WRITE_EVENT:
		return event_add(store->statements, &store->chain, write->event, error);
	case WRITE_DELETION:
		return deletion_add(store->statements, write->deletion, error);
	}
	g_assert_not_reached();
}

static bool writes_do(struct store *store, GPtrArray *writes, GError **error)
{
	for (guint i = 0; i < writes->len; i++)
		if (!write_do(store, writes->pdata[i], error))
			return false;
	return true;
}

/* What is committed to a removed file is lost with the process, and another agent could start
 * beside this one, for the lock went with the directory. */
static bool store_is_in_place(struct store *store, GError **error)
{
	int has_moved = 0;

	sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
	if (has_moved) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL,
		            "the state \"%s\" was removed or replaced under the agent: put it "
		            "back, or end the agent and start it again",
		            sqlite3_db_filename(store->db, "main"));
	}
	return !has_moved;
}

static bool store_begin(struct store *store, GError **error)
{
	return store_is_in_place(store, error) && sqlite_run(store->db, "BEGIN IMMEDIATE", error);
}

/* Commits when @is_good, else takes all back. */
static bool store_end(struct store *store, bool is_good, GError **error)
{
	if (is_good && sqlite_run(store->db, "COMMIT", error))
		return true;
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

bool store_commit(struct store *store, GPtrArray *writes, GError **error)
{
	struct event_chain before = store->chain;

	if (writes->len == 0)
		return true;
	if (!store_begin(store, error))
		return false;
	if (!store_end(store, writes_do(store, writes, error), error)) {
		store->chain = before;
		return false;
	}
	return true;
}

static void free_record(void *record)
{
	record_free(record);
}

static void free_operation(void *operation)
{
	operation_free(operation);
}

static void free_deletion(void *deletion)
{
	deletion_free(deletion);
}

static void free_document(void *document)
{
	document_free(document);
}

static void free_event(void *event)
{
	event_free(event);
}

bool store_load(struct store *store, int64_t since_ms, GPtrArray **ret_records,
                GPtrArray **ret_operations, GPtrArray **ret_deletions, int64_t *ret_last_operation,
                GError **error)
{
	g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(free_record);
	g_autoptr(GPtrArray) operations = g_ptr_array_new_with_free_func(free_operation);
	g_autoptr(GPtrArray) deletions = g_ptr_array_new_with_free_func(free_deletion);

	if (!records_load(store->statements, records, error) ||
	    !operations_load_open(store->statements, operations, error) ||
	    !deletions_load(store->statements, since_ms, deletions, error) ||
	    !operations_last_id(store->statements, ret_last_operation, error))
		return false;
	*ret_records = g_steal_pointer(&records);
	*ret_operations = g_steal_pointer(&operations);
	*ret_deletions = g_steal_pointer(&deletions);
	return true;
}

static bool documents_put(struct store *store, GPtrArray *documents, GError **error)
{
	for (guint i = 0; i < documents->len; i++)
		if (!document_put(store->statements, documents->pdata[i], error))
			return false;
	return true;
}

bool store_put_documents(struct store *store, GPtrArray *documents, GError **error)
{
	if (documents->len == 0)
		return true;
	return store_begin(store, error) &&
	       store_end(store, documents_put(store, documents, error), error);
}

bool store_load_documents(struct store *store, GPtrArray **ret_documents, GError **error)
{
	g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func(free_document);

	if (!documents_load(store->statements, documents, error))
		return false;
	*ret_documents = g_steal_pointer(&documents);
	return true;
}

bool store_load_events(struct store *store, int64_t after, const char *subject, unsigned limit,
                       GPtrArray **ret_events, GError **error)
{
	g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(free_event);

	if (!events_load(store->statements, after, subject, limit, events, error))
		return false;
	*ret_events = g_steal_pointer(&events);
	return true;
}

bool store_load_last_events(struct store *store, const char *subject, unsigned limit,
                            GPtrArray **ret_events, GError **error)
{
	g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(free_event);

	if (!events_load_last(store->statements, subject, limit, events, error))
		return false;
	*ret_events = g_steal_pointer(&events);
	return true;
}

bool store_prune(struct store *store, int64_t before_ms, GError **error)
{
	if (!store_begin(store, error))
		return false;
	return store_end(store,
	                 operations_prune(store->statements, before_ms, error) &&
	                         events_prune(store->statements, before_ms, error) &&
	                         deletions_prune(store->statements, before_ms, error),
	                 error);
}

char *store_get(struct store *store, const char *name, GError **error)
{
	char *value = NULL;

	return installation_get(store->statements, name, &value, error) ? value : NULL;
}

bool store_put(struct store *store, const char *name, const char *value, GError **error)
{
	return installation_put(store->statements, name, value, error);
}
