/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start, stop and destroy. A stop is written down with its deadline before the guest is told, so
 * that whoever works the directory later can see it through; a signal goes by pidfd only.
 */
#include "connectors/qemu/power.h"

#include "connectors/qemu/capacity.h"
#include "connectors/qemu/folder.h"
#include "connectors/qemu/job.h"
#include "connectors/qemu/launch.h"
#include "connectors/qemu/qmp.h"
#include "reconcile/model/fault.h"

#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A guest that is still booting does not hear the button: it is pressed again. */
#define PRESS_MS 2000
/* How long QEMU may take to close its files before it is killed. */
#define QUIT_MS 2000

static void entry_signal(const struct entry *entry, int signal)
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

static void entry_timer(struct entry *entry, int64_t delay_ms, GSourceFunc function)
{
	if (entry->power_timer)
		g_source_remove(entry->power_timer);
	entry->power_timer = g_timeout_add((guint)CLAMP(delay_ms, 0, G_MAXINT), function, entry);
}

/* --- stop --------------------------------------------------------------------------------------- */

static void pressed(void *data, const json_t *returns, const GError *error)
{
	(void)data;
	(void)returns;
	/* A QEMU that ended in between is what was wanted; one that hangs is killed later. */
	(void)error;
}

static void power_press(const struct entry *entry)
{
	int fd = entry_open(entry, NULL);
	if (fd < 0)
		return;
	qmp_talk(fd, entry->vm->uuid, json_pack("[{ss}]", "execute", "system_powerdown"), pressed,
	         NULL);
	close(fd);
}

static gboolean stop_tick(gpointer data)
{
	struct entry *entry = data;
	entry->power_timer = 0;
	entry_look(entry);
	if (!entry->vm || !entry->process.pid || !entry->vm->is_stop_wanted)
		return G_SOURCE_REMOVE;
	int64_t left_ms = entry->vm->stop_by_ms - host_now_ms();
	if (left_ms <= 0) {
		entry_signal(entry, SIGKILL);
		return G_SOURCE_REMOVE;
	}
	power_press(entry);
	entry_timer(entry, MIN(PRESS_MS, left_ms), stop_tick);
	return G_SOURCE_REMOVE;
}

void ask_stop(struct job *own_job)
{
	g_autoptr(GError) error = NULL;
	struct entry *entry = job_entry(own_job);
	if (!entry)
		return;
	struct vm *vm = entry->vm;
	bool is_needed = entry->process.pid && !vm->is_stop_wanted;
	if (is_needed)
		vm->stop_by_ms = host_now_ms() + entry->host->settings->stop_timeout_ms;
	/* Of a VM that ended by itself too: from now on that is as it should be. */
	vm->is_stop_wanted = true;
	vm_set_fault(vm, NULL);
	if (entry_save(entry, &error) && is_needed)
		stop_tick(entry);
	job_end(own_job, error);
}

/* --- start -------------------------------------------------------------------------------------- */

static void started(void *data, const GError *error)
{
	struct job *job = data;
	struct entry *entry = job->entry;
	if (error) {
		vm_set_fault(entry->vm, error->message);
		entry_save(entry, NULL);
	}
	job_end(job, error);
}

static bool start_check(const struct entry *entry, GError **error)
{
	if (!entry->vm->is_made) {
		g_set_error(error, FAULT_DOMAIN, FAULT_CONFLICT,
		            "VM \"%s\" was never finished: destroy it", entry->id);
		return false;
	}
	return capacity_check(entry->host, &entry->vm->size, entry, error);
}

void ask_start(struct job *own_job)
{
	g_autoptr(GError) error = NULL;
	struct entry *entry = job_entry(own_job);
	if (!entry)
		return;
	if (entry->process.pid && entry->vm->is_stop_wanted)
		error = g_error_new(FAULT_DOMAIN, FAULT_CONFLICT, "VM \"%s\" is still going down",
		                    entry->id);
	else if (!entry->process.pid && start_check(entry, &error)) {
		launch_begin(entry, started, own_job);
		return;
	}
	job_end(own_job, error);
}

/* --- destroy ------------------------------------------------------------------------------------ */

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
		entry_timer(entry, 60000, remove_again);
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

static void destroy_go_on(struct entry *entry)
{
	entry_look(entry);
	if (!entry->process.pid) {
		remove_begin(entry);
		return;
	}
	/* To QEMU, SIGTERM is what "quit" is on its monitor, without a talk that could hang. */
	entry_signal(entry, SIGTERM);
	entry_timer(entry, QUIT_MS, destroy_late);
}

static gboolean remove_again(gpointer data)
{
	struct entry *entry = data;
	entry->power_timer = 0;
	destroy_go_on(entry);
	return G_SOURCE_REMOVE;
}

bool power_destroy(struct entry *entry, GError **error)
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
		power_destroy(entry, &error);
	}
	job_end(own_job, error);
}

/* --- mark --------------------------------------------------------------------------------------- */

void ask_mark(struct job *own_job)
{
	g_autoptr(GError) error = NULL;
	struct entry *entry = job_entry(own_job);
	if (!entry)
		return;
	json_t *marks = json_object_get(own_job->params, "marks");
	json_t *labels = json_object_get(own_job->params, "labels");
	if (json_is_object(marks)) {
		json_decref(entry->vm->marks);
		entry->vm->marks = json_incref(marks);
	}
	if (json_is_object(labels)) {
		json_decref(entry->vm->labels);
		entry->vm->labels = json_incref(labels);
	}
	entry_save(entry, &error);
	job_end(own_job, error);
}

/* --- after a restart of this program ------------------------------------------------------------ */

static void entry_exited(struct entry *entry)
{
	if (entry->power_timer && (entry->is_deleting || entry->vm)) {
		g_source_remove(entry->power_timer);
		entry->power_timer = 0;
	}
	if (entry->is_deleting && !entry->is_busy)
		destroy_go_on(entry);
}

static void entry_resume(struct entry *entry)
{
	if (entry->is_deleting) {
		destroy_go_on(entry);
		return;
	}
	if (!entry->vm || entry->damage || !entry->process.pid)
		return;
	if (!entry->vm->is_made) {
		entry->vm->is_made = true;
		entry_save(entry, NULL);
	}
	if (entry->vm->is_stop_wanted)
		stop_tick(entry);
}

void power_resume(struct host *host)
{
	GHashTableIter iter;
	void *value;
	host->entry_exited = entry_exited;
	g_hash_table_iter_init(&iter, host->entries);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		entry_resume(value);
}
