/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events come back as they were, by subject, and form a chain that shows any change. */
#include "agent/store/store.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

struct fixture {
	char *dir, *db;
	struct store *store;
};

static void set_up(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	f->dir = g_dir_make_tmp("muster-event-XXXXXX", NULL);
	f->db = g_build_filename(f->dir, "muster.db", NULL);
	f->store = store_open(f->dir, NULL);
	g_assert_nonnull(f->store);
}

static void tear_down(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	static const char *const names[] = { "muster.db", "muster.db-wal", "muster.db-shm",
		                             "lock" };

	store_close(f->store);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(f->dir, names[i], NULL);

		g_unlink(path);
	}
	g_rmdir(f->dir);
	g_free(f->dir);
	g_free(f->db);
}

static void free_write(void *write)
{
	write_free(write);
}

static void commit(struct fixture *f, struct event *own_event)
{
	g_autoptr(GPtrArray) writes = g_ptr_array_new_with_free_func(free_write);
	g_autoptr(GError) error = NULL;
	struct write *write = g_new0(struct write, 1);

	write->kind = WRITE_EVENT;
	write->event = own_event;
	g_ptr_array_add(writes, write);
	g_assert_true(store_commit(f->store, writes, &error));
	g_assert_no_error(error);
}

static void commit_key(struct fixture *f, const char *key, int64_t at_ms)
{
	struct event *event = event_new(EVENT_MEMBER_READY, at_ms);

	event->key = g_strdup(key);
	commit(f, event);
}

static void test_an_event_comes_back(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	struct event *event = event_new(EVENT_OPERATION_FAILED, 1234);
	g_autoptr(GPtrArray) events = NULL;
	const struct event *got;

	event->deployment = g_strdup("shop");
	event->key = g_strdup("shop/web/1");
	event->cloud = g_strdup("lab");
	event->instance_id = g_strdup("i-1");
	event->operation = 7;
	event->before = g_strdup("running");
	event->after = g_strdup("failed");
	event->text = g_strdup("two\nlines");
	event->commit = g_strdup("4f2c1aa");
	event->place = (struct place){ g_intern_string("a.yaml"), 3, 5 };
	commit(f, event);
	g_assert_true(store_load_events(f->store, 0, NULL, 10, &events, NULL));
	g_assert_cmpuint(events->len, ==, 1);
	got = events->pdata[0];
	g_assert_cmpint(got->id, ==, 1);
	g_assert_cmpint(got->at_ms, ==, 1234);
	g_assert_cmpint(got->name, ==, EVENT_OPERATION_FAILED);
	g_assert_cmpstr(got->deployment, ==, "shop");
	g_assert_cmpstr(got->key, ==, "shop/web/1");
	g_assert_cmpstr(got->cloud, ==, "lab");
	g_assert_cmpstr(got->instance_id, ==, "i-1");
	g_assert_cmpint(got->operation, ==, 7);
	g_assert_cmpstr(got->before, ==, "running");
	g_assert_cmpstr(got->after, ==, "failed");
	g_assert_cmpstr(got->text, ==, "two\nlines");
	g_assert_cmpstr(got->commit, ==, "4f2c1aa");
	g_assert_cmpstr(got->place.file, ==, "a.yaml");
	g_assert_cmpuint(got->place.line, ==, 3);
	g_assert_cmpuint(got->place.column, ==, 5);
}

/* The ids of @events, joined. */
static char *ids(const GPtrArray *events)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < events->len; i++) {
		const struct event *event = events->pdata[i];

		g_string_append_printf(text, "%s%d", i ? " " : "", (int)event->id);
	}
	return g_string_free(text, FALSE);
}

static void test_subjects(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	static const char *const keys[] = { "shop/web/1",     "shop/web/10", "shop/webby/1",
		                            "shopping/web/1", NULL,          "shop/web/2" };
	static const struct {
		const char *subject;
		const char *ids;
	} rows[] = {
		{ NULL, "1 2 3 4 5 6" }, { "shop", "1 2 3 6" }, { "shopping", "4" },
		{ "shop/web", "1 2 6" }, { "shop/web/1", "1" }, { "shop/webby", "3" },
		{ "shop/none", "" },     { "none", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		commit_key(f, keys[i], (int64_t)i);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) all = NULL, last = NULL;
		g_autofree char *got = NULL, *got_last = NULL;

		g_assert_true(store_load_events(f->store, 0, rows[i].subject, 10, &all, NULL));
		g_assert_true(store_load_last_events(f->store, rows[i].subject, 10, &last, NULL));
		got = ids(all);
		got_last = ids(last);
		g_assert_cmpstr(got, ==, rows[i].ids);
		g_assert_cmpstr(got_last, ==, rows[i].ids);
	}
}

static void commit_cloud(struct fixture *f, const char *cloud, const char *key)
{
	struct event *event = event_new(key ? EVENT_OPERATION_DONE : EVENT_CLOUD_UP, 1);

	event->cloud = g_strdup(cloud);
	event->key = g_strdup(key);
	commit(f, event);
}

/* A cloud and a deployment may have one name; an event of both comes once. */
static void test_a_cloud_is_a_subject(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	static const struct {
		const char *subject;
		unsigned limit;
		const char *ids, *last_ids;
	} rows[] = {
		{ "lab", 10, "1 2 4 5", "1 2 4 5" },
		{ "lab", 2, "1 2", "4 5" },
		{ "lab/web", 10, "4 5", "4 5" },
		{ "east", 10, "3 5", "3 5" },
		{ "eas", 10, "", "" },
	};

	commit_cloud(f, "lab", NULL);
	commit_cloud(f, "lab", "shop/web/1");
	commit_cloud(f, "east", NULL);
	commit_cloud(f, "lab", "lab/web/1");
	commit_cloud(f, "east", "lab/web/1");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) all = NULL, last = NULL;
		g_autofree char *got = NULL, *got_last = NULL;

		g_assert_true(
			store_load_events(f->store, 0, rows[i].subject, rows[i].limit, &all, NULL));
		g_assert_true(store_load_last_events(f->store, rows[i].subject, rows[i].limit,
		                                     &last, NULL));
		got = ids(all);
		got_last = ids(last);
		g_assert_cmpstr(got, ==, rows[i].ids);
		g_assert_cmpstr(got_last, ==, rows[i].last_ids);
	}
}

static void test_parts_of_the_whole(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) after = NULL, last = NULL;
	g_autofree char *after_ids = NULL, *last_ids = NULL;

	for (int i = 0; i < 10; i++)
		commit_key(f, "shop/web/1", i);
	g_assert_true(store_load_events(f->store, 4, NULL, 3, &after, NULL));
	g_assert_true(store_load_last_events(f->store, "shop", 3, &last, NULL));
	after_ids = ids(after);
	last_ids = ids(last);
	g_assert_cmpstr(after_ids, ==, "5 6 7");
	g_assert_cmpstr(last_ids, ==, "8 9 10");
}

/* The hash column of all rows, in hex, by id. */
static GPtrArray *hashes(const struct fixture *f)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
	sqlite3_stmt *statement;
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open_v2(f->db, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_prepare_v2(db, "SELECT hex(hash) FROM event ORDER BY id", -1,
	                                   &statement, NULL),
	                ==, SQLITE_OK);
	while (sqlite3_step(statement) == SQLITE_ROW)
		g_ptr_array_add(all, g_strdup((const char *)sqlite3_column_text(statement, 0)));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return all;
}

/* The second row is the same in both runs; its hash is not, because the first was another. */
static void test_a_hash_covers_the_rows_before(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) first = NULL, second = NULL;

	commit_key(f, "shop/web/1", 1);
	commit_key(f, "shop/web/2", 2);
	first = hashes(f);
	store_close(f->store);
	g_unlink(f->db);
	f->store = store_open(f->dir, NULL);
	commit_key(f, "shop/web/9", 1);
	commit_key(f, "shop/web/2", 2);
	second = hashes(f);
	g_assert_cmpuint(first->len, ==, 2);
	g_assert_cmpuint(strlen(first->pdata[0]), ==, 64);
	g_assert_cmpstr(first->pdata[0], !=, second->pdata[0]);
	g_assert_cmpstr(first->pdata[1], !=, second->pdata[1]);
}

/* Written in one life or in three, with all rows pruned in between: the same chain. */
static void test_the_chain_goes_on(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) first = NULL, second = NULL;

	commit_key(f, "shop/web/1", 1);
	commit_key(f, "shop/web/2", 2);
	commit_key(f, "shop/web/3", 3);
	first = hashes(f);
	store_close(f->store);
	g_unlink(f->db);
	f->store = store_open(f->dir, NULL);
	commit_key(f, "shop/web/1", 1);
	store_close(f->store);
	f->store = store_open(f->dir, NULL);
	commit_key(f, "shop/web/2", 2);
	g_assert_true(store_prune(f->store, 1000, NULL));
	store_close(f->store);
	f->store = store_open(f->dir, NULL);
	commit_key(f, "shop/web/3", 3);
	second = hashes(f);
	g_assert_cmpuint(second->len, ==, 1);
	g_assert_cmpstr(first->pdata[2], ==, second->pdata[0]);
}

/* A clock that was set back must not tear a hole into the chain. */
static void test_only_a_beginning_is_pruned(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) events = NULL;
	g_autofree char *left = NULL;

	commit_key(f, "shop/web/1", 100);
	commit_key(f, "shop/web/1", 900);
	commit_key(f, "shop/web/1", 200);
	g_assert_true(store_prune(f->store, 500, NULL));
	g_assert_true(store_load_events(f->store, 0, NULL, 10, &events, NULL));
	left = ids(events);
	g_assert_cmpstr(left, ==, "2 3");
}

#define CASE(path, test) g_test_add("/event/" path, struct fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	CASE("an-event-comes-back", test_an_event_comes_back);
	CASE("subjects", test_subjects);
	CASE("a-cloud-is-a-subject", test_a_cloud_is_a_subject);
	CASE("parts-of-the-whole", test_parts_of_the_whole);
	CASE("a-hash-covers-the-rows-before", test_a_hash_covers_the_rows_before);
	CASE("the-chain-goes-on", test_the_chain_goes_on);
	CASE("only-a-beginning-is-pruned", test_only_a_beginning_is_pruned);
	return g_test_run();
}
