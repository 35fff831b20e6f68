/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of VMs beside their directories. A scan reads a vm.json only when its file has changed
 * and asks the kernel who holds the pid file's lock, so it costs a few system calls a VM.
 */
#include "connectors/qemu/host.h"

#include "connectors/qemu/folder.h"
#include "connectors/qemu/used.h"
#include "reconcile/model/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LOCK_FILE ".lock"

int64_t host_now_ms(void)
{
	return g_get_real_time() / 1000;
}

struct entry *host_add(struct host *host, const char *id, const char *folder)
{
	struct entry *entry = entry_new(host, id, folder);
	g_hash_table_replace(host->entries, entry->id, entry);
	return entry;
}

void host_drop(struct entry *entry)
{
	g_hash_table_remove(entry->host->entries, entry->id);
}

static void entry_sight(struct host *host, const char *folder)
{
	const char *id = folder;
	if (g_str_has_prefix(folder, HOST_DELETING))
		id += strlen(HOST_DELETING);
	else if (*folder == '.')
		return;
	struct entry *entry = g_hash_table_lookup(host->entries, id);
	if (!entry)
		entry = host_add(host, id, folder);
	entry->is_seen = true;
	entry_refresh(entry);
}

static void scan_begin(struct host *host)
{
	GHashTableIter iter;
	void *value;
	g_hash_table_iter_init(&iter, host->entries);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		((struct entry *)value)->is_seen = false;
}

static void scan_end(struct host *host)
{
	GHashTableIter iter;
	void *value;
	g_hash_table_iter_init(&iter, host->entries);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct entry *entry = value;
		if (!entry->is_seen && !entry->is_busy)
			g_hash_table_iter_remove(&iter);
	}
}

/* A link may lead to a VM that was moved; one that leads nowhere is damage, not absence. */
static bool is_folder(int fd, const struct dirent *found)
{
	struct stat info;
	if (found->d_type != DT_UNKNOWN)
		return found->d_type == DT_DIR || found->d_type == DT_LNK;
	return fstatat(fd, found->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (S_ISDIR(info.st_mode) || S_ISLNK(info.st_mode));
}

bool host_scan(struct host *host, GError **error)
{
	DIR *dir = NULL;
	int fd = openat(host->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || !(dir = fdopendir(fd))) {
		if (fd >= 0)
			close(fd);
		return folder_fail(host->settings->directory, error);
	}
	scan_begin(host);
	errno = 0;
	for (const struct dirent *found; (found = readdir(dir)); errno = 0)
		if (!g_str_equal(found->d_name, ".") && !g_str_equal(found->d_name, "..") &&
		    is_folder(fd, found))
			entry_sight(host, found->d_name);
	bool is_read = errno == 0;
	if (!is_read)
		folder_fail(host->settings->directory, error);
	closedir(dir);
	if (is_read)
		scan_end(host);
	return is_read;
}

struct entry *host_find(struct host *host, const char *id, GError **error)
{
	struct entry *entry = id ? g_hash_table_lookup(host->entries, id) : NULL;
	if (!entry)
		g_set_error(error, FAULT_DOMAIN, FAULT_NOT_FOUND, "no VM \"%s\" in \"%s\"",
		            id ? id : "", host->settings->directory);
	return entry;
}

struct entry *host_find_uid(struct host *host, const char *uid)
{
	GHashTableIter iter;
	void *value;
	g_hash_table_iter_init(&iter, host->entries);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct entry *entry = value;
		if (entry->vm && g_str_equal(vm_uid(entry->vm), uid))
			return entry;
	}
	return NULL;
}

/* A lock of the process, not of the descriptor: it tells who has it. */
static int lock_take(int dir_fd, const char *path, GError **error)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = openat(dir_fd, LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		folder_fail(path, error);
		return -1;
	}
	if (fcntl(fd, F_SETLK, &lock) == 0)
		return fd;
	fcntl(fd, F_GETLK, &lock);
	close(fd);
	g_set_error(
		error, FAULT_DOMAIN, FAULT_CONFLICT,
		"\"%s\" is worked by another connector, process %d: give each cloud a directory "
		"of its own",
		path, (int)lock.l_pid);
	return -1;
}

/* What a crash left of creations that never got a name. */
static void leftovers_remove(struct host *host)
{
	g_autoptr(GDir) dir = g_dir_open(host->settings->directory, 0, NULL);
	for (const char *name; dir && (name = g_dir_read_name(dir));) {
		g_autoptr(GError) error = NULL;
		if (g_str_has_prefix(name, HOST_NEW) && !folder_remove(host->fd, name, &error))
			g_printerr("cannot remove what is left of a creation: %s\n",
			           error->message);
	}
}

static bool host_claim(struct host *host, GError **error)
{
	bool is_fresh = faccessat(host->fd, LOCK_FILE, F_OK, AT_SYMLINK_NOFOLLOW) != 0;
	if (!used_check(host->settings->directory, is_fresh, !host->is_observing, error))
		return false;
	if (host->is_observing)
		return true;
	host->lock_fd = lock_take(host->fd, host->settings->directory, error);
	if (host->lock_fd < 0)
		return false;
	leftovers_remove(host);
	return true;
}

struct host *host_open(struct settings *own_settings, bool is_observing, GError **error)
{
	autoptr(host) host = g_new0(struct host, 1);
	host->is_observing = is_observing;
	host->settings = own_settings;
	host->fd = host->lock_fd = -1;
	host->opened_at_ms = host_now_ms();
	host->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
	if (g_mkdir_with_parents(own_settings->directory, 0700) != 0) {
		folder_fail(own_settings->directory, error);
		return NULL;
	}
	host->fd = folder_open(AT_FDCWD, own_settings->directory, error);
	if (host->fd < 0)
		return NULL;
	if (!host_claim(host, error) || !host_scan(host, error))
		return NULL;
	return g_steal_pointer(&host);
}

void host_close(struct host *host)
{
	if (!host)
		return;
	g_hash_table_destroy(host->entries);
	if (host->fetches)
		g_hash_table_destroy(host->fetches);
	if (host->lock_fd >= 0)
		close(host->lock_fd);
	if (host->fd >= 0)
		close(host->fd);
	settings_free(host->settings);
	g_free(host);
}
