/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU holds the file open for appending, so it goes on at the start of one that was emptied.
 */
#include "connectors/qemu/console.h"

#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_MAX_BYTES ((off_t)16 << 20)
#define KEPT_BYTES ((off_t)256 << 10)
#define OLD_FILE "console.old"

static void end_keep(int dir_fd, int log)
{
	g_autofree char *end = g_malloc((gsize)KEPT_BYTES);
	ssize_t got = pread(log, end, (size_t)KEPT_BYTES, lseek(log, -KEPT_BYTES, SEEK_END));
	int old = openat(dir_fd, OLD_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	                 0600);
	if (old < 0)
		return;
	if (got > 0 && write(old, end, (size_t)got) != got)
		unlinkat(dir_fd, OLD_FILE, 0);
	close(old);
}

void console_trim(int dir_fd)
{
	struct stat info;
	if (fstatat(dir_fd, CONSOLE_FILE, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(info.st_mode) || info.st_size <= LOG_MAX_BYTES)
		return;
	int log = openat(dir_fd, CONSOLE_FILE, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (log < 0)
		return;
	end_keep(dir_fd, log);
	if (ftruncate(log, 0) != 0)
		g_printerr("cannot empty " CONSOLE_FILE "\n");
	close(log);
}
