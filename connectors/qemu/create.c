/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The creation of a VM: its directory under a name that counts for nothing, its record, its seed,
 * the directory's true name, the disk, QEMU. Until the last the record says that it is not made, so
 * a crash leaves nothing, or something that the same create, sent again, clears away and makes.
 */
#include "connectors/qemu/capacity.h"
#include "connectors/qemu/command.h"
#include "connectors/qemu/destroy.h"
#include "connectors/qemu/draft.h"
#include "connectors/qemu/fetch.h"
#include "connectors/qemu/folder.h"
#include "connectors/qemu/job.h"
#include "connectors/qemu/launch.h"
#include "reconcile/model/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#define DISK_TIMEOUT_S 40
#define DISK_LOG "qemu-img.log"
/* An image that comes soon is waited for; for others the ask is answered and sent again. */
#define FETCH_POLL_MS 100
#define FETCH_POLLS 15

struct creation {
	struct job *job;
	struct draft draft;
	unsigned polls;
};

static void creation_free(struct creation *creation)
{
	vm_free(creation->draft.vm);
	g_free(creation);
}

static void creation_made(struct creation *creation, const char *id)
{
	json_t *result =
		json_pack("{s[{ss ss}]}", "results", "uid", creation->draft.uid, "instance", id);
	job_done(creation->job, result);
	creation_free(creation);
}

static void creation_fail(struct creation *creation, const GError *error)
{
	g_autofree char *text = g_utf8_make_valid(error->message, -1);
	json_t *result =
		json_pack("{s[{ss s{ss ss}}]}", "results", "uid", creation->draft.uid, "error",
	                  "class", fault_name((enum fault)error->code), "text", text);
	job_done(creation->job, result);
	creation_free(creation);
}

/* Nothing that counts may be left of a VM that could not be made. */
static void creation_undo(struct creation *creation, const GError *error)
{
	struct entry *entry = creation->job->entry;
	g_autoptr(GError) left = NULL;
	creation->job->entry = NULL;
	entry->is_busy = false;
	if (!destroy_begin(entry, &left))
		g_printerr("cannot clear away \"%s\": %s\n", entry->id, left->message);
	creation_fail(creation, error);
}

static void qemu_runs(void *data, const GError *error)
{
	struct creation *creation = data;
	struct entry *entry = creation->job->entry;
	g_autoptr(GError) unsaved = NULL;
	entry->vm->is_made = !error;
	if (!error && !entry_save(entry, &unsaved))
		error = unsaved;
	if (error)
		creation_undo(creation, error);
	else
		creation_made(creation, entry->id);
}

static void disk_made(void *data, const GError *error)
{
	struct creation *creation = data;
	if (error)
		creation_undo(creation, error);
	else
		launch_begin(creation->job->entry, qemu_runs, creation);
}

static void disk_begin(struct creation *creation)
{
	struct entry *entry = creation->job->entry;
	g_autofree char *path = entry_path(entry);
	if (entry->vm->has_disk)
		spawn_run(command_disk(entry->host->settings, entry->vm), path, DISK_LOG,
		          DISK_TIMEOUT_S, disk_made, creation);
	else
		disk_made(creation, NULL);
}

static bool folder_fill(const struct creation *creation, int fd, GError **error)
{
	if (!vm_save(creation->job->entry->vm, fd, error))
		return false;
	if (mkdirat(fd, COMMAND_SEED, 0700) != 0)
		return folder_fail(COMMAND_SEED, error);
	int seed_fd = folder_open(fd, COMMAND_SEED, error);
	if (seed_fd < 0)
		return false;
	bool is_written = seed_write(&creation->draft.seed, seed_fd, error);
	close(seed_fd);
	return is_written;
}

/* The directory under its name, whole; or nothing. */
static bool folder_make(const struct creation *creation, GError **error)
{
	const struct host *host = creation->job->host;
	const char *id = creation->job->entry->id;
	g_autofree char *temporary = g_strconcat(HOST_NEW, id, NULL);
	if (!folder_remove(host->fd, temporary, error))
		return false;
	if (mkdirat(host->fd, temporary, 0700) != 0)
		return folder_fail(temporary, error);
	int fd = folder_open(host->fd, temporary, error);
	bool is_made = fd >= 0 && folder_fill(creation, fd, error) &&
	               folder_rename(host->fd, temporary, id, error);
	if (fd >= 0)
		close(fd);
	if (!is_made)
		folder_remove(host->fd, temporary, NULL);
	return is_made;
}

/* In a thread, as it waits for the disk several times. Nobody changes what it reads: the entry is
 * busy. */
static void folder_run(GTask *task, void *source, void *data, GCancellable *cancellable)
{
	GError *error = NULL;
	(void)source;
	(void)cancellable;
	if (folder_make(data, &error))
		g_task_return_boolean(task, TRUE);
	else
		g_task_return_error(task, error);
}

static void folder_made(GObject *source, GAsyncResult *result, gpointer data)
{
	struct creation *creation = data;
	struct job *job = creation->job;
	g_autoptr(GError) error = NULL;
	(void)source;
	if (g_task_propagate_boolean(G_TASK(result), &error)) {
		disk_begin(creation);
		return;
	}
	host_drop(g_steal_pointer(&job->entry));
	creation_fail(creation, error);
}

static void folder_begin(struct creation *creation)
{
	struct job *job = creation->job;
	struct vm *vm = g_steal_pointer(&creation->draft.vm);
	job->entry = host_add(job->host, vm->id, vm->id);
	job->entry->is_busy = true;
	job->entry->vm = vm;
	GTask *task = g_task_new(NULL, NULL, folder_made, creation);
	g_task_set_task_data(task, creation, NULL);
	g_task_run_in_thread(task, folder_run);
	g_object_unref(task);
}

/* True when the creation has been answered by what an earlier one made. */
static bool answered_by_earlier(struct creation *creation)
{
	g_autoptr(GError) error = NULL;
	struct entry *entry = host_find_uid(creation->job->host, creation->draft.uid);
	if (!entry)
		return false;
	entry_look(entry);
	if (!entry->is_deleting && !entry->is_busy && !entry->damage &&
	    (entry->vm->is_made || entry->process.pid)) {
		creation_made(creation, entry->id);
		return true;
	}
	/* What was left half made is cleared away; the next try finds nothing. */
	if (!entry->is_deleting && !entry->is_busy && !entry->damage)
		destroy_begin(entry, &error);
	if (!error)
		g_set_error(&error, FAULT_DOMAIN, FAULT_TRANSIENT,
		            "VM \"%s\" of an earlier try is still at work", entry->id);
	creation_fail(creation, error);
	return true;
}

static gboolean image_wait(gpointer data);

static void creation_begin(struct creation *creation)
{
	g_autoptr(GError) error = NULL;
	struct job *job = creation->job;
	if (answered_by_earlier(creation))
		return;
	autoptr(image) image =
		image_resolve(job->host, json_object_get(job->params, "image"), &error);
	if (!image && fetch_is_under_way(error) && creation->polls++ < FETCH_POLLS) {
		g_timeout_add(FETCH_POLL_MS, image_wait, creation);
		return;
	}
	if (image && host_find(job->host, creation->draft.vm->id, NULL))
		g_set_error(&error, FAULT_DOMAIN, FAULT_EXISTS, "there is a VM \"%s\" already",
		            creation->draft.vm->id);
	else if (image && draft_set_image(&creation->draft, image, &error) &&
	         capacity_check(job->host, &creation->draft.vm->size, NULL, &error)) {
		folder_begin(creation);
		return;
	}
	creation_fail(creation, error);
}

static gboolean image_wait(gpointer data)
{
	creation_begin(data);
	return G_SOURCE_REMOVE;
}

void ask_create(struct job *own_job)
{
	g_autoptr(GError) error = NULL;
	struct creation *creation = g_new0(struct creation, 1);
	creation->job = own_job;
	if (!draft_take(&creation->draft, own_job->params, &error)) {
		creation_fail(creation, error);
		return;
	}
	creation_begin(creation);
}
