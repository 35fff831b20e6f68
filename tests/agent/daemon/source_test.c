/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A look finds what changed, reads only that, and takes nothing for gone that it could not see. */
#include "agent/daemon/source.h"

#include "reconcile/model/finding.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	char *dir;
	GString *
		told; /* what the sink was told since the last look: "+a.yaml=text -b.yaml !c.yaml" */
	struct source *source;
};

static void on_put(const char *file, GBytes *bytes, void *data)
{
	struct fixture *f = data;
	gsize len;
	const char *text = g_bytes_get_data(bytes, &len);

	g_string_append_printf(f->told, "+%s=%.*s ", file, (int)len, len ? text : "");
}

static void on_put_unreadable(const char *file, const char *why, void *data)
{
	struct fixture *f = data;

	g_assert_cmpuint(strlen(why), >, 0);
	g_string_append_printf(f->told, "!%s ", file);
}

static void on_remove(const char *file, void *data)
{
	struct fixture *f = data;

	g_string_append_printf(f->told, "-%s ", file);
}

static void set_up(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	const struct source_sink sink = { on_put, on_put_unreadable, on_remove, f };
	struct source_options options = { .file_bytes = 100, .files = 20000 };

	f->dir = g_dir_make_tmp("muster-source-XXXXXX", NULL);
	f->told = g_string_new(NULL);
	options.dir = f->dir;
	f->source = source_new(&options, &sink);
}

static void remove_all(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		if (!g_file_test(child, G_FILE_TEST_IS_SYMLINK) &&
		    g_file_test(child, G_FILE_TEST_IS_DIR))
			remove_all(child);
		else
			g_unlink(child);
	}
	g_rmdir(path);
}

static void tear_down(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	source_free(f->source);
	remove_all(f->dir);
	g_free(f->dir);
	g_string_free(f->told, TRUE);
}

static char *path_of(const struct fixture *f, const char *name)
{
	return g_build_filename(f->dir, name, NULL);
}

static void write_file(const struct fixture *f, const char *name, const char *text)
{
	g_autofree char *path = path_of(f, name);
	g_autofree char *dir = g_path_get_dirname(path);

	g_assert_cmpint(g_mkdir_with_parents(dir, 0755), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static struct source_look look(struct fixture *f)
{
	struct source_look found;

	g_string_truncate(f->told, 0);
	source_look(f->source, &found);
	return found;
}

/* A file that has just been written is read once more; until all is believed. */
static void look_until_still(struct fixture *f)
{
	int64_t end_us = g_get_monotonic_time() + 5 * G_USEC_PER_SEC;

	while (look(f).reads > 0)
		g_assert_cmpint(g_get_monotonic_time(), <, end_us);
}

static void test_which_files_count(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	static const struct {
		const char *name;
		bool counts;
	} rows[] = {
		{ "a.yaml", true },       { "b.yml", true },       { "deep/er/c.yaml", true },
		{ "README.md", false },   { "x.yaml.swp", false }, { ".hidden.yaml", false },
		{ ".git/d.yaml", false }, { "yaml", false },
	};
	struct source_look found;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		write_file(f, rows[i].name, "x");
	found = look(f);
	g_assert_cmpuint(found.files, ==, 3);
	g_assert_true(found.is_complete);
	g_assert_true(found.has_changed);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *told = g_strdup_printf("+%s=x ", rows[i].name);

		g_assert_cmpint(strstr(f->told->str, told) != NULL, ==, rows[i].counts);
	}
}

static void test_only_what_changed_is_read(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	struct source_look found;

	write_file(f, "a.yaml", "1");
	write_file(f, "b.yaml", "1");
	look_until_still(f);
	g_assert_cmpstr(f->told->str, ==, "");
	found = look(f);
	g_assert_false(found.has_changed);
	write_file(f, "b.yaml", "2");
	found = look(f);
	g_assert_true(found.has_changed);
	g_assert_cmpuint(found.reads, ==, 1);
	g_assert_cmpstr(f->told->str, ==, "+b.yaml=2 ");
}

/* Same length, same times as seen through the clock of some file systems: the second write
 * counts. */
static void test_a_second_write_at_once_counts(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *path = path_of(f, "a.yaml");
	FILE *file;

	write_file(f, "a.yaml", "1");
	look(f);
	file = g_fopen(path, "r+");
	fputs("2", file);
	fclose(file);
	look(f);
	g_assert_cmpstr(f->told->str, ==, "+a.yaml=2 ");
}

static void test_what_is_gone_is_removed(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *path = path_of(f, "sub/a.yaml");
	struct source_look found;

	write_file(f, "sub/a.yaml", "1");
	look(f);
	g_unlink(path);
	found = look(f);
	g_assert_true(found.is_complete);
	g_assert_cmpstr(f->told->str, ==, "-sub/a.yaml ");
}

static void test_a_vanished_directory_removes_nothing(struct fixture *f,
                                                      const void *data G_GNUC_UNUSED)
{
	g_autofree char *away = g_strconcat(f->dir, "-away", NULL);
	struct source_look found;

	write_file(f, "a.yaml", "1");
	look_until_still(f);
	g_assert_cmpint(g_rename(f->dir, away), ==, 0);
	found = look(f);
	g_assert_false(found.is_complete);
	g_assert_true(found.has_changed);
	g_assert_cmpstr(f->told->str, ==, "");
	g_assert_cmpuint(source_findings(f->source)->len, ==, 1);
	g_assert_false(look(f).has_changed);
	g_assert_cmpint(g_rename(away, f->dir), ==, 0);
	found = look(f);
	g_assert_true(found.is_complete);
	g_assert_true(found.has_changed);
	g_assert_cmpstr(f->told->str, ==, "");
}

static void test_without_permission_nothing_is_gone(struct fixture *f,
                                                    const void *data G_GNUC_UNUSED)
{
	/* Not even read; read, but not searched. */
	static const int modes[] = { 0, 0444 };
	g_autofree char *sub = path_of(f, "sub");
	struct source_look found;

	if (geteuid() == 0) {
		g_test_skip("root may read anything");
		return;
	}
	write_file(f, "sub/a.yaml", "1");
	write_file(f, "b.yaml", "1");
	look(f);
	for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
		g_assert_cmpint(g_chmod(sub, modes[i]), ==, 0);
		found = look(f);
		g_assert_false(found.is_complete);
		g_assert_null(strstr(f->told->str, "-sub/a.yaml"));
		g_assert_cmpuint(source_findings(f->source)->len, ==, 1);
		g_assert_cmpint(g_chmod(sub, 0755), ==, 0);
		g_assert_true(look(f).is_complete);
	}
}

static void test_a_link_to_nothing_hides_what_was_below(struct fixture *f,
                                                        const void *data G_GNUC_UNUSED)
{
	g_autofree char *away = path_of(f, ".away");
	g_autofree char *there = path_of(f, ".there");
	g_autofree char *team = path_of(f, "team");
	g_autofree char *readme = path_of(f, "README");
	struct source_look found;

	write_file(f, ".there/a.yaml", "1");
	g_assert_cmpint(symlink(".there", team), ==, 0);
	g_assert_cmpint(symlink(".nothing", readme), ==, 0);
	look_until_still(f);
	g_assert_true(look(f).is_complete);
	g_assert_cmpint(g_rename(there, away), ==, 0);
	found = look(f);
	g_assert_false(found.is_complete);
	g_assert_cmpstr(f->told->str, ==, "");
	g_assert_cmpint(g_unlink(team), ==, 0);
	g_assert_true(look(f).is_complete);
	g_assert_cmpstr(f->told->str, ==, "-team/a.yaml ");
}

static void test_what_is_no_file_is_not_opened(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *fifo = path_of(f, "fifo.yaml");
	g_autofree char *link = path_of(f, "link.yaml");
	struct source_look found;

	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	g_assert_cmpint(symlink("fifo.yaml", link), ==, 0);
	found = look(f);
	g_assert_cmpuint(found.reads, ==, 0);
	g_assert_true(found.is_complete);
	g_assert_nonnull(strstr(f->told->str, "!fifo.yaml "));
	g_assert_nonnull(strstr(f->told->str, "!link.yaml "));
	g_assert_false(look(f).has_changed);
}

static void test_links_are_followed_but_not_round(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *loop = path_of(f, "sub/loop");
	g_autofree char *self = path_of(f, "self.yaml");
	g_autofree char *link = path_of(f, "link.yaml");
	g_autofree char *other = path_of(f, "other");
	struct source_look found;

	write_file(f, "sub/a.yaml", "1");
	g_assert_cmpint(symlink("..", loop), ==, 0);
	g_assert_cmpint(symlink("self.yaml", self), ==, 0);
	g_assert_cmpint(symlink("sub/a.yaml", link), ==, 0);
	g_assert_cmpint(symlink("sub", other), ==, 0);
	found = look(f);
	g_assert_nonnull(strstr(f->told->str, "+sub/a.yaml=1 "));
	g_assert_nonnull(strstr(f->told->str, "+other/a.yaml=1 "));
	g_assert_nonnull(strstr(f->told->str, "+link.yaml=1 "));
	g_assert_nonnull(strstr(f->told->str, "!self.yaml "));
	g_assert_cmpuint(found.files, ==, 4);
	g_assert_cmpuint(source_findings(f->source)->len, ==, 2);
}

/* As Kubernetes mounts a ConfigMap: all names go through a link that is replaced at once. */
static void test_a_swapped_link_is_new_content(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *data_link = path_of(f, "..data");
	g_autofree char *next = path_of(f, "..next");
	g_autofree char *link = path_of(f, "a.yaml");

	write_file(f, "..1/a.yaml", "1");
	write_file(f, "..2/a.yaml", "2");
	g_assert_cmpint(symlink("..1", data_link), ==, 0);
	g_assert_cmpint(symlink("..data/a.yaml", link), ==, 0);
	look_until_still(f);
	g_assert_cmpint(symlink("..2", next), ==, 0);
	g_assert_cmpint(g_rename(next, data_link), ==, 0);
	look(f);
	g_assert_cmpstr(f->told->str, ==, "+a.yaml=2 ");
}

static void test_a_large_file_is_not_taken(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *fits = g_strnfill(100, 'x');
	g_autofree char *large = g_strnfill(101, 'x');
	struct source_look found;

	write_file(f, "a.yaml", fits);
	found = look(f);
	g_assert_true(found.is_complete);
	g_assert_true(g_str_has_prefix(f->told->str, "+a.yaml="));
	write_file(f, "a.yaml", large);
	found = look(f);
	g_assert_false(found.is_complete);
	g_assert_cmpstr(f->told->str, ==, "!a.yaml ");
	write_file(f, "a.yaml", fits);
	found = look(f);
	g_assert_true(found.is_complete);
	g_assert_true(g_str_has_prefix(f->told->str, "+a.yaml="));
}

static void test_directories_are_told(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	const struct source_dir *dir;

	write_file(f, "sub/a.yaml", "1");
	write_file(f, ".git/b.yaml", "1");
	look(f);
	g_assert_cmpuint(source_dirs(f->source)->len, ==, 2);
	dir = source_dirs(f->source)->pdata[0];
	g_assert_cmpstr(dir->path, ==, f->dir);
}

static void test_ten_thousand_files(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	struct source_look found;
	int64_t begun_us, taken_us;

	for (int i = 0; i < 10000; i++) {
		g_autofree char *name = g_strdup_printf("%02d/%d.yaml", i % 50, i);

		write_file(f, name, "x");
	}
	look_until_still(f);
	write_file(f, "07/7.yaml", "y");
	begun_us = g_get_monotonic_time();
	found = look(f);
	taken_us = g_get_monotonic_time() - begun_us;
	g_test_message("a look at 10000 files: %" G_GINT64_FORMAT " us", taken_us);
	g_assert_cmpuint(found.files, ==, 10000);
	g_assert_cmpuint(found.reads, ==, 1);
	g_assert_cmpint(taken_us, <, G_USEC_PER_SEC);
}

#define CASE(path, test) g_test_add("/source/" path, struct fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	CASE("which-files-count", test_which_files_count);
	CASE("only-what-changed-is-read", test_only_what_changed_is_read);
	CASE("a-second-write-at-once-counts", test_a_second_write_at_once_counts);
	CASE("what-is-gone-is-removed", test_what_is_gone_is_removed);
	CASE("a-vanished-directory-removes-nothing", test_a_vanished_directory_removes_nothing);
	CASE("without-permission-nothing-is-gone", test_without_permission_nothing_is_gone);
	CASE("a-link-to-nothing-hides-what-was-below", test_a_link_to_nothing_hides_what_was_below);
	CASE("what-is-no-file-is-not-opened", test_what_is_no_file_is_not_opened);
	CASE("links-are-followed-but-not-round", test_links_are_followed_but_not_round);
	CASE("a-swapped-link-is-new-content", test_a_swapped_link_is_new_content);
	CASE("a-large-file-is-not-taken", test_a_large_file_is_not_taken);
	CASE("directories-are-told", test_directories_are_told);
	CASE("ten-thousand-files", test_ten_thousand_files);
	return g_test_run();
}
