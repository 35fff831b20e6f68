/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Manifests become instances of the sim cloud, through all parts of the agent, and the state
 * outlives it. */
#include "agent/daemon/session.h"

#include "agent/store/store.h"
#include "reconcile/model/fault.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

enum {
	PATIENCE_MS = 20000
};

static const char cloud[] = "apiVersion: muster/v1\n"
			    "kind: Cloud\n"
			    "metadata: { name: lab }\n"
			    "spec:\n"
			    "  connector: sim\n"
			    "  settings: { bootTime: %s, deleteTime: 10ms, latency: 1ms }\n"
			    "  images: { debian-12: { name: Debian } }\n";

static const char shop[] =
	"apiVersion: muster/v1\n"
	"kind: Deployment\n"
	"metadata: { name: shop }\n"
	"spec:\n"
	"  cloud: lab\n"
	"  components:\n"
	"    db: { count: 1, image: debian-12, size: { cpus: 1, memory: 1GiB } }\n"
	"    web:\n"
	"      count: 3\n"
	"      after: [db]\n"
	"      image: debian-12\n"
	"      size: { cpus: 1, memory: 1GiB }\n";

struct fixture {
	char *root, *manifests, *state;
	struct daemon_options options;
};

static void write_file(const struct fixture *f, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(f->manifests, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void write_cloud(const struct fixture *f, const char *boot_time)
{
	g_autofree char *text = g_strdup_printf(cloud, boot_time);

	write_file(f, "cloud.yaml", text);
}

static void set_up(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	f->root = g_dir_make_tmp("muster-session-XXXXXX", NULL);
	f->manifests = g_build_filename(f->root, "manifests", NULL);
	f->state = g_build_filename(f->root, "state", NULL);
	g_assert_cmpint(g_mkdir(f->manifests, 0755), ==, 0);
	f->options = (struct daemon_options){
		.manifests_dir = f->manifests,
		.state_dir = f->state,
		.command = "apply",
		.memory = DAEMON_MEMORY_WRITE,
	};
	write_cloud(f, "10ms");
	write_file(f, "shop.yaml", shop);
}

static void tear_down(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	const char *argv[] = { "rm", "-rf", f->root, NULL };

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
	                           NULL, NULL, NULL));
	g_free(f->root);
	g_free(f->manifests);
	g_free(f->state);
}

static struct session *open_good(const struct fixture *f)
{
	g_autoptr(GError) error = NULL;
	struct session *session = session_open(&f->options, &error);

	g_assert_no_error(error);
	return session;
}

static enum session_end run(struct session *session, enum session_goal goal, int64_t deadline_ms)
{
	const struct session_run options = { .goal = goal, .deadline_ms = deadline_ms };
	enum session_end end = SESSION_LATE;

	g_assert_true(session_run(session, &options, &end, NULL));
	return end;
}

/* How many members of all deployments are there, by the engine's view. */
static size_t count_present(struct session *session)
{
	struct daemon *daemon = session_daemon(session);
	const struct view_options options = { .with_members = false };
	autoptr(view) view = engine_view(daemon_engine(daemon), &options, daemon_now_ms(daemon));
	size_t present = 0;

	for (guint i = 0; i < view->deployments->len; i++)
		present += ((struct deployment_view *)view->deployments->pdata[i])->present;
	return present;
}

static void test_plan_looks_and_leaves_nothing(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) plans = NULL;
	struct daemon *daemon;
	const struct plan *plan;
	struct session *session;

	f->options.memory = DAEMON_MEMORY_READ;
	session = open_good(f);
	daemon = session_daemon(session);
	g_assert_cmpint(run(session, SESSION_LOOK, PATIENCE_MS), ==, SESSION_REACHED);
	plans = engine_plan(daemon_engine(daemon), NULL, daemon_now_ms(daemon));
	g_assert_cmpuint(plans->len, ==, 1);
	plan = plans->pdata[0];
	g_assert_cmpuint(plan->actions->len, >, 0);
	g_assert_cmpuint(count_present(session), ==, 0);
	session_close(session);
	g_assert_false(g_file_test(f->state, G_FILE_TEST_EXISTS));
}

static void test_apply_converges(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	struct session *session = open_good(f);
	struct store *store;
	GPtrArray *records, *operations, *deletions, *events;
	int64_t last;

	g_assert_cmpint(run(session, SESSION_CONVERGE, PATIENCE_MS), ==, SESSION_REACHED);
	g_assert_cmpuint(count_present(session), ==, 4);
	session_close(session);

	store = store_open(f->state, NULL);
	g_assert_nonnull(store);
	g_assert_true(store_load(store, 0, &records, &operations, &deletions, &last, NULL));
	g_assert_cmpuint(records->len, ==, 4);
	g_assert_cmpuint(operations->len, ==, 0);
	g_assert_cmpint(last, ==, 4);
	g_assert_true(store_load_events(store, 0, NULL, 100, &events, NULL));
	g_assert_cmpint(((struct event *)events->pdata[0])->name, ==, EVENT_AGENT_STARTED);
	g_assert_cmpint(((struct event *)events->pdata[events->len - 1])->name, ==,
	                EVENT_AGENT_STOPPED);
	g_ptr_array_unref(records);
	g_ptr_array_unref(operations);
	g_ptr_array_unref(deletions);
	g_ptr_array_unref(events);
	store_close(store);
}

static void test_apply_ends_in_time(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	struct session *session;

	write_cloud(f, "1h");
	session = open_good(f);
	g_assert_cmpint(run(session, SESSION_CONVERGE, 1500), ==, SESSION_LATE);
	session_close(session);
}

static void on_progress(struct daemon *daemon G_GNUC_UNUSED, void *data)
{
	session_cancel(data);
}

static void test_a_run_can_be_cancelled(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	struct session *session = open_good(f);
	const struct session_run options = {
		.goal = SESSION_CONVERGE,
		.progress = on_progress,
		.data = session,
	};
	enum session_end end;

	g_assert_true(session_run(session, &options, &end, NULL));
	g_assert_cmpint(end, ==, SESSION_CANCELLED);
	session_close(session);
}

static void test_the_owner_stays(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	struct session *session = open_good(f);
	g_autofree char *owner = g_strdup(daemon_owner(session_daemon(session)));

	g_assert_cmpuint(strlen(owner), ==, 20);
	session_close(session);
	session = open_good(f);
	g_assert_cmpstr(daemon_owner(session_daemon(session)), ==, owner);
	session_close(session);
}

static void test_what_cannot_be_opened(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	struct session *session = open_good(f);

	g_assert_null(session_open(&f->options, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_EXISTS);
	session_close(session);
	g_clear_error(&error);
	f->options.manifests_dir = "/nowhere/at/all";
	g_assert_null(session_open(&f->options, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_NOT_FOUND);
	g_clear_error(&error);
	f->options.manifests_dir = "/dev/null";
	g_assert_null(session_open(&f->options, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_INVALID);
	g_assert_nonnull(strstr(error->message, g_strerror(ENOTDIR)));
	g_clear_error(&error);
	f->options.config_path = "/nowhere/at/all";
	g_assert_null(session_open(&f->options, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_NOT_FOUND);
}

#define CASE(path, test) g_test_add("/session/" path, struct fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	CASE("plan-looks-and-leaves-nothing", test_plan_looks_and_leaves_nothing);
	CASE("apply-converges", test_apply_converges);
	CASE("apply-ends-in-time", test_apply_ends_in_time);
	CASE("a-run-can-be-cancelled", test_a_run_can_be_cancelled);
	CASE("the-owner-stays", test_the_owner_stays);
	CASE("what-cannot-be-opened", test_what_cannot_be_opened);
	return g_test_run();
}
