/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The installation keeps its id through losses, and two ids are never mixed. */
#include "agent/daemon/owner.h"

#include "reconcile/model/fault.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

struct fixture {
	char *dir, *file;
	struct store *store;
};

static void set_up(struct fixture *f)
{
	f->dir = g_dir_make_tmp("muster-owner-XXXXXX", NULL);
	f->file = g_build_filename(f->dir, "owner", NULL);
	f->store = store_open(NULL, NULL);
	g_assert_nonnull(f->store);
}

static void tear_down(struct fixture *f)
{
	store_close(f->store);
	g_unlink(f->file);
	g_assert_cmpint(g_rmdir(f->dir), ==, 0);
	g_free(f->dir);
	g_free(f->file);
}

static const struct {
	const char *configured, *file, *row;
	const char *owner; /* NULL: refused; "*": any new one */
} rows[] = {
	{ NULL, NULL, NULL, "*" },
	{ "conf", NULL, NULL, "conf" },
	{ NULL, "file", NULL, "file" },
	{ NULL, NULL, "row", "row" },
	{ "same", "same", "same", "same" },
	{ NULL, "same", "same", "same" },
	{ NULL, "file", "row", NULL },
	{ "conf", "file", NULL, NULL },
	{ "conf", NULL, "row", NULL },
	{ "Not Good", NULL, NULL, NULL },
	{ NULL, "", NULL, NULL },
	{ NULL, "a/b", NULL, NULL },
	{ "a-name-of-more-than-forty-characters-is-no-id", NULL, NULL, NULL },
};

static void lay_out(const struct fixture *f, size_t i)
{
	if (rows[i].file)
		g_assert_true(g_file_set_contents(f->file, rows[i].file, -1, NULL));
	if (rows[i].row)
		g_assert_true(store_put(f->store, "owner", rows[i].row, NULL));
}

static void check_kept(const struct fixture *f, const char *owner)
{
	g_autofree char *row = store_get(f->store, "owner", NULL);
	g_autofree char *file = NULL;

	g_assert_true(g_file_get_contents(f->file, &file, NULL, NULL));
	g_assert_cmpstr(g_strchomp(file), ==, owner);
	g_assert_cmpstr(row, ==, owner);
}

static void check_row(size_t i)
{
	struct fixture f;
	g_autoptr(GError) error = NULL;
	g_autofree char *owner = NULL;

	set_up(&f);
	lay_out(&f, i);
	owner = owner_find(
		&(struct owner_sources){ rows[i].configured, f.dir, f.store, .is_writing = true },
		&error);
	if (!rows[i].owner) {
		g_assert_null(owner);
		g_assert_error(error, FAULT_DOMAIN, FAULT_INVALID);
	} else {
		g_assert_no_error(error);
		g_assert_true(g_str_equal(rows[i].owner, "*") || g_str_equal(owner, rows[i].owner));
		check_kept(&f, owner);
	}
	tear_down(&f);
}

static void test_who_goes_first(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		check_row(i);
}

static void test_a_new_one_is_like_no_other(void)
{
	const struct owner_sources nowhere = { NULL, NULL, NULL, false };
	g_autofree char *a = owner_find(&nowhere, NULL);
	g_autofree char *b = owner_find(&nowhere, NULL);

	g_assert_cmpuint(strlen(a), ==, 20);
	g_assert_true(owner_is_valid(a));
	g_assert_cmpstr(a, !=, b);
}

static void test_a_lost_database_keeps_the_owner(void)
{
	struct fixture f;
	g_autofree char *before = NULL, *after = NULL;
	struct owner_sources sources = { .is_writing = true };

	set_up(&f);
	sources.state_dir = f.dir;
	sources.store = f.store;
	before = owner_find(&sources, NULL);
	store_close(f.store);
	f.store = store_open(NULL, NULL);
	sources.store = f.store;
	after = owner_find(&sources, NULL);
	g_assert_cmpstr(before, ==, after);
	check_kept(&f, before);
	tear_down(&f);
}

static void test_reading_writes_nothing(void)
{
	struct fixture f;
	g_autofree char *owner = NULL;

	set_up(&f);
	owner = owner_find(&(struct owner_sources){ NULL, f.dir, f.store, false }, NULL);
	g_assert_nonnull(owner);
	g_assert_false(g_file_test(f.file, G_FILE_TEST_EXISTS));
	tear_down(&f);
}

static void test_only_we_may_read_it(void)
{
	struct fixture f;
	g_autofree char *owner = NULL;
	GStatBuf st;

	set_up(&f);
	owner = owner_find(&(struct owner_sources){ NULL, f.dir, f.store, true }, NULL);
	g_assert_cmpint(g_stat(f.file, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0600);
	tear_down(&f);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/owner/who-goes-first", test_who_goes_first);
	g_test_add_func("/owner/a-new-one-is-like-no-other", test_a_new_one_is_like_no_other);
	g_test_add_func("/owner/a-lost-database-keeps-the-owner",
	                test_a_lost_database_keeps_the_owner);
	g_test_add_func("/owner/reading-writes-nothing", test_reading_writes_nothing);
	g_test_add_func("/owner/only-we-may-read-it", test_only_we_may_read_it);
	return g_test_run();
}
