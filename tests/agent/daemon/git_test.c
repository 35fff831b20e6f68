/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commit is found as git says it is, however git keeps it. */
#include "agent/daemon/git.h"

#include <glib.h>
#include <glib/gstdio.h>

/* Each makes a tree in $1 and prints the commit that "git rev-parse HEAD" gives, in the directory
 * $1/at. */
static const struct {
	const char *name;
	const char *script;
} rows[] = {
	{ "a-branch", "git init -q at; cd at; commit" },
	{ "packed-refs", "git init -q at; cd at; commit; git pack-refs --all" },
	{ "packed-and-loose", "git init -q at; cd at; commit; git pack-refs --all; commit" },
	{ "detached", "git init -q at; cd at; commit; commit; git checkout -q HEAD~1" },
	{ "a-directory-below", "git init -q .; mkdir -p at; commit" },
	{ "a-worktree",
	  "git init -q main; cd main; commit; git worktree add -q ../at; cd ../at; commit" },
	{ "a-packed-worktree",
	  "git init -q main; cd main; commit; git worktree add -q ../at; git pack-refs --all; cd ../at" },
	{ "a-link", "git init -q main; cd main; commit; cd ..; ln -s main at; cd at" },
	{ "a-nested-name", "git init -q at; cd at; git checkout -q -b deep/er; commit" },
	{ "sha256", "git init -q --object-format=sha256 at; cd at; commit" },
};

static const char prelude[] =
	"set -e; cd \"$1\"; export HOME=\"$1\" GIT_CONFIG_NOSYSTEM=1\n"
	"commit() { git -c user.name=x -c user.email=x commit -q --allow-empty -m x; }\n";

static char *sh(const char *dir, const char *script)
{
	g_autofree char *text = g_strconcat(prelude, script, "\ngit rev-parse HEAD\n", NULL);
	const char *argv[] = { "sh", "-c", text, "sh", dir, NULL };
	char *output = NULL;
	int status;

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
	                           &output, NULL, &status, NULL));
	g_assert_cmpint(status, ==, 0);
	return g_strchomp(output);
}

static void remove_all(const char *dir)
{
	const char *argv[] = { "rm", "-rf", dir, NULL };

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
	                           NULL, NULL, NULL));
}

static void test_row(const void *data)
{
	const char *script = data;
	g_autofree char *dir = g_dir_make_tmp("muster-git-XXXXXX", NULL);
	g_autofree char *at = g_build_filename(dir, "at", NULL);
	g_autofree char *expected = NULL, *got = NULL;

	expected = sh(dir, script);
	got = git_commit(at);
	g_assert_cmpstr(got, ==, expected);
	remove_all(dir);
}

static void test_no_commit(void)
{
	g_autofree char *dir = g_dir_make_tmp("muster-git-XXXXXX", NULL);
	g_autofree char *git = g_build_filename(dir, ".git", NULL);
	g_autofree char *head = g_build_filename(git, "HEAD", NULL);
	static const char *const heads[] = { "ref: refs/heads/none\n", "rubbish\n", "",
		                             "ref: ../../etc/passwd\n", "ref: refs/../../x\n" };

	g_assert_null(git_commit(dir));
	g_assert_null(git_commit("/nowhere/at/all"));
	g_assert_cmpint(g_mkdir(git, 0755), ==, 0);
	g_assert_null(git_commit(dir));
	for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
		g_assert_true(g_file_set_contents(head, heads[i], -1, NULL));
		g_assert_null(git_commit(dir));
	}
	remove_all(dir);
}

static void test_the_lock(void)
{
	g_autofree char *dir = g_dir_make_tmp("muster-git-XXXXXX", NULL);
	g_autofree char *git = g_build_filename(dir, ".git", NULL);
	g_autofree char *path = g_build_filename(git, "index.lock", NULL);
	g_autofree char *below = g_build_filename(dir, "a", "b", NULL);
	struct git_lock lock = { 0, 0 };

	g_assert_cmpint(g_mkdir(git, 0755), ==, 0);
	g_assert_cmpint(g_mkdir_with_parents(below, 0755), ==, 0);
	g_assert_false(git_is_busy(below, &lock));
	g_assert_true(g_file_set_contents(path, "", 0, NULL));
	g_assert_true(git_is_busy(below, &lock));
	g_assert_cmpuint(lock.inode, !=, 0);
	g_unlink(path);
	g_assert_false(git_is_busy(below, &lock));
	remove_all(dir);
}

int main(int argc, char **argv)
{
	g_autofree char *program = g_find_program_in_path("git");

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; program && i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strconcat("/git/", rows[i].name, NULL);

		g_test_add_data_func(path, rows[i].script, test_row);
	}
	g_test_add_func("/git/no-commit", test_no_commit);
	g_test_add_func("/git/the-lock", test_the_lock);
	return g_test_run();
}
