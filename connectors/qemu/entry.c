/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A VM's directory goes by descriptor, as it may be renamed under us. The QEMU that runs is
 * watched by a pidfd, so its end is known at once, whoever started it.
 */
#include "connectors/qemu/entry.h"

#include "connectors/qemu/console.h"
#include "connectors/qemu/folder.h"
#include "connectors/qemu/host.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <unistd.h>

struct entry *entry_new(struct host *host, const char *id, const char *folder)
{
	struct entry *entry = g_new0(struct entry, 1);
	entry->host = host;
	entry->id = g_strdup(id);
	entry->folder = g_strdup(folder);
	entry->is_deleting = g_str_has_prefix(folder, HOST_DELETING);
	entry->is_seen = true;
	entry->pidfd = -1;
	return entry;
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

void entry_free(void *entry_data)
{
	struct entry *entry = entry_data;
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
	/* It goes into JSON, where a text that is none would take the VM off the list. */
	entry->damage = g_utf8_make_valid(text, -1);
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

/* A creation whose QEMU runs has come to its end, though who began it did not see that. */
static void entry_finish(struct entry *entry, int dir_fd)
{
	if (entry->is_busy || entry->damage || !entry->vm || entry->vm->is_made ||
	    !entry->process.pid)
		return;
	entry->vm->is_made = true;
	vm_save(entry->vm, dir_fd, NULL);
	entry_remember(entry, dir_fd);
}

void entry_refresh(struct entry *entry)
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
	if (!entry->host->is_observing) {
		entry_finish(entry, fd);
		console_trim(fd);
	}
	close(fd);
}

void entry_signal(const struct entry *entry, int signal)
{
	int dir_fd = entry_open(entry, NULL);
	int pidfd = dir_fd < 0 ? -1 : process_open(dir_fd);
	if (pidfd >= 0) {
		process_signal(pidfd, signal);
		close(pidfd);
	}
	if (dir_fd >= 0)
		close(dir_fd);
}

void entry_set_timer(struct entry *entry, int64_t delay_ms, GSourceFunc function)
{
	if (entry->power_timer)
		g_source_remove(entry->power_timer);
	entry->power_timer = g_timeout_add((guint)CLAMP(delay_ms, 0, G_MAXINT), function, entry);
}
