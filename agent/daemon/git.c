/* SPDX-License-Identifier: GPL-2.0-or-later */
/* git - reads HEAD, loose refs and packed-refs as gitrepository-layout(5) has them. */
#include "agent/daemon/git.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	/* packed-refs of large repositories have some MiB; more is not looked through. */
	FILE_MAX_BYTES = 64 * 1024 * 1024
};

/* The text of a small regular file, without the last newline; NULL when there is none. */
static char *file_text(const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	struct stat st;
	char *text = NULL;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX_BYTES ||
	    !g_file_get_contents(path, &text, NULL, NULL))
		return NULL;
	return g_strchomp(text);
}

/* In a worktree or submodule .git is a file: "gitdir: PATH". */
static char *dir_of_file(const char *tree)
{
	g_autofree char *text = file_text(tree, ".git");

	if (!text || !g_str_has_prefix(text, "gitdir: "))
		return NULL;
	return g_canonicalize_filename(text + strlen("gitdir: "), tree);
}

static char *dir_of_tree(const char *tree)
{
	g_autofree char *git = g_build_filename(tree, ".git", NULL);

	if (g_file_test(git, G_FILE_TEST_IS_DIR))
		return g_steal_pointer(&git);
	return dir_of_file(tree);
}

/* The git directory of the tree that @dir is in. */
static char *dir_find(const char *dir)
{
	char *real = realpath(dir, NULL);
	g_autofree char *tree = g_strdup(real);

	free(real);
	while (tree) {
		char *found = dir_of_tree(tree);
		char *up;

		if (found)
			return found;
		up = g_path_get_dirname(tree);
		if (g_str_equal(up, tree)) {
			g_free(up);
			return NULL;
		}
		g_free(tree);
		tree = up;
	}
	return NULL;
}

static bool is_hash(const char *text)
{
	size_t len = strlen(text);

	return (len == 40 || len == 64) && strspn(text, "0123456789abcdef") == len;
}

/* Worktrees keep their refs in the repository that they belong to. */
static char *dir_common(const char *git)
{
	g_autofree char *text = file_text(git, "commondir");

	return text ? g_canonicalize_filename(text, git) : g_strdup(git);
}

/* A line of packed-refs is "HASH NAME". */
static char *packed_find(const char *common, const char *ref)
{
	g_autofree char *text = file_text(common, "packed-refs");
	g_autofree char *wanted = g_strconcat(" ", ref, NULL);
	g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;

	for (char **line = lines; line && *line; line++) {
		char *space = strchr(*line, ' ');

		if (space && g_str_equal(space, wanted)) {
			*space = '\0';
			return is_hash(*line) ? g_strdup(*line) : NULL;
		}
	}
	return NULL;
}

static char *ref_resolve(const char *git, const char *common, const char *ref)
{
	const char *const dirs[] = { git, common };

	if (!g_str_has_prefix(ref, "refs/") || strstr(ref, ".."))
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(dirs); i++) {
		g_autofree char *text = file_text(dirs[i], ref);

		if (text && is_hash(text))
			return g_steal_pointer(&text);
	}
	return packed_find(common, ref);
}

char *git_commit(const char *dir)
{
	g_autofree char *git = dir_find(dir);
	g_autofree char *head = git ? file_text(git, "HEAD") : NULL;
	g_autofree char *common = git ? dir_common(git) : NULL;

	if (!head)
		return NULL;
	if (is_hash(head))
		return g_steal_pointer(&head);
	return g_str_has_prefix(head, "ref: ") ? ref_resolve(git, common, head + strlen("ref: "))
	                                       : NULL;
}

bool git_is_busy(const char *dir, struct git_lock *ret_lock)
{
	g_autofree char *git = dir_find(dir);
	g_autofree char *path = git ? g_build_filename(git, "index.lock", NULL) : NULL;
	struct stat st;

	if (!path || lstat(path, &st) != 0)
		return false;
	ret_lock->inode = st.st_ino;
	ret_lock->changed_at_ns = st.st_ctim.tv_sec * INT64_C(1000000000) + st.st_ctim.tv_nsec;
	return true;
}
