/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of VMs beside their directories. A scan reads a vm.json only when its file has changed
 * and asks the kernel who holds the pid file's lock, so it costs a few system calls a VM.
 */
#include "connectors/qemu/host.h"

#include "connectors/qemu/folder.h"
#include "reconcile/model/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#define LOCK_FILE ".lock"

int64_t host_now_ms(void)
{
	return g_get_real_time() / 1000;
}

static void entry_unwatch(struct entry *entry)
{
	if (entry->exit_watch)
		g_source_remove(entry->exit_watch);
	entry->exit_watch = 0;
	if (entry->pidfd >= 0)
		close(entry->pidfd);
	entry->pidfd = -1;
}

static void entry_free(void *data)
{
	struct entry *entry = data;
	entry_unwatch(entry);
	if (entry->power_timer)
		g_source_remove(entry->power_timer);
	vm_free(entry->vm);
	g_free(entry->id);
	g_free(entry->folder);
	g_free(entry->damage);
	g_free(entry);
}

int entry_open(const struct entry *entry, GError **error)
{
	return folder_open(entry->host->fd, entry->folder, error);
}

char *entry_path(const struct entry *entry)
{
	return g_build_filename(entry->host->settings->directory, entry->folder, NULL);
}

static gboolean exited(int fd, GIOCondition condition, gpointer data)
{
	struct entry *entry = data;
	(void)fd;
	(void)condition;
	entry->exit_watch = 0;
	entry_unwatch(entry);
	entry_look(entry);
	if (entry->host->changed)
		entry->host->changed(entry->host->data);
	if (entry->host->entry_exited)
		entry->host->entry_exited(entry);
	return G_SOURCE_REMOVE;
}

static void entry_watch(struct entry *entry, int dir_fd)
{
	if (entry->pidfd >= 0 || entry->process.pid == 0)
		return;
	entry->pidfd = process_open(dir_fd);
	if (entry->pidfd >= 0)
		entry->exit_watch = g_unix_fd_add(entry->pidfd, G_IO_IN, exited, entry);
}

void entry_look(struct entry *entry)
{
	int fd = entry_open(entry, NULL);
	if (fd < 0) {
		entry->process = (struct process){ 0 };
		return;
	}
	entry->process = process_look(fd);
	entry_watch(entry, fd);
	close(fd);
}

static void entry_remember(struct entry *entry, int dir_fd)
{
	struct stat info;
	if (fstatat(dir_fd, VM_FILE, &info, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	entry->file_at = info.st_mtim;
	entry->file_number = info.st_ino;
}

bool entry_save(struct entry *entry, GError **error)
{
	int fd = entry_open(entry, error);
	if (fd < 0)
		return false;
	bool is_saved = vm_save(entry->vm, fd, error);
	entry_remember(entry, fd);
	close(fd);
	return is_saved;
}

static bool entry_is_current(const struct entry *entry, int dir_fd)
{
	struct stat info;
	return (entry->vm || entry->damage) &&
	       fstatat(dir_fd, VM_FILE, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	       info.st_ino == entry->file_number && info.st_mtim.tv_sec == entry->file_at.tv_sec &&
	       info.st_mtim.tv_nsec == entry->file_at.tv_nsec;
}

/* What was understood before stays: a damaged VM's marks still say whose it is. */
static void entry_set_damage(struct entry *entry, const char *text)
{
	if (g_strcmp0(entry->damage, text) != 0) {
		g_autofree char *path = entry_path(entry);
		g_printerr("%s is damaged and left alone: %s\n", path, text);
	}
	g_free(entry->damage);
	entry->damage = g_strdup(text);
}

static void entry_load(struct entry *entry, int dir_fd)
{
	g_autoptr(GError) error = NULL;
	struct vm *vm = vm_load(dir_fd, entry->id, &error);
	entry_remember(entry, dir_fd);
	if (!vm) {
		entry_set_damage(entry, error->message);
		return;
	}
	vm_free(entry->vm);
	entry->vm = vm;
	g_clear_pointer(&entry->damage, g_free);
}

static void entry_refresh(struct entry *entry)
{
	g_autoptr(GError) error = NULL;
	int fd = entry_open(entry, &error);
	if (fd < 0) {
		entry_set_damage(entry, error->message);
		return;
	}
	if (!entry->is_busy && !entry_is_current(entry, fd))
		entry_load(entry, fd);
	entry->process = process_look(fd);
	entry_watch(entry, fd);
	close(fd);
}

struct entry *host_add(struct host *host, const char *id, const char *folder)
{
	struct entry *entry = g_new0(struct entry, 1);
	entry->host = host;
	entry->id = g_strdup(id);
	entry->folder = g_strdup(folder);
	entry->is_deleting = g_str_has_prefix(folder, HOST_DELETING);
	entry->is_seen = true;
	entry->pidfd = -1;
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

static bool is_folder(int fd, const struct dirent *found)
{
	struct stat info;
	if (found->d_type != DT_UNKNOWN)
		return found->d_type == DT_DIR;
	return fstatat(fd, found->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
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

struct host *host_open(struct settings *own_settings, GError **error)
{
	autoptr(host) host = g_new0(struct host, 1);
	host->settings = own_settings;
	host->fd = host->lock_fd = -1;
	host->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
	if (g_mkdir_with_parents(own_settings->directory, 0700) != 0) {
		folder_fail(own_settings->directory, error);
		return NULL;
	}
	host->fd = folder_open(AT_FDCWD, own_settings->directory, error);
	if (host->fd < 0)
		return NULL;
	host->lock_fd = lock_take(host->fd, own_settings->directory, error);
	if (host->lock_fd < 0)
		return NULL;
	leftovers_remove(host);
	if (!host_scan(host, error))
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
