/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may open the store, what cannot be opened says why, and a full disk loses nothing. */
#include "tests/agent/store/fixture.h"

#include "reconcile/model/fault.h"

#include <glib/gstdio.h>
#include <sched.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_only_we_may_read(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	struct store *store = fixture_open(f->dir);
	struct stat st;

	g_assert_cmpint(g_stat(f->db, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0600);
	store_close(store);
}

static void test_a_second_opener_is_told_of_the_first(struct fixture *f,
                                                      const void *data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *pid = g_strdup_printf("process %d since ", getpid());
	struct store *store = fixture_open(f->dir);

	g_assert_null(store_open(f->dir, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_EXISTS);
	g_assert_nonnull(strstr(error->message, pid));
	g_assert_nonnull(strstr(error->message, "opening_test"));
	store_close(store);
	store_close(fixture_open(f->dir));
}

static void test_a_reader_needs_no_lock(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) writes = fixture_writes();
	g_autoptr(GError) error = NULL;
	struct store *reader, *store;
	struct fixture_rows rows;

	g_assert_null(store_open_reading(f->dir, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_NOT_FOUND);
	g_clear_error(&error);
	store = fixture_open(f->dir);
	reader = store_open_reading(f->dir, &error);
	g_assert_no_error(error);
	fixture_add(writes, WRITE_RECORD)->record = record_new("shop/web/1");
	fixture_commit(store, writes);
	rows = fixture_load(reader, 0);
	g_assert_cmpuint(rows.records->len, ==, 1);
	fixture_rows_clear(&rows);
	g_assert_false(store_put(reader, "owner", "x", &error));
	g_assert_nonnull(error);
	store_close(reader);
	store_close(store);
}

static void db_run(const char *path, const char *sql)
{
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(db);
}

static void test_refusals(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	static const struct {
		const char *sql; /* run on the file before it is opened */
		enum fault fault;
		const char *text;
	} rows[] = {
		{ "PRAGMA user_version = 99", FAULT_INVALID, "newer muster" },
		{ "PRAGMA application_id = 42", FAULT_INVALID, "another program" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_unlink(f->db);
		store_close(fixture_open(f->dir));
		db_run(f->db, rows[i].sql);
		g_assert_null(store_open(f->dir, &error));
		g_assert_error(error, FAULT_DOMAIN, (int)rows[i].fault);
		g_assert_nonnull(strstr(error->message, rows[i].text));
		g_clear_error(&error);
		g_assert_null(store_open_reading(f->dir, &error));
		g_assert_error(error, FAULT_DOMAIN, (int)rows[i].fault);
	}
}

static void test_what_is_no_database(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = g_strnfill(8192, 'x');

	g_assert_true(g_file_set_contents(f->db, text, -1, NULL));
	g_assert_null(store_open(f->dir, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_INVALID);
	g_assert_nonnull(strstr(error->message, "move it away"));
}

/* Fills pages with rubbish behind the first, and ends uncleanly, so that the next start looks. */
static void test_damage_is_found_after_a_crash(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *lock = g_build_filename(f->dir, "lock", NULL);
	g_autofree char *rubbish = g_strnfill(3 * 4096, '\xa5');
	g_autoptr(GPtrArray) writes = fixture_writes();
	g_autoptr(GError) error = NULL;
	struct store *store = fixture_open(f->dir);
	FILE *file;

	for (int i = 0; i < 1000; i++)
		fixture_add_operation(writes, i + 1, OPERATION_OPEN);
	fixture_commit(store, writes);
	store_close(store);
	file = g_fopen(f->db, "r+");
	g_assert_cmpint(fseek(file, 5 * 4096, SEEK_SET), ==, 0);
	g_assert_cmpuint(fwrite(rubbish, 1, 3 * 4096, file), ==, 3 * 4096);
	fclose(file);
	g_assert_true(g_file_set_contents(lock, "1 since then: muster agent\n", -1, NULL));
	g_assert_null(store_open(f->dir, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_INTERNAL);
	g_assert_nonnull(strstr(error->message, "recognised by their marks"));
}

/* A limit on the size of files stands for a full disk: its soft limit is lifted again. */
static int commit_on_a_full_disk(struct store *store, GPtrArray *writes, struct rlimit *limit)
{
	g_autoptr(GError) error = NULL;
	struct rlimit small = { 65536, limit->rlim_max };

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	if (store_commit(store, writes, &error) ||
	    !g_error_matches(error, FAULT_DOMAIN, FAULT_TRANSIENT))
		return 1;
	setrlimit(RLIMIT_FSIZE, limit);
	return store_commit(store, writes, NULL) ? 0 : 2;
}

static void test_a_full_disk_loses_nothing(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) writes = fixture_writes();
	struct rlimit limit;
	struct store *store;
	struct fixture_rows rows;

	store = fixture_open(f->dir);
	for (int i = 0; i < 2000; i++) {
		fixture_add_operation(writes, i + 1, OPERATION_OPEN);
		fixture_add_event(writes, "shop/web/1", i);
	}
	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &limit), ==, 0);
	g_assert_cmpint(commit_on_a_full_disk(store, writes, &limit), ==, 0);
	rows = fixture_load(store, 0);
	g_assert_cmpuint(rows.operations->len, ==, 2000);
	fixture_rows_clear(&rows);
	store_close(store);
}

/* A file system of our own, which nobody else sees and which goes with the process. */
static bool small_disk_mount(const char *dir)
{
	return geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", dir, "tmpfs", 0, "size=400k") == 0;
}

static void test_a_small_disk_is_full(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GPtrArray) writes = fixture_writes();
	g_autofree char *fill = g_build_filename(f->dir, "fill", NULL);
	g_autofree char *much = g_strnfill(1024 * 1024, 'x');
	g_autoptr(GError) error = NULL;
	struct store *store;
	FILE *file;

	if (!small_disk_mount(f->dir)) {
		g_test_skip("mounting takes root");
		return;
	}
	store = fixture_open(f->dir);
	file = g_fopen(fill, "w");
	setvbuf(file, NULL, _IONBF, 0);
	g_assert_cmpuint(fwrite(much, 1, 1024 * 1024, file), <, 1024 * 1024);
	fclose(file);
	fixture_add(writes, WRITE_RECORD)->record = record_new("shop/web/1");
	g_assert_false(store_commit(store, writes, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_TRANSIENT);
	g_assert_nonnull(strstr(error->message, "free some space"));
	g_unlink(fill);
	fixture_commit(store, writes);
	store_close(store);
	g_assert_cmpint(umount(f->dir), ==, 0);
}

static void test_a_directory_that_cannot_be(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autofree char *file = g_build_filename(f->dir, "lock", NULL);
	g_autofree char *below = g_build_filename(file, "state", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(file, "", 0, NULL));
	g_assert_null(store_open(below, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_TRANSIENT);
	g_assert_nonnull(strstr(error->message, below));
}

static void test_a_directory_without_leave(struct fixture *f, const void *data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;

	if (geteuid() == 0) {
		g_test_skip("root may write anywhere");
		return;
	}
	g_assert_cmpint(g_chmod(f->dir, 0500), ==, 0);
	g_assert_null(store_open(f->dir, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_TRANSIENT);
	g_assert_cmpint(g_chmod(f->dir, 0700), ==, 0);
}

#define CASE(path, test) \
	g_test_add("/opening/" path, struct fixture, NULL, fixture_set_up, test, fixture_tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	CASE("only-we-may-read", test_only_we_may_read);
	CASE("a-second-opener-is-told-of-the-first", test_a_second_opener_is_told_of_the_first);
	CASE("a-reader-needs-no-lock", test_a_reader_needs_no_lock);
	CASE("refusals", test_refusals);
	CASE("what-is-no-database", test_what_is_no_database);
	CASE("damage-is-found-after-a-crash", test_damage_is_found_after_a_crash);
	CASE("a-full-disk-loses-nothing", test_a_full_disk_loses_nothing);
	CASE("a-small-disk-is-full", test_a_small_disk_is_full);
	CASE("a-directory-that-cannot-be", test_a_directory_that_cannot_be);
	CASE("a-directory-without-leave", test_a_directory_without_leave);
	return g_test_run();
}
