/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written comes back after a close, all of a commit or nothing of it. */
#include "tests/agent/store/fixture.h"

#include "reconcile/model/fault.h"

#include <glib/gstdio.h>

static struct record *record_full(void)
{
	struct record *record = record_new("shop/web/1");

	record->cloud = g_strdup("lab");
	record->uid = g_strdup("x7k3q");
	record->instance_id = g_strdup("i-1");
	record->fingerprint = g_strdup("i3fa21c07");
	record->rank = 3;
	record->is_protected = true;
	record->created_at_ms = 1;
	record->ready_at_ms = 2;
	record->missing_since_ms = 3;
	record->attempts = 4;
	record->retry_at_ms = 5;
	record->fault = FAULT_QUOTA;
	record->fault_text = g_strdup("quota of 20 instances — “full”");
	record->commit = g_strdup("4f2c1aa");
	record->place = (struct place){ g_intern_string("deploy/shop.yaml"), 21, 7 };
	return record;
}

static void check_record(const struct record *got)
{
	struct record *want = record_full();

	g_assert_cmpstr(got->key, ==, want->key);
	g_assert_cmpstr(got->cloud, ==, want->cloud);
	g_assert_cmpstr(got->uid, ==, want->uid);
	g_assert_cmpstr(got->instance_id, ==, want->instance_id);
	g_assert_cmpstr(got->fingerprint, ==, want->fingerprint);
	g_assert_cmpuint(got->rank, ==, want->rank);
	g_assert_true(got->is_protected);
	g_assert_cmpint(got->created_at_ms, ==, want->created_at_ms);
	g_assert_cmpint(got->ready_at_ms, ==, want->ready_at_ms);
	g_assert_cmpint(got->missing_since_ms, ==, want->missing_since_ms);
	g_assert_cmpuint(got->attempts, ==, want->attempts);
	g_assert_cmpint(got->retry_at_ms, ==, want->retry_at_ms);
	g_assert_cmpint(got->fault, ==, want->fault);
	g_assert_cmpstr(got->fault_text, ==, want->fault_text);
	g_assert_cmpstr(got->commit, ==, want->commit);
	g_assert_true(got->place.file == want->place.file);
	g_assert_cmpuint(got->place.line, ==, want->place.line);
	g_assert_cmpuint(got->place.column, ==, want->place.column);
	record_free(want);
}

static void test_records_come_back(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) writes = fixture_writes();
	struct store *store = fixture_open(f->dir);
	struct fixture_rows rows;

	fixture_add(writes, WRITE_RECORD)->record = record_full();
	fixture_add(writes, WRITE_RECORD)->record = record_new("shop/web/2");
	fixture_add(writes, WRITE_RECORD)->record = record_new("shop/web/3");
	fixture_add(writes, WRITE_RECORD_GONE)->key = g_strdup("shop/web/3");
	fixture_commit(store, writes);
	store_close(store);

	store = fixture_open(f->dir);
	rows = fixture_load(store, 0);
	g_assert_cmpuint(rows.records->len, ==, 2);
	check_record(rows.records->pdata[0]);
	g_assert_null(((struct record *)rows.records->pdata[1])->cloud);
	fixture_rows_clear(&rows);
	store_close(store);
}

static void test_open_operations_come_back(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) writes = fixture_writes();
	struct store *store = fixture_open(f->dir);
	const struct operation *operation;
	struct fixture_rows rows;

	fixture_add_operation(writes, 7, OPERATION_OPEN);
	((struct write *)writes->pdata[0])->operation->ask = UINT64_MAX;
	((struct write *)writes->pdata[0])->operation->size.memory_bytes = INT64_C(4) << 30;
	fixture_add_operation(writes, 8, OPERATION_UNCERTAIN);
	fixture_add_operation(writes, 9, OPERATION_FAILED);
	fixture_add_operation(writes, 10, OPERATION_OPEN);
	fixture_add_operation(writes, 10, OPERATION_DONE);
	fixture_commit(store, writes);
	store_close(store);

	store = fixture_open(f->dir);
	rows = fixture_load(store, 0);
	g_assert_cmpuint(rows.operations->len, ==, 2);
	g_assert_cmpint(rows.last_operation, ==, 10);
	operation = rows.operations->pdata[0];
	g_assert_cmpint(operation->id, ==, 7);
	g_assert_cmpint(operation->verb, ==, VERB_CREATE);
	g_assert_cmpint(operation->state, ==, OPERATION_OPEN);
	g_assert_true(operation->ask == UINT64_MAX);
	g_assert_cmpint(operation->size.memory_bytes, ==, INT64_C(4) << 30);
	operation = rows.operations->pdata[1];
	g_assert_cmpint(operation->state, ==, OPERATION_UNCERTAIN);
	fixture_rows_clear(&rows);
	store_close(store);
}

static void test_deletions_come_back_since(struct fixture *f G_GNUC_UNUSED,
                                           const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) writes = fixture_writes();
	struct store *store = fixture_open(NULL);
	struct fixture_rows rows;

	fixture_add(writes, WRITE_DELETION)->deletion = deletion_new(100, "shop/web/1", "lab");
	fixture_add(writes, WRITE_DELETION)->deletion = deletion_new(200, "shop/web/1", "lab");
	fixture_add(writes, WRITE_DELETION)->deletion = deletion_new(200, "shop/web/1", "lab");
	fixture_commit(store, writes);
	rows = fixture_load(store, 150);
	g_assert_cmpuint(rows.deletions->len, ==, 2);
	g_assert_cmpstr(((struct deletion *)rows.deletions->pdata[0])->cloud, ==, "lab");
	fixture_rows_clear(&rows);
	store_close(store);
}

static struct document *document_make(const char *name, const char *file, const char *text)
{
	struct document *document = g_new0(struct document, 1);

	document->kind = g_strdup("Deployment");
	document->name = g_strdup(name);
	document->file = g_strdup(file);
	document->line = 4;
	document->text = g_strdup(text);
	return document;
}

static void free_document(void *document)
{
	document_free(document);
}

static void test_documents_come_back(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) put = g_ptr_array_new_with_free_func(free_document);
	g_autoptr(GPtrArray) got = NULL;
	g_autoptr(GError) error = NULL;
	struct store *store = fixture_open(f->dir);
	const struct document *document;

	g_ptr_array_add(put, document_make("shop", "b.yaml", "kind: Deployment\n"));
	g_ptr_array_add(put, document_make("shop", "a.yaml", "old"));
	g_ptr_array_add(put, document_make("shop", "a.yaml", NULL));
	g_ptr_array_add(put, document_make("never", "a.yaml", NULL));
	g_assert_true(store_put_documents(store, put, &error));
	g_assert_no_error(error);
	store_close(store);

	store = fixture_open(f->dir);
	g_assert_true(store_load_documents(store, &got, &error));
	g_assert_cmpuint(got->len, ==, 1);
	document = got->pdata[0];
	g_assert_cmpstr(document->kind, ==, "Deployment");
	g_assert_cmpstr(document->name, ==, "shop");
	g_assert_cmpstr(document->file, ==, "b.yaml");
	g_assert_cmpuint(document->line, ==, 4);
	g_assert_cmpstr(document->text, ==, "kind: Deployment\n");
	store_close(store);
}

static void test_named_values(struct fixture *f G_GNUC_UNUSED, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *owner = NULL;
	struct store *store = fixture_open(NULL);

	g_assert_null(store_get(store, "owner", &error));
	g_assert_no_error(error);
	g_assert_true(store_put(store, "owner", "a", &error));
	g_assert_true(store_put(store, "owner", "b", &error));
	owner = store_get(store, "owner", &error);
	g_assert_cmpstr(owner, ==, "b");
	store_close(store);
}

/* An id that SQLite takes only once fails the second write; the first must not stay. */
static void test_a_commit_is_all_or_nothing(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) writes = fixture_writes();
	g_autoptr(GPtrArray) events = NULL;
	g_autoptr(GError) error = NULL;
	struct store *store = fixture_open(f->dir);
	struct fixture_rows rows;

	fixture_add(writes, WRITE_RECORD)->record = record_full();
	fixture_add_event(writes, "shop/web/1", 1);
	fixture_add(writes, WRITE_DELETION)->deletion = deletion_new(1, "x", NULL);
	g_clear_pointer(&((struct write *)writes->pdata[2])->deletion->key, g_free);
	g_assert_false(store_commit(store, writes, &error));
	g_assert_nonnull(error);
	rows = fixture_load(store, 0);
	g_assert_cmpuint(rows.records->len, ==, 0);
	fixture_rows_clear(&rows);
	g_ptr_array_set_size(writes, 2);
	fixture_commit(store, writes);
	g_assert_true(store_load_events(store, 0, NULL, 10, &events, NULL));
	g_assert_cmpuint(events->len, ==, 1);
	g_assert_cmpint(((struct event *)events->pdata[0])->id, ==, 1);
	store_close(store);
}

/* Nothing may be sent on the strength of a journal that nobody will read. */
static void test_a_removed_database_is_not_written(struct fixture *f,
                                                   const void *data G_GNUC_UNUSED)
{
	autoptr(store) store = store_open(f->dir, NULL);
	g_autoptr(GPtrArray) writes = fixture_writes();
	g_autofree char *away = g_strconcat(f->db, "-away", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_nonnull(store);
	fixture_add_event(writes, "shop/web/1", 1000);
	g_assert_cmpint(g_rename(f->db, away), ==, 0);
	g_assert_false(store_commit(store, writes, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_INTERNAL);
	g_assert_cmpint(g_rename(away, f->db), ==, 0);
	g_assert_true(store_commit(store, writes, NULL));
}

static void test_ids_never_come_again(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) writes = fixture_writes();
	g_autoptr(GPtrArray) events = NULL;
	g_autoptr(GError) error = NULL;
	struct store *store = fixture_open(f->dir);
	struct fixture_rows rows;

	fixture_add_operation(writes, 41, OPERATION_DONE);
	fixture_add_operation(writes, 3, OPERATION_OPEN);
	fixture_add_event(writes, "shop/web/1", 1);
	fixture_commit(store, writes);
	g_assert_true(store_prune(store, 1000000, &error));
	g_assert_no_error(error);
	store_close(store);

	store = fixture_open(f->dir);
	rows = fixture_load(store, 0);
	g_assert_cmpint(rows.last_operation, ==, 41);
	g_assert_cmpuint(rows.operations->len, ==, 1);
	fixture_rows_clear(&rows);
	g_ptr_array_set_size(writes, 0);
	fixture_add_event(writes, "shop/web/1", 2);
	fixture_commit(store, writes);
	g_assert_true(store_load_events(store, 0, NULL, 10, &events, &error));
	g_assert_cmpint(((struct event *)events->pdata[0])->id, ==, 2);
	store_close(store);
}

static void test_ten_thousand_in_a_commit(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) writes = fixture_writes();
	struct store *store = fixture_open(f->dir);
	int64_t begun_us, taken_us;

	for (int i = 0; i < 10000; i++) {
		fixture_add_operation(writes, i + 1, OPERATION_OPEN);
		fixture_add_event(writes, "shop/web/1", i);
	}
	begun_us = g_get_monotonic_time();
	fixture_commit(store, writes);
	taken_us = g_get_monotonic_time() - begun_us;
	g_test_message("10000 operations and events in %" G_GINT64_FORMAT " ms", taken_us / 1000);
	g_assert_cmpint(taken_us, <, 5 * G_USEC_PER_SEC);
	store_close(store);
}

#define CASE(path, test) \
	g_test_add("/store/" path, struct fixture, NULL, fixture_set_up, test, fixture_tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	CASE("records-come-back", test_records_come_back);
	CASE("open-operations-come-back", test_open_operations_come_back);
	CASE("deletions-come-back-since", test_deletions_come_back_since);
	CASE("documents-come-back", test_documents_come_back);
	CASE("named-values", test_named_values);
	CASE("a-commit-is-all-or-nothing", test_a_commit_is_all_or_nothing);
	CASE("a-removed-database-is-not-written", test_a_removed_database_is_not_written);
	CASE("ids-never-come-again", test_ids_never_come_again);
	CASE("ten-thousand-in-a-commit", test_ten_thousand_in_a_commit);
	return g_test_run();
}
