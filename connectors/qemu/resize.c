/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A change of size: of a stopped VM in its record and on its disk, of a running one by plugging
 * parts in. QEMU 7.2 loses its way when a CPU is unplugged and few guests give memory back, so what
 * runs only grows. Each part that took is written down before the next is tried.
 */
#include "connectors/qemu/capacity.h"
#include "connectors/qemu/command.h"
#include "connectors/qemu/job.h"
#include "connectors/qemu/qmp.h"
#include "connectors/qemu/spawn.h"
#include "reconcile/model/fault.h"

#include <unistd.h>

#define GROW_TIMEOUT_S 60
#define GROW_LOG "qemu-img.log"

struct resizing {
	struct job *job;
	struct vm_size want;
};

static void resizing_end(struct resizing *resizing, const GError *error)
{
	job_end(resizing->job, error);
	g_free(resizing);
}

/* Writes down what has been reached; false when the resizing has ended for it. */
static bool resizing_save(struct resizing *resizing, const GError *reason)
{
	g_autoptr(GError) error = NULL;
	bool is_saved = entry_save(resizing->job->entry, &error);
	if (is_saved && !reason)
		return true;
	resizing_end(resizing, reason ? reason : error);
	return false;
}

static void resizing_talk(struct resizing *resizing, json_t *own_commands, qmp_done *done)
{
	const struct entry *entry = resizing->job->entry;
	g_autoptr(GError) error = NULL;
	int fd = entry_open(entry, &error);
	if (fd < 0) {
		json_decref(own_commands);
		resizing_end(resizing, error);
		return;
	}
	qmp_talk(fd, entry->vm->uuid, own_commands, done, resizing);
	close(fd);
}

/* --- what runs ---------------------------------------------------------------------------------- */

static void disk_grown_live(void *data, const json_t *returns, const GError *error)
{
	struct resizing *resizing = data;
	(void)returns;
	if (!error)
		resizing->job->entry->vm->size.disk_bytes = resizing->want.disk_bytes;
	if (resizing_save(resizing, error))
		resizing_end(resizing, NULL);
}

static void disk_grow_live(struct resizing *resizing)
{
	if (resizing->want.disk_bytes == resizing->job->entry->vm->size.disk_bytes) {
		resizing_end(resizing, NULL);
		return;
	}
	resizing_talk(resizing,
	              json_pack("[{ss s{ss sI}}]", "execute", "block_resize", "arguments", "device",
	                        "disk", "size", (json_int_t)resizing->want.disk_bytes),
	              disk_grown_live);
}

static void memory_plugged(void *data, const json_t *returns, const GError *error)
{
	struct resizing *resizing = data;
	(void)returns;
	if (!error)
		resizing->job->entry->vm->size.memory_bytes = resizing->want.memory_bytes;
	if (resizing_save(resizing, error))
		disk_grow_live(resizing);
}

static void memory_plug(struct resizing *resizing)
{
	struct vm *vm = resizing->job->entry->vm;
	int64_t more = resizing->want.memory_bytes - vm->size.memory_bytes;
	if (more == 0) {
		disk_grow_live(resizing);
		return;
	}
	more = (more + COMMAND_BLOCK_BYTES - 1) / COMMAND_BLOCK_BYTES * COMMAND_BLOCK_BYTES;
	/* A name is used once, also when the plugging fails half-way. */
	g_autofree char *dimm = g_strdup_printf("dimm%u", vm->dimms++);
	g_autofree char *backend = g_strconcat(dimm, "-memory", NULL);
	resizing_talk(resizing,
	              json_pack("[{ss s{ss ss sI}} {ss s{ss ss ss}}]", "execute", "object-add",
	                        "arguments", "qom-type", "memory-backend-ram", "id", backend,
	                        "size", (json_int_t)more, "execute", "device_add", "arguments",
	                        "driver", "pc-dimm", "id", dimm, "memdev", backend),
	              memory_plugged);
}

static void cpus_plugged(void *data, const json_t *returns, const GError *error)
{
	struct resizing *resizing = data;
	resizing->job->entry->vm->size.cpus += (unsigned)json_array_size(returns);
	if (resizing_save(resizing, error))
		memory_plug(resizing);
}

/* Plugs the free places of @slots from the last, which QEMU lists in falling order. */
static json_t *cpus_commands(const json_t *slots, unsigned missing)
{
	json_t *commands = json_array();
	for (size_t i = json_array_size(slots); i-- > 0 && json_array_size(commands) < missing;) {
		const json_t *slot = json_array_get(slots, i);
		if (json_object_get(slot, "qom-path"))
			continue;
		json_t *arguments = json_pack("{sO}", "driver", json_object_get(slot, "type"));
		json_object_update(arguments, json_object_get(slot, "props"));
		json_array_append_new(commands, json_pack("{ss so}", "execute", "device_add",
		                                          "arguments", arguments));
	}
	return commands;
}

static void cpus_listed(void *data, const json_t *returns, const GError *error)
{
	struct resizing *resizing = data;
	if (error) {
		resizing_end(resizing, error);
		return;
	}
	unsigned missing = resizing->want.cpus - resizing->job->entry->vm->size.cpus;
	resizing_talk(resizing, cpus_commands(json_array_get(returns, 0), missing), cpus_plugged);
}

static bool fail_live(GError **error, const char *what)
{
	g_set_error(error, FAULT_DOMAIN, FAULT_UNSUPPORTED, "%s: stop it first", what);
	return false;
}

static bool live_check(const struct entry *entry, const struct vm_size *want, GError **error)
{
	const struct vm *vm = entry->vm;
	if (want->cpus < vm->size.cpus || want->memory_bytes < vm->size.memory_bytes)
		return fail_live(error, "a running VM cannot shrink");
	if (want->cpus > MAX(vm->live_cpus_max, vm->size.cpus))
		return fail_live(error, "more cpus than it was started to grow to");
	if (want->memory_bytes > MAX(vm->live_memory_max_bytes, vm->size.memory_bytes))
		return fail_live(error, "more memory than it was started to grow to");
	if (want->memory_bytes > vm->size.memory_bytes && vm->dimms >= VM_DIMMS_MAX)
		return fail_live(error, "no slot for memory is left");
	return capacity_check(entry->host, want, entry, error);
}

static void resize_live(struct resizing *resizing)
{
	const struct entry *entry = resizing->job->entry;
	g_autoptr(GError) error = NULL;
	if (!live_check(entry, &resizing->want, &error))
		resizing_end(resizing, error);
	else if (resizing->want.cpus > entry->vm->size.cpus)
		resizing_talk(resizing, json_pack("[{ss}]", "execute", "query-hotpluggable-cpus"),
		              cpus_listed);
	else
		memory_plug(resizing);
}

/* --- what is stopped ---------------------------------------------------------------------------- */

static void disk_grown(void *data, const GError *error)
{
	struct resizing *resizing = data;
	if (!error)
		resizing->job->entry->vm->size = resizing->want;
	if (resizing_save(resizing, error))
		resizing_end(resizing, NULL);
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

/* --- the ask ------------------------------------------------------------------------------------ */

/* What is not said stays as it is. */
static struct vm_size want_take(const struct vm_size *now, const json_t *size)
{
	json_int_t cpus = json_integer_value(json_object_get(size, "cpus"));
	json_int_t memory = json_integer_value(json_object_get(size, "memory_bytes"));
	json_int_t disk = json_integer_value(json_object_get(size, "disk_bytes"));
	return (struct vm_size){ .cpus = cpus > 0 ? (unsigned)MIN(cpus, 255) : now->cpus,
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
		resize_live(resizing);
	else
		resize_stopped(resizing);
}
