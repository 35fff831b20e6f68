/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A destruction in three steps, each of which can be done again: another name for the directory,
 * the end of QEMU, the removal of the files.
 */
#include "connectors/qemu/destroy.h"

#include "connectors/qemu/folder.h"
#include "connectors/qemu/job.h"

#include <gio/gio.h>
#include <signal.h>

/* How long QEMU may take to close its files before it is killed. */
#define QUIT_MS 2000
#define AGAIN_MS 60000

static void remove_run(GTask *task, void *source, void *data, GCancellable *cancellable)
{
	const struct entry *entry = data;
	GError *error = NULL;
	(void)source;
	(void)cancellable;
	/* The entry stays as it is until the task is over: it is deleting and busy. */
	if (folder_remove(entry->host->fd, entry->folder, &error))
		g_task_return_boolean(task, TRUE);
	else
		g_task_return_error(task, error);
}

static gboolean remove_again(gpointer data);

static void removed(GObject *source, GAsyncResult *result, gpointer data)
{
	struct entry *entry = data;
	g_autoptr(GError) error = NULL;
	(void)source;
	entry->is_busy = false;
	if (!g_task_propagate_boolean(G_TASK(result), &error)) {
		g_printerr("cannot remove \"%s\", will try again: %s\n", entry->folder,
		           error->message);
		entry_set_timer(entry, AGAIN_MS, remove_again);
		return;
	}
	struct host *host = entry->host;
	host_drop(entry);
	if (host->changed)
		host->changed(host->data);
}

/* In a thread: a large overlay takes its time to be freed. */
static void remove_begin(struct entry *entry)
{
	GTask *task = g_task_new(NULL, NULL, removed, entry);
	entry->is_busy = true;
	g_task_set_task_data(task, entry, NULL);
	g_task_run_in_thread(task, remove_run);
	g_object_unref(task);
}

static gboolean destroy_late(gpointer data)
{
	struct entry *entry = data;
	entry->power_timer = 0;
	entry_signal(entry, SIGKILL);
	return G_SOURCE_REMOVE;
}

void destroy_go_on(struct entry *entry)
{
	entry_look(entry);
	if (!entry->process.pid) {
		remove_begin(entry);
		return;
	}
	/* To QEMU, SIGTERM is what "quit" is on its monitor, without a talk that could hang. */
	entry_signal(entry, SIGTERM);
	entry_set_timer(entry, QUIT_MS, destroy_late);
}

static gboolean remove_again(gpointer data)
{
	struct entry *entry = data;
	entry->power_timer = 0;
	destroy_go_on(entry);
	return G_SOURCE_REMOVE;
}

bool destroy_begin(struct entry *entry, GError **error)
{
	g_autofree char *folder = g_strconcat(HOST_DELETING, entry->id, NULL);
	if (!folder_rename(entry->host->fd, entry->folder, folder, error))
		return false;
	g_free(entry->folder);
	entry->folder = g_steal_pointer(&folder);
	entry->is_deleting = true;
	destroy_go_on(entry);
	return true;
}

void ask_destroy(struct job *own_job)
{
	g_autoptr(GError) error = NULL;
	const char *id = json_string_value(json_object_get(own_job->params, "instance"));
	struct entry *entry = host_find(own_job->host, id, &error);
	if (entry && entry->is_deleting) {
		job_end(own_job, NULL);
		return;
	}
	if (entry && job_seize(own_job, entry, &error)) {
		/* The removal is busy with it from now on. */
		own_job->entry = NULL;
		entry->is_busy = false;
		destroy_begin(entry, &error);
	}
	job_end(own_job, error);
}
