/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directory, and rows to write and read back. */
#include "tests/agent/store/fixture.h"

#include <glib/gstdio.h>

void fixture_set_up(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	f->dir = g_dir_make_tmp("muster-store-XXXXXX", NULL);
	g_assert_nonnull(f->dir);
	f->db = g_build_filename(f->dir, "muster.db", NULL);
}

void fixture_tear_down(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	static const char *const names[] = { "muster.db", "muster.db-wal", "muster.db-shm",
		                             "lock" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(f->dir, names[i], NULL);

		g_unlink(path);
	}
	g_assert_cmpint(g_rmdir(f->dir), ==, 0);
	g_free(f->dir);
	g_free(f->db);
}

static void free_write(void *write)
{
	write_free(write);
}

GPtrArray *fixture_writes(void)
{
	return g_ptr_array_new_with_free_func(free_write);
}

struct write *fixture_add(GPtrArray *writes, enum write_kind kind)
{
	struct write *write = g_new0(struct write, 1);

	write->kind = kind;
	g_ptr_array_add(writes, write);
	return write;
}

void fixture_add_event(GPtrArray *writes, const char *key, int64_t at_ms)
{
	struct write *write = fixture_add(writes, WRITE_EVENT);

	write->event = event_new(EVENT_MEMBER_READY, at_ms);
	write->event->key = g_strdup(key);
	write->event->text = g_strdup("ready");
}

void fixture_add_operation(GPtrArray *writes, int64_t id, enum operation_state state)
{
	struct write *write = fixture_add(writes, WRITE_OPERATION);

	write->operation = operation_new(id, VERB_CREATE, "shop/web/1", "lab");
	write->operation->state = state;
	write->operation->closed_at_ms = state < OPERATION_DONE ? 0 : 5000;
}

struct store *fixture_open(const char *dir)
{
	g_autoptr(GError) error = NULL;
	struct store *store = store_open(dir, &error);

	g_assert_no_error(error);
	g_assert_nonnull(store);
	return store;
}

void fixture_commit(struct store *store, GPtrArray *writes)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(store_commit(store, writes, &error));
	g_assert_no_error(error);
}

struct fixture_rows fixture_load(struct store *store, int64_t since_ms)
{
	g_autoptr(GError) error = NULL;
	struct fixture_rows rows;

	g_assert_true(store_load(store, since_ms, &rows.records, &rows.operations, &rows.deletions,
	                         &rows.last_operation, &error));
	g_assert_no_error(error);
	return rows;
}

void fixture_rows_clear(struct fixture_rows *rows)
{
	g_ptr_array_unref(rows->records);
	g_ptr_array_unref(rows->operations);
	g_ptr_array_unref(rows->deletions);
}
