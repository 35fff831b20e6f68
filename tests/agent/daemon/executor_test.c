/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal comes before the effect; without a journal nothing that changes anything is sent. */
#include "agent/daemon/executor.h"

#include <sqlite3.h>
#include <string.h>

enum {
	PATIENCE_MS = 10000,
	NOW_MS = 1000000
};

struct fixture {
	char *dir, *db;
	struct store *store;
	struct engine *engine;
	struct executor *executor;
	GString *sent; /* "create:1": the verb, and how many operations the journal held by then */
	GString *events; /* names of those that were told */
	unsigned probes, wakes;
	bool has_cloud;
};

static size_t open_operations(struct store *store)
{
	GPtrArray *records, *operations, *deletions;
	int64_t last;
	size_t count;

	g_assert_true(store_load(store, 0, &records, &operations, &deletions, &last, NULL));
	count = operations->len;
	g_ptr_array_unref(records);
	g_ptr_array_unref(operations);
	g_ptr_array_unref(deletions);
	return count;
}

static bool on_send(struct ask *own_ask, void *data)
{
	struct fixture *f = data;

	g_string_append_printf(f->sent, "%s:%zu ", verb_name(own_ask->verb),
	                       f->store ? open_operations(f->store) : 0);
	ask_free(own_ask);
	return f->has_cloud;
}

static void on_probe(const struct probe *probe G_GNUC_UNUSED, void *data)
{
	struct fixture *f = data;

	f->probes++;
}

static int64_t on_now(void *data G_GNUC_UNUSED)
{
	return NOW_MS;
}

static void on_wake(void *data)
{
	struct fixture *f = data;

	f->wakes++;
}

static void on_event(const struct event *event, void *data)
{
	struct fixture *f = data;

	g_string_append_printf(f->events, "%s ", event_name_text(event->name));
}

static void executor_begin(struct fixture *f, struct store *store)
{
	const struct executor_parts parts = {
		.engine = f->engine,
		.store = store,
		.send = on_send,
		.probe = on_probe,
		.now_ms = on_now,
		.wake = on_wake,
		.event = on_event,
		.data = f,
	};
	const struct executor_options options = { .retry_ms = 5, .retry_max_ms = 20 };

	f->executor = executor_new(&parts, &options);
}

static void set_up(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	const struct engine_options options = { .owner = "us",
		                                .seed = 1,
		                                .limits = engine_limits_default };

	f->dir = g_dir_make_tmp("muster-executor-XXXXXX", NULL);
	f->db = g_build_filename(f->dir, "muster.db", NULL);
	f->store = store_open(f->dir, NULL);
	g_assert_nonnull(f->store);
	f->engine = engine_new(&options);
	f->sent = g_string_new(NULL);
	f->events = g_string_new(NULL);
	f->has_cloud = true;
	executor_begin(f, f->store);
}

static void tear_down(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	const char *argv[] = { "rm", "-rf", f->dir, NULL };

	executor_free(f->executor);
	engine_free(f->engine);
	store_close(f->store);
	g_string_free(f->sent, TRUE);
	g_string_free(f->events, TRUE);
	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
	                           NULL, NULL, NULL));
	g_free(f->dir);
	g_free(f->db);
}

static struct write *add_write(struct effects *effects, enum write_kind kind)
{
	struct write *write = g_new0(struct write, 1);

	write->kind = kind;
	g_ptr_array_add(effects->writes, write);
	return write;
}

/* What a pass gives that lists, creates one and probes another. */
static struct effects *effects_make(int64_t operation)
{
	struct effects *effects = effects_new();
	struct probe *probe = g_new0(struct probe, 1);

	add_write(effects, WRITE_OPERATION)->operation =
		operation_new(operation, VERB_CREATE, "shop/web/1", "lab");
	add_write(effects, WRITE_EVENT)->event = event_new(EVENT_OPERATION_BEGUN, NOW_MS);
	g_ptr_array_add(effects->asks, ask_new(1, VERB_LIST, "lab"));
	g_ptr_array_add(effects->asks, ask_new(2, VERB_CREATE, "lab"));
	g_ptr_array_add(effects->probes, probe);
	return effects;
}

static bool can_act(struct fixture *f)
{
	const struct view_options options = { .with_members = false };
	autoptr(view) view = engine_view(f->engine, &options, NOW_MS);

	return view->can_act;
}

static void test_the_journal_comes_first(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	executor_do(f->executor, effects_make(1));
	g_assert_cmpstr(f->sent->str, ==, "list:1 create:1 ");
	g_assert_cmpstr(f->events->str, ==, "operation-begun ");
	g_assert_cmpuint(f->probes, ==, 1);
	g_assert_true(can_act(f));
}

/* A trigger makes every write of an operation fail, as a full disk would. */
static void journal_break(struct fixture *f, bool is_broken)
{
	static const char broken[] = "CREATE TRIGGER broken BEFORE INSERT ON operation BEGIN "
				     "SELECT RAISE(ABORT, 'the disk is full'); END";
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(f->db, &db), ==, SQLITE_OK);
	g_assert_cmpint(
		sqlite3_exec(db, is_broken ? broken : "DROP TRIGGER broken", NULL, NULL, NULL), ==,
		SQLITE_OK);
	sqlite3_close(db);
}

static gboolean on_time(void *data)
{
	bool *is_over = data;

	*is_over = true;
	return G_SOURCE_REMOVE;
}

static void await_acting(struct fixture *f)
{
	bool is_over = false;
	guint timer = g_timeout_add(PATIENCE_MS, on_time, &is_over);

	while (!can_act(f) && !is_over)
		g_main_context_iteration(NULL, TRUE);
	g_assert_false(is_over);
	g_source_remove(timer);
}

static void test_without_a_journal_only_lists_go(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	journal_break(f, true);
	executor_do(f->executor, effects_make(1));
	g_assert_cmpstr(f->sent->str, ==, "list:0 ");
	g_assert_cmpuint(f->probes, ==, 1);
	g_assert_cmpuint(f->wakes, >, 0);
	g_assert_false(can_act(f));
}

static void test_what_waited_is_written(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) events = NULL;

	journal_break(f, true);
	executor_do(f->executor, effects_make(1));
	executor_do(f->executor, effects_make(2));
	g_assert_cmpuint(open_operations(f->store), ==, 0);
	journal_break(f, false);
	await_acting(f);
	g_assert_cmpuint(open_operations(f->store), ==, 2);
	g_assert_true(store_load_events(f->store, 0, NULL, 10, &events, NULL));
	g_assert_cmpuint(events->len, ==, 2);
	g_assert_cmpstr(f->events->str, ==, "operation-begun operation-begun ");
	g_string_truncate(f->sent, 0);
	executor_do(f->executor, effects_make(3));
	g_assert_cmpstr(f->sent->str, ==, "list:3 create:3 ");
}

static void test_without_a_store_nothing_changes(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	executor_free(f->executor);
	executor_begin(f, NULL);
	executor_do(f->executor, effects_make(1));
	g_assert_cmpstr(f->sent->str, ==, "list:0 ");
	g_assert_true(executor_flush(f->executor, NULL));
}

static void test_a_cloud_that_is_not_there(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	f->has_cloud = false;
	executor_do(f->executor, effects_make(1));
	g_assert_cmpuint(f->wakes, >, 0);
}

static void test_a_note_is_written_with_the_next(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) events = NULL;

	executor_note(f->executor, event_new(EVENT_AGENT_STARTED, NOW_MS));
	g_assert_true(executor_flush(f->executor, NULL));
	g_assert_true(store_load_events(f->store, 0, NULL, 10, &events, NULL));
	g_assert_cmpuint(events->len, ==, 1);
}

#define CASE(path, test) \
	g_test_add("/executor/" path, struct fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	CASE("the-journal-comes-first", test_the_journal_comes_first);
	CASE("without-a-journal-only-lists-go", test_without_a_journal_only_lists_go);
	CASE("what-waited-is-written", test_what_waited_is_written);
	CASE("without-a-store-nothing-changes", test_without_a_store_nothing_changes);
	CASE("a-cloud-that-is-not-there", test_a_cloud_that_is_not_there);
	CASE("a-note-is-written-with-the-next", test_a_note_is_written_with_the_next);
	return g_test_run();
}
