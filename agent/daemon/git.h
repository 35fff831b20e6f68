/* SPDX-License-Identifier: GPL-2.0-or-later */
/* git - which commit a directory is at, and whether a checkout is under way, from git's own files.
 *
 * No process is started and nothing is written. What is not committed is not looked at. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Who holds the index: names one lock among all, so that a stale one can be told from the next. */
struct git_lock {
	uint64_t inode;
	int64_t changed_at_ns;
};

/* The full hash of the commit that @dir's working tree has checked out; NULL where it is none, or
 * has no commit yet. Freed by the caller. */
char *git_commit(const char *dir);
/* Whether .git/index.lock stands: git is changing the working tree. */
bool git_is_busy(const char *dir, struct git_lock *ret_lock);
