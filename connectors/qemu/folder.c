/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small files in an open directory. Everything goes by descriptor, as the way to a VM's directory
 * may be longer than a path may be and may be renamed under us.
 */
#include "connectors/qemu/folder.h"

#include "reconcile/model/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool folder_fail(const char *what, GError **error)
{
	int saved = errno;
	enum fault fault = FAULT_TRANSIENT;
	if (saved == ENOSPC || saved == EDQUOT)
		fault = FAULT_CAPACITY;
	else if (saved == ENOENT)
		fault = FAULT_NOT_FOUND;
	g_set_error(error, FAULT_DOMAIN, (int)fault, "%s: %s", what, g_strerror(saved));
	return false;
}

int folder_open(int parent_fd, const char *name, GError **error)
{
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		folder_fail(name, error);
	return fd;
}

static bool write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t done = write(fd, text, len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		text += done;
		len -= (size_t)done;
	}
	return true;
}

bool folder_write(int fd, const char *name, const char *text, bool is_durable, GError **error)
{
	g_autofree char *temporary = g_strdup_printf(".%s.new", name);
	int file =
		openat(fd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool is_written = file >= 0 && write_all(file, text, strlen(text)) &&
	                  (!is_durable || fsync(file) == 0);
	int saved = errno;
	if (file >= 0)
		close(file);
	errno = saved;
	if (is_written && renameat(fd, temporary, fd, name) == 0 && (!is_durable || fsync(fd) == 0))
		return true;
	folder_fail(name, error);
	unlinkat(fd, temporary, 0);
	return false;
}

char *folder_read(int fd, const char *name, size_t max_bytes, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	char buffer[4096];
	ssize_t got = 0;
	int file = openat(fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0) {
		folder_fail(name, error);
		return NULL;
	}
	while (text->len <= max_bytes && (got = read(file, buffer, sizeof buffer)) > 0)
		g_string_append_len(text, buffer, got);
	if (got < 0)
		folder_fail(name, error);
	close(file);
	if (got >= 0 && text->len <= max_bytes)
		return g_string_free(g_steal_pointer(&text), FALSE);
	if (got > 0)
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "%s: more than %zu bytes", name,
		            max_bytes);
	return NULL;
}

bool folder_rename(int fd, const char *from, const char *to, GError **error)
{
	if (renameat2(fd, from, fd, to, RENAME_NOREPLACE) == 0 && fsync(fd) == 0)
		return true;
	return folder_fail(to, error);
}

static bool entries_remove(int fd, GError **error)
{
	DIR *dir = fdopendir(dup(fd));
	bool is_empty = dir != NULL;
	if (!dir)
		return folder_fail("directory", error);
	for (const struct dirent *entry; is_empty && (entry = readdir(dir));) {
		if (g_str_equal(entry->d_name, ".") || g_str_equal(entry->d_name, ".."))
			continue;
		is_empty = folder_remove(fd, entry->d_name, error);
	}
	closedir(dir);
	return is_empty;
}

bool folder_remove(int parent_fd, const char *name, GError **error)
{
	if (unlinkat(parent_fd, name, 0) == 0 || errno == ENOENT)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return folder_fail(name, error);
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return folder_fail(name, error);
	bool is_empty = entries_remove(fd, error);
	close(fd);
	if (!is_empty)
		return false;
	return unlinkat(parent_fd, name, AT_REMOVEDIR) == 0 || folder_fail(name, error);
}
