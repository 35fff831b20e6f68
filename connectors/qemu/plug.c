/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growth by QMP: CPUs, then memory, then the disk. QEMU 7.2 loses its way when a CPU is unplugged
 * and few guests give memory back, so what runs only grows. Each part that took is written down
 * before the next is tried.
 */
#include "connectors/qemu/plug.h"

#include "connectors/qemu/capacity.h"
#include "connectors/qemu/command.h"
#include "connectors/qemu/host.h"
#include "connectors/qemu/qmp.h"
#include "reconcile/model/fault.h"

#include <unistd.h>

struct plugging {
	struct entry *entry;
	struct vm_size want;
	spawn_done *done;
	void *data;
};

static void plugging_end(struct plugging *plugging, const GError *error)
{
	plugging->done(plugging->data, error);
	g_free(plugging);
}

/* Writes down what has been reached; false when the plugging has ended for it. */
static bool plugging_save(struct plugging *plugging, const GError *reason)
{
	g_autoptr(GError) error = NULL;
	bool is_saved = entry_save(plugging->entry, &error);
	if (is_saved && !reason)
		return true;
	plugging_end(plugging, reason ? reason : error);
	return false;
}

static void plugging_talk(struct plugging *plugging, json_t *own_commands, qmp_done *done)
{
	const struct entry *entry = plugging->entry;
	g_autoptr(GError) error = NULL;
	int fd = entry_open(entry, &error);
	if (fd < 0) {
		json_decref(own_commands);
		plugging_end(plugging, error);
		return;
	}
	qmp_talk(fd, entry->vm->uuid, own_commands, done, plugging);
	close(fd);
}

static void disk_grown_live(void *data, const json_t *returns, const GError *error)
{
	struct plugging *plugging = data;
	(void)returns;
	if (!error)
		plugging->entry->vm->size.disk_bytes = plugging->want.disk_bytes;
	if (plugging_save(plugging, error))
		plugging_end(plugging, NULL);
}

static void disk_grow_live(struct plugging *plugging)
{
	if (plugging->want.disk_bytes == plugging->entry->vm->size.disk_bytes) {
		plugging_end(plugging, NULL);
		return;
	}
	plugging_talk(plugging,
	              json_pack("[{ss s{ss sI}}]", "execute", "block_resize", "arguments", "device",
	                        "disk", "size", (json_int_t)plugging->want.disk_bytes),
	              disk_grown_live);
}

static void memory_plugged(void *data, const json_t *returns, const GError *error)
{
	struct plugging *plugging = data;
	(void)returns;
	if (!error)
		plugging->entry->vm->size.memory_bytes = plugging->want.memory_bytes;
	if (plugging_save(plugging, error))
		disk_grow_live(plugging);
}

static void memory_plug(struct plugging *plugging)
{
	struct vm *vm = plugging->entry->vm;
	int64_t more = plugging->want.memory_bytes - vm->size.memory_bytes;
	if (more == 0) {
		disk_grow_live(plugging);
		return;
	}
	more = (more + COMMAND_BLOCK_BYTES - 1) / COMMAND_BLOCK_BYTES * COMMAND_BLOCK_BYTES;
	/* A name is used once, also when the plugging fails half-way. */
	g_autofree char *dimm = g_strdup_printf("dimm%u", vm->dimms++);
	g_autofree char *backend = g_strconcat(dimm, "-memory", NULL);
	plugging_talk(plugging,
	              json_pack("[{ss s{ss ss sI}} {ss s{ss ss ss}}]", "execute", "object-add",
	                        "arguments", "qom-type", "memory-backend-ram", "id", backend,
	                        "size", (json_int_t)more, "execute", "device_add", "arguments",
	                        "driver", "pc-dimm", "id", dimm, "memdev", backend),
	              memory_plugged);
}

static void cpus_plugged(void *data, const json_t *returns, const GError *error)
{
	struct plugging *plugging = data;
	plugging->entry->vm->size.cpus += (unsigned)json_array_size(returns);
	if (plugging_save(plugging, error))
		memory_plug(plugging);
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
	struct plugging *plugging = data;
	if (error) {
		plugging_end(plugging, error);
		return;
	}
	unsigned missing = plugging->want.cpus - plugging->entry->vm->size.cpus;
	plugging_talk(plugging, cpus_commands(json_array_get(returns, 0), missing), cpus_plugged);
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

void plug_begin(struct entry *entry, const struct vm_size *want, spawn_done *done, void *data)
{
	g_autoptr(GError) error = NULL;
	struct plugging *plugging = g_new0(struct plugging, 1);
	plugging->entry = entry;
	plugging->want = *want;
	plugging->done = done;
	plugging->data = data;
	if (!live_check(entry, want, &error))
		plugging_end(plugging, error);
	else if (want->cpus > entry->vm->size.cpus)
		plugging_talk(plugging, json_pack("[{ss}]", "execute", "query-hotpluggable-cpus"),
		              cpus_listed);
	else
		memory_plug(plugging);
}
