/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A change is looked at once it has settled, wherever in the tree it is, and git is waited for. */
#include "agent/daemon/follow.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

enum {
	PATIENCE_MS = 10000
};

struct fixture {
	char *root; /* holds the directory, so that that can be replaced */
	char *dir;
	GPtrArray *dirs;
	struct follow *follow;
	unsigned looks, notes;
};

static void free_dir(void *data)
{
	struct source_dir *dir = data;

	g_free(dir->path);
	g_free(dir);
}

static void add_dir(struct fixture *f, const char *path)
{
	struct source_dir *dir;
	GStatBuf st;

	if (g_stat(path, &st) != 0)
		return;
	dir = g_new0(struct source_dir, 1);
	dir->path = g_strdup(path);
	dir->device = st.st_dev;
	dir->inode = st.st_ino;
	g_ptr_array_add(f->dirs, dir);
}

/* What a look does: walks the tree, here one level of it. */
static void walk(struct fixture *f)
{
	g_autoptr(GDir) stream = g_dir_open(f->dir, 0, NULL);
	const char *name;

	g_ptr_array_set_size(f->dirs, 0);
	add_dir(f, f->dir);
	while (stream && (name = g_dir_read_name(stream))) {
		g_autofree char *path = g_build_filename(f->dir, name, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			add_dir(f, path);
	}
}

static void on_look(void *data)
{
	struct fixture *f = data;

	f->looks++;
	walk(f);
	follow_set_dirs(f->follow, f->dirs);
}

static void on_note(const char *text, void *data)
{
	struct fixture *f = data;

	g_assert_cmpuint(strlen(text), >, 0);
	f->notes++;
}

static void follow_begin(struct fixture *f, const struct follow_options *options)
{
	const struct follow_events events = { on_look, on_note, f };
	struct follow_options own = *options;

	own.dir = f->dir;
	f->follow = follow_start(&own, &events);
	walk(f);
	follow_set_dirs(f->follow, f->dirs);
}

static void set_up(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	f->root = g_dir_make_tmp("muster-follow-XXXXXX", NULL);
	f->dir = g_build_filename(f->root, "manifests", NULL);
	f->dirs = g_ptr_array_new_with_free_func(free_dir);
	g_assert_cmpint(g_mkdir(f->dir, 0755), ==, 0);
}

static void G_GNUC_PRINTF(1, 2) run(const char *format, ...)
{
	va_list arguments;
	g_autofree char *command = NULL;
	int status;

	va_start(arguments, format);
	command = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, &status, NULL));
	g_assert_cmpint(status, ==, 0);
}

static void tear_down(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	follow_stop(f->follow);
	run("rm -rf %s", f->root);
	g_ptr_array_unref(f->dirs);
	g_free(f->root);
	g_free(f->dir);
}

static gboolean on_time(void *data)
{
	bool *is_over = data;

	*is_over = true;
	return G_SOURCE_REMOVE;
}

/* Runs the main context until @looks were made, or for @ms; whether they were. */
static bool await_looks(const struct fixture *f, unsigned looks, unsigned ms)
{
	bool is_over = false;
	guint timer = g_timeout_add(ms, on_time, &is_over);

	while (f->looks < looks && !is_over)
		g_main_context_iteration(NULL, TRUE);
	if (!is_over)
		g_source_remove(timer);
	return f->looks >= looks;
}

/* The first look comes when all is watched; then nothing is due. */
static void await_watching(struct fixture *f)
{
	g_assert_true(await_looks(f, 1, PATIENCE_MS));
	while (await_looks(f, f->looks + 1, 200)) {
	}
	f->looks = 0;
}

static void write_file(const struct fixture *f, const char *name)
{
	g_autofree char *path = g_build_filename(f->dir, name, NULL);

	g_assert_true(g_file_set_contents(path, "x", -1, NULL));
}

static void test_a_change_is_seen(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	follow_begin(f, &follow_options_default);
	await_watching(f);
	g_assert_true(g_str_has_prefix(follow_text(f->follow), "watching 1 directory"));
	write_file(f, "a.yaml");
	g_assert_true(await_looks(f, 1, PATIENCE_MS));
}

static void test_a_burst_is_one_look(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	follow_begin(f, &follow_options_default);
	await_watching(f);
	for (int i = 0; i < 200; i++) {
		g_autofree char *name = g_strdup_printf("%d.yaml", i);

		write_file(f, name);
	}
	g_assert_true(await_looks(f, 1, PATIENCE_MS));
	g_assert_false(await_looks(f, 2, 300));
}

static void test_new_directories_are_watched(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *sub = g_build_filename(f->dir, "sub", NULL);

	follow_begin(f, &follow_options_default);
	await_watching(f);
	g_assert_cmpint(g_mkdir(sub, 0755), ==, 0);
	await_watching(f);
	write_file(f, "sub/a.yaml");
	g_assert_true(await_looks(f, 1, PATIENCE_MS));
}

static void test_a_replaced_directory_is_watched(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	follow_begin(f, &follow_options_default);
	await_watching(f);
	run("mv %s %s-old", f->dir, f->dir);
	await_watching(f);
	run("mkdir %s", f->dir);
	await_watching(f);
	write_file(f, "a.yaml");
	g_assert_true(await_looks(f, 1, PATIENCE_MS));
}

/* git-sync: the directory is a link that is replaced at once. */
static void test_a_swapped_link_is_seen(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	run("rmdir %s", f->dir);
	run("mkdir %s/one %s/two", f->root, f->root);
	run("ln -s one %s", f->dir);
	follow_begin(f, &follow_options_default);
	await_watching(f);
	run("ln -s two %s/next", f->root);
	run("mv -T %s/next %s", f->root, f->dir);
	await_watching(f);
	write_file(f, "a.yaml");
	g_assert_true(await_looks(f, 1, PATIENCE_MS));
}

/* Kubernetes: the names lead through "..data", which is replaced at once. */
static void test_a_swapped_data_link_is_seen(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	run("mkdir %s/..1 %s/..2", f->dir, f->dir);
	run("ln -s ..1 %s/..data", f->dir);
	follow_begin(f, &follow_options_default);
	await_watching(f);
	run("ln -s ..2 %s/..next", f->dir);
	run("mv -T %s/..next %s/..data", f->dir, f->dir);
	g_assert_true(await_looks(f, 1, PATIENCE_MS));
}

static void test_noise_is_not_looked_at(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *path = g_build_filename(f->dir, "log.txt", NULL);
	FILE *file = g_fopen(path, "w");

	follow_begin(f, &follow_options_default);
	await_watching(f);
	fputs("a line\n", file);
	fclose(file);
	run("touch %s/neighbour.yaml", f->root);
	write_file(f, ".a.yaml.swp");
	g_assert_false(await_looks(f, 1, 300));
}

static void test_a_checkout_is_waited_for(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	run("mkdir %s/.git", f->root);
	follow_begin(f, &follow_options_default);
	await_watching(f);
	run("touch %s/.git/index.lock", f->root);
	write_file(f, "a.yaml");
	g_assert_false(await_looks(f, 1, 300));
	run("rm %s/.git/index.lock", f->root);
	g_assert_true(await_looks(f, 1, PATIENCE_MS));
	g_assert_cmpuint(f->notes, ==, 0);
}

static void test_a_stale_lock_is_waited_for_once(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	struct follow_options options = follow_options_default;

	options.git_ms = 150;
	run("mkdir %s/.git", f->root);
	follow_begin(f, &options);
	await_watching(f);
	run("touch %s/.git/index.lock", f->root);
	write_file(f, "a.yaml");
	g_assert_true(await_looks(f, 1, PATIENCE_MS));
	g_assert_cmpuint(f->notes, ==, 1);
	write_file(f, "b.yaml");
	g_assert_true(await_looks(f, 2, PATIENCE_MS));
	g_assert_cmpuint(f->notes, ==, 1);
}

static void test_a_steady_stream_is_looked_at(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	struct follow_options options = follow_options_default;
	int64_t end_us;

	options.settle_max_ms = 300;
	follow_begin(f, &options);
	await_watching(f);
	end_us = g_get_monotonic_time() + 3 * G_USEC_PER_SEC;
	while (f->looks == 0 && g_get_monotonic_time() < end_us) {
		write_file(f, "a.yaml");
		await_looks(f, 1, 20);
	}
	g_assert_cmpuint(f->looks, >, 0);
}

static void test_without_watching_it_looks_by_time(struct fixture *f,
                                                   const void *data G_GNUC_UNUSED)
{
	struct follow_options options = follow_options_default;

	options.is_scanning = true;
	options.scan_ms = 20;
	follow_begin(f, &options);
	g_assert_true(await_looks(f, 3, PATIENCE_MS));
	g_assert_true(g_str_has_prefix(follow_text(f->follow), "looking every 20 ms"));
}

/* The directory and the one above it are gone: no watch tells of its return. */
static void test_what_is_gone_altogether_comes_back(struct fixture *f,
                                                    const void *data G_GNUC_UNUSED)
{
	struct follow_options options = follow_options_default;

	options.scan_ms = 20;
	follow_begin(f, &options);
	await_watching(f);
	run("rm -rf %s", f->root);
	g_assert_true(await_looks(f, 2, PATIENCE_MS));
	run("mkdir -p %s", f->dir);
	while (f->dirs->len == 0)
		g_assert_true(await_looks(f, f->looks + 1, PATIENCE_MS));
	await_watching(f);
	write_file(f, "a.yaml");
	g_assert_true(await_looks(f, 1, PATIENCE_MS));
}

/* Two ends and beginnings in one process: the library's state is static. */
/* The same directory again, not another one of its name. */
static void test_what_was_away_is_watched_again(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	follow_begin(f, &follow_options_default);
	await_watching(f);
	run("mv %s %s-away", f->dir, f->dir);
	await_watching(f);
	run("mv %s-away %s", f->dir, f->dir);
	await_watching(f);
	write_file(f, "a.yaml");
	g_assert_true(await_looks(f, 1, PATIENCE_MS));
}

static void test_it_can_begin_again(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	follow_begin(f, &follow_options_default);
	await_watching(f);
	follow_stop(f->follow);
	follow_begin(f, &follow_options_default);
	await_watching(f);
	write_file(f, "a.yaml");
	g_assert_true(await_looks(f, 1, PATIENCE_MS));
}

#define CASE(path, test) g_test_add("/follow/" path, struct fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	CASE("a-change-is-seen", test_a_change_is_seen);
	CASE("a-burst-is-one-look", test_a_burst_is_one_look);
	CASE("new-directories-are-watched", test_new_directories_are_watched);
	CASE("a-replaced-directory-is-watched", test_a_replaced_directory_is_watched);
	CASE("a-swapped-link-is-seen", test_a_swapped_link_is_seen);
	CASE("a-swapped-data-link-is-seen", test_a_swapped_data_link_is_seen);
	CASE("noise-is-not-looked-at", test_noise_is_not_looked_at);
	CASE("a-checkout-is-waited-for", test_a_checkout_is_waited_for);
	CASE("a-stale-lock-is-waited-for-once", test_a_stale_lock_is_waited_for_once);
	CASE("a-steady-stream-is-looked-at", test_a_steady_stream_is_looked_at);
	CASE("without-watching-it-looks-by-time", test_without_watching_it_looks_by_time);
	CASE("what-is-gone-altogether-comes-back", test_what_is_gone_altogether_comes_back);
	CASE("what-was-away-is-watched-again", test_what_was_away_is_watched_again);
	CASE("it-can-begin-again", test_it_can_begin_again);
	return g_test_run();
}
