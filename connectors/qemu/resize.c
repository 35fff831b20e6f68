/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A change of size: of a stopped VM in its record and on its disk, of a running one by plugging
 * parts in.
 */
#include "connectors/qemu/command.h"
#include "connectors/qemu/job.h"
#include "connectors/qemu/plug.h"
#include "connectors/qemu/spawn.h"
#include "reconcile/model/fault.h"

#define GROW_TIMEOUT_S 60
#define GROW_LOG "qemu-img.log"
#define CPUS_MAX 255

struct resizing {
	struct job *job;
	struct vm_size want;
};

static void resizing_end(struct resizing *resizing, const GError *error)
{
	job_end(resizing->job, error);
	g_free(resizing);
}

static void plugged(void *data, const GError *error)
{
	resizing_end(data, error);
}

static void disk_grown(void *data, const GError *error)
{
	struct resizing *resizing = data;
	struct entry *entry = resizing->job->entry;
	g_autoptr(GError) unsaved = NULL;
	if (!error)
		entry->vm->size = resizing->want;
	if (!error && !entry_save(entry, &unsaved))
		error = unsaved;
	resizing_end(resizing, error);
}

static void resize_stopped(struct resizing *resizing)
{
	const struct entry *entry = resizing->job->entry;
	g_autofree char *path = entry_path(entry);
	if (resizing->want.disk_bytes == entry->vm->size.disk_bytes)
		disk_grown(resizing, NULL);
	else
		spawn_run(command_grow(entry->host->settings, resizing->want.disk_bytes), path,
		          GROW_LOG, GROW_TIMEOUT_S, disk_grown, resizing);
}

/* What is not said stays as it is. */
static struct vm_size want_take(const struct vm_size *now, const json_t *size)
{
	json_int_t cpus = json_integer_value(json_object_get(size, "cpus"));
	json_int_t memory = json_integer_value(json_object_get(size, "memory_bytes"));
	json_int_t disk = json_integer_value(json_object_get(size, "disk_bytes"));
	return (struct vm_size){ .cpus = cpus > 0 ? (unsigned)MIN(cpus, CPUS_MAX) : now->cpus,
		                 .memory_bytes = memory > 0 ? memory : now->memory_bytes,
		                 .disk_bytes = disk > 0 ? disk : now->disk_bytes };
}

static bool disk_check(const struct vm *vm, const struct vm_size *want, GError **error)
{
	const char *why = NULL;
	if (want->disk_bytes < vm->size.disk_bytes)
		why = "a disk cannot shrink";
	else if (want->disk_bytes > vm->size.disk_bytes && !vm->has_disk)
		why = "it was made without a disk";
	if (why)
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "disk of \"%s\": %s", vm->id, why);
	return !why;
}

void ask_resize(struct job *own_job)
{
	g_autoptr(GError) error = NULL;
	struct entry *entry = job_entry(own_job);
	if (!entry)
		return;
	struct resizing *resizing = g_new0(struct resizing, 1);
	resizing->job = own_job;
	resizing->want = want_take(&entry->vm->size, json_object_get(own_job->params, "size"));
	if (!disk_check(entry->vm, &resizing->want, &error))
		resizing_end(resizing, error);
	else if (entry->process.pid)
		plug_begin(entry, &resizing->want, plugged, resizing);
	else
		resize_stopped(resizing);
}
