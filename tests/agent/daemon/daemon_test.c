/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent as its own process: it follows the directory, reloads, and ends at once with its
 * journal kept. */
#include "agent/daemon/daemon.h"

#include "agent/daemon/log.h"
#include "agent/store/store.h"
#include "reconcile/model/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PATIENCE_US = 20 * G_USEC_PER_SEC
};

static const char cloud_text[] = "apiVersion: muster/v1\n"
				 "kind: Cloud\n"
				 "metadata: { name: lab }\n"
				 "spec:\n"
				 "  connector: sim\n"
				 "  settings: { bootTime: 10ms, deleteTime: 10ms, latency: %s }\n"
				 "  images: { debian-12: { name: Debian } }\n";

static const char shop_text[] = "apiVersion: muster/v1\n"
				"kind: Deployment\n"
				"metadata: { name: shop }\n"
				"spec:\n"
				"  cloud: lab\n"
				"  components:\n"
				"    web: { count: %d, image: debian-12, size: { cpus: 1 } }\n";

struct fixture {
	char *root, *manifests, *state, *lines;
	int notify; /* what systemd would hear */
	pid_t pid;
};

static void write_file(const struct fixture *f, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(f->manifests, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void write_shop(const struct fixture *f, int count)
{
	g_autofree char *text = g_strdup_printf(shop_text, count);

	write_file(f, "shop.yaml", text);
}

static void write_cloud(const struct fixture *f, const char *latency)
{
	g_autofree char *text = g_strdup_printf(cloud_text, latency);

	write_file(f, "cloud.yaml", text);
}

static int notify_listen(const char *root)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	g_autofree char *path = g_build_filename(root, "notify", NULL);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	g_strlcpy(address.sun_path, path, sizeof(address.sun_path));
	g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof(address)), ==, 0);
	g_setenv("NOTIFY_SOCKET", path, TRUE);
	return fd;
}

static void set_up(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	f->root = g_dir_make_tmp("muster-daemon-XXXXXX", NULL);
	f->manifests = g_build_filename(f->root, "manifests", NULL);
	f->state = g_build_filename(f->root, "state", NULL);
	f->lines = g_build_filename(f->root, "log", NULL);
	f->notify = notify_listen(f->root);
	g_assert_cmpint(g_mkdir(f->manifests, 0755), ==, 0);
	write_cloud(f, "1ms");
}

/* In the child: the agent, its lines in a file. */
static int agent_run(const struct fixture *f)
{
	struct log_options log = { .form = LOG_FORM_TEXT, .level = LOG_LEVEL_INFO };
	struct daemon_options options = {
		.manifests_dir = f->manifests,
		.state_dir = f->state,
		.command = "agent",
		.log = &log,
		.memory = DAEMON_MEMORY_WRITE,
		.is_watching = true,
	};
	g_autoptr(GError) error = NULL;

	log.fd = open(f->lines, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (!daemon_run(&options, &error)) {
		log_text(LOG_LEVEL_ERROR, "failed", error->message);
		return 1;
	}
	return 0;
}

static void start(struct fixture *f)
{
	f->pid = fork();
	g_assert_cmpint(f->pid, >=, 0);
	if (f->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(agent_run(f));
	}
}

static char *lines(const struct fixture *f)
{
	char *text = NULL;

	return g_file_get_contents(f->lines, &text, NULL, NULL) ? text : g_strdup("");
}

static void breathe(void)
{
	/* The agent is another process: there is no event of ours to wait for. */
	g_usleep(5000);
}

/* Waits until the log has @text at least @times. */
static void await_lines(const struct fixture *f, const char *text, unsigned times)
{
	int64_t end_us = g_get_monotonic_time() + PATIENCE_US;
	unsigned found = 0;

	while (found < times) {
		g_autofree char *all = lines(f);

		found = 0;
		for (const char *at = all; (at = strstr(at, text)); at += strlen(text))
			found++;
		if (g_get_monotonic_time() > end_us)
			g_error("\"%s\" is not %u times in:\n%s", text, times, all);
		breathe();
	}
}

static void await_notify(const struct fixture *f, const char *expected)
{
	int64_t end_us = g_get_monotonic_time() + PATIENCE_US;
	char text[512];
	bool is_heard = false;

	while (!is_heard) {
		ssize_t len = recv(f->notify, text, sizeof(text) - 1, MSG_DONTWAIT);

		text[MAX(len, 0)] = '\0';
		is_heard = g_str_has_prefix(text, expected);
		g_assert_cmpint(g_get_monotonic_time(), <, end_us);
		if (len < 0)
			breathe();
	}
}

/* The exit code; for a signal, its number negated. */
static int stop(struct fixture *f, int number)
{
	int status;

	g_assert_cmpint(kill(f->pid, number), ==, 0);
	g_assert_cmpint(waitpid(f->pid, &status, 0), ==, f->pid);
	f->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void tear_down(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	const char *argv[] = { "rm", "-rf", f->root, NULL };

	if (f->pid > 0)
		stop(f, SIGKILL);
	close(f->notify);
	g_unsetenv("NOTIFY_SOCKET");
	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
	                           NULL, NULL, NULL));
	g_free(f->root);
	g_free(f->manifests);
	g_free(f->state);
	g_free(f->lines);
}

static void test_it_follows_the_directory(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	write_shop(f, 1);
	start(f);
	await_notify(f, "READY=1");
	await_lines(f, " operation-done key=shop/web/1", 1);
	write_shop(f, 3);
	await_lines(f, " operation-done key=shop/web/3", 1);
	await_notify(f, "STATUS=");
	g_assert_cmpint(stop(f, SIGTERM), ==, 0);
	await_notify(f, "STOPPING=1");
}

static void test_a_bad_document_stays_in_force(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *all = NULL;

	write_shop(f, 1);
	start(f);
	await_lines(f, " operation-done key=shop/web/1", 1);
	write_file(f, "shop.yaml",
	           "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: shop }\n"
	           "spec: { cuont: 1 }\n");
	await_lines(f, " finding ", 1);
	g_assert_cmpint(stop(f, SIGTERM), ==, 0);
	start(f);
	await_lines(f, " agent-started ", 2);
	await_lines(f, " finding ", 2);
	/* The sim cloud is empty again, and what the bad document asked for is made anew. */
	await_lines(f, " operation-begun key=shop/web/1", 2);
	g_assert_cmpint(stop(f, SIGTERM), ==, 0);
	all = lines(f);
	g_assert_null(strstr(all, "deployment-missing"));
}

/* The hash of a new commit of all manifests. */
static char *commit(const struct fixture *f)
{
	static const char script[] =
		"set -e; cd \"$1\"; export HOME=\"$1\" GIT_CONFIG_NOSYSTEM=1; git init -q .; git add -A; "
		"git -c user.name=x -c user.email=x commit -qm x; git rev-parse HEAD";
	const char *argv[] = { "sh", "-c", script, "sh", f->manifests, NULL };
	char *output = NULL;
	int status;

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
	                           &output, NULL, &status, NULL));
	g_assert_cmpint(status, ==, 0);
	return g_strchomp(output);
}

static void test_operations_name_their_commit(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *git = g_find_program_in_path("git");
	g_autofree char *first = NULL, *second = NULL;

	if (!git) {
		g_test_skip("git is not installed");
		return;
	}
	write_shop(f, 1);
	first = commit(f);
	start(f);
	await_lines(f, first, 1);
	await_lines(f, " operation-done key=shop/web/1", 1);
	write_shop(f, 2);
	second = commit(f);
	await_lines(f, " operation-done key=shop/web/2", 1);
	g_assert_cmpint(stop(f, SIGTERM), ==, 0);
}

static void test_it_reloads(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	start(f);
	await_notify(f, "READY=1");
	g_assert_cmpint(kill(f->pid, SIGHUP), ==, 0);
	await_notify(f, "RELOADING=1");
	await_notify(f, "READY=1");
	await_lines(f, " reloaded ", 1);
	g_assert_cmpint(stop(f, SIGINT), ==, 0);
}

static size_t open_operations(const struct fixture *f)
{
	autoptr(store) store = store_open_reading(f->state, NULL);
	GPtrArray *records, *operations, *deletions;
	int64_t last;
	size_t count;

	g_assert_nonnull(store);
	g_assert_true(store_load(store, 0, &records, &operations, &deletions, &last, NULL));
	count = operations->len;
	g_ptr_array_unref(records);
	g_ptr_array_unref(operations);
	g_ptr_array_unref(deletions);
	return count;
}

static void test_it_ends_within_a_second(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	int64_t begun_us;

	write_cloud(f, "1s");
	write_shop(f, 3);
	start(f);
	await_lines(f, " operation-begun key=shop/web/3", 1);
	begun_us = g_get_monotonic_time();
	g_assert_cmpint(stop(f, SIGTERM), ==, 0);
	g_assert_cmpint(g_get_monotonic_time() - begun_us, <, G_USEC_PER_SEC);
	g_assert_cmpuint(open_operations(f), ==, 3);
}

static void test_killed_it_begins_again(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	write_cloud(f, "1s");
	write_shop(f, 3);
	start(f);
	await_lines(f, " operation-begun key=shop/web/3", 1);
	g_assert_cmpint(stop(f, SIGKILL), ==, -SIGKILL);
	g_assert_cmpuint(open_operations(f), ==, 3);
	start(f);
	await_lines(f, " agent-started ", 2);
	g_assert_cmpint(stop(f, SIGTERM), ==, 0);
}

static void test_two_do_not_share_a_state(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *pid = NULL;
	struct fixture second = *f;
	int status;

	start(f);
	await_notify(f, "READY=1");
	pid = g_strdup_printf("process %d since", f->pid);
	start(&second);
	g_assert_cmpint(waitpid(second.pid, &status, 0), ==, second.pid);
	g_assert_cmpint(WEXITSTATUS(status), ==, 1);
	await_lines(f, pid, 1);
	g_assert_cmpint(stop(f, SIGTERM), ==, 0);
}

/* The manifests go, directory and all: nothing is taken for missing. */
static void test_a_vanished_directory_is_no_order(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *away = g_strconcat(f->manifests, "-away", NULL);
	g_autofree char *all = NULL;

	write_shop(f, 1);
	start(f);
	await_lines(f, " operation-done key=shop/web/1", 1);
	g_assert_cmpint(g_rename(f->manifests, away), ==, 0);
	await_lines(f, " finding place=.:0:0 ", 1);
	g_assert_cmpint(g_rename(away, f->manifests), ==, 0);
	write_shop(f, 2);
	await_lines(f, " operation-done key=shop/web/2", 1);
	g_assert_cmpint(stop(f, SIGTERM), ==, 0);
	all = lines(f);
	g_assert_null(strstr(all, "deployment-missing"));
}

static void remove_file(const struct fixture *f, const char *name)
{
	g_autofree char *path = g_build_filename(f->manifests, name, NULL);

	g_assert_cmpint(g_unlink(path), ==, 0);
}

static bool has_document(const struct fixture *f, const char *kind)
{
	autoptr(store) store = store_open_reading(f->state, NULL);
	g_autoptr(GPtrArray) documents = NULL;
	bool is_there = false;

	g_assert_true(store_load_documents(store, &documents, NULL));
	for (guint i = 0; i < documents->len; i++)
		is_there |= g_str_equal(((struct document *)documents->pdata[i])->kind, kind);
	return is_there;
}

static void await_no_document(const struct fixture *f, const char *kind)
{
	int64_t end_us = g_get_monotonic_time() + PATIENCE_US;

	while (has_document(f, kind)) {
		g_assert_cmpint(g_get_monotonic_time(), <, end_us);
		breathe();
	}
}

/* The settings outlive the manifest and the process, and go with the last instance. */
static void test_a_gone_cloud_is_emptied(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	write_cloud(f, "1ms, file: world.json");
	write_shop(f, 1);
	start(f);
	await_lines(f, " operation-done key=shop/web/1", 1);
	remove_file(f, "cloud.yaml");
	await_lines(f, "no cloud is called", 1);
	g_assert_cmpint(stop(f, SIGTERM), ==, 0);
	g_assert_true(has_document(f, "Cloud"));
	start(f);
	await_lines(f, " cloud-up cloud=lab", 2);
	write_file(f, "shop.yaml",
	           "apiVersion: muster/v1\nkind: Deployment\n"
	           "metadata: { name: shop, state: absent }\n");
	await_lines(f, " operation-done key=shop/web/1", 2);
	await_no_document(f, "Cloud");
	g_assert_cmpint(stop(f, SIGTERM), ==, 0);
}

#define CASE(path, test) g_test_add("/daemon/" path, struct fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	CASE("it-follows-the-directory", test_it_follows_the_directory);
	CASE("a-bad-document-stays-in-force", test_a_bad_document_stays_in_force);
	CASE("operations-name-their-commit", test_operations_name_their_commit);
	CASE("it-reloads", test_it_reloads);
	CASE("it-ends-within-a-second", test_it_ends_within_a_second);
	CASE("killed-it-begins-again", test_killed_it_begins_again);
	CASE("two-do-not-share-a-state", test_two_do_not_share_a_state);
	CASE("a-vanished-directory-is-no-order", test_a_vanished_directory_is_no_order);
	CASE("a-gone-cloud-is-emptied", test_a_gone_cloud_is_emptied);
	return g_test_run();
}
