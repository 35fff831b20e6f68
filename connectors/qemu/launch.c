/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU is started until it has become a daemon. A host port may be taken between its drawing and
 * QEMU's binding it: then others are drawn.
 */
#include "connectors/qemu/launch.h"

#include "connectors/qemu/command.h"
#include "connectors/qemu/port.h"
#include "reconcile/model/fault.h"

#define LAUNCH_TIMEOUT_S 40
#define LAUNCH_TRIES 5
#define LAUNCH_LOG "qemu.log"
#define DRAWS_MAX 100

struct launch {
	struct entry *entry;
	unsigned tries;
	spawn_done *done;
	void *data;
};

/* Whether a VM of ours, perhaps a stopped one, has @host_port. */
static bool port_is_ours(const struct host *host, uint16_t host_port)
{
	GHashTableIter iter;
	void *value;
	g_hash_table_iter_init(&iter, host->entries);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct vm *vm = ((struct entry *)value)->vm;
		for (size_t i = 0; vm && i < vm->ports_len; i++)
			if (vm->ports[i].host_port == host_port)
				return true;
	}
	return false;
}

static bool ports_draw(struct entry *entry, GError **error)
{
	struct vm *vm = entry->vm;
	for (size_t i = 0; i < vm->ports_len; i++) {
		uint16_t drawn = vm->ports[i].host_port;
		if (port_is_free(drawn))
			continue;
		for (int n = 0; n < DRAWS_MAX && (drawn = port_draw()); n++)
			if (!port_is_ours(entry->host, drawn))
				break;
		if (drawn == 0) {
			g_set_error(error, FAULT_DOMAIN, FAULT_CAPACITY,
			            "no free port on 127.0.0.1 for port %u of \"%s\"",
			            vm->ports[i].port, vm->id);
			return false;
		}
		vm->ports[i].host_port = drawn;
	}
	return true;
}

static void launch_end(struct launch *launch, const GError *error)
{
	launch->done(launch->data, error);
	g_free(launch);
}

static void launch_try(struct launch *launch);

static void launched(void *data, const GError *error)
{
	struct launch *launch = data;
	struct entry *entry = launch->entry;
	entry_look(entry);
	if (entry->process.pid) {
		launch_end(launch, NULL);
		return;
	}
	if (error && error->code == FAULT_CONFLICT && launch->tries < LAUNCH_TRIES) {
		launch_try(launch);
		return;
	}
	g_autoptr(GError) lost = NULL;
	if (!error)
		lost = g_error_new(FAULT_DOMAIN, FAULT_TRANSIENT, "qemu of \"%s\" ended at once",
		                   entry->id);
	launch_end(launch, error ? error : lost);
}

static void launch_try(struct launch *launch)
{
	struct entry *entry = launch->entry;
	g_autofree char *path = entry_path(entry);
	g_autoptr(GError) error = NULL;
	launch->tries++;
	if (!ports_draw(entry, &error) || !entry_save(entry, &error)) {
		launch_end(launch, error);
		return;
	}
	spawn_run(command_run(entry->host->settings, entry->vm, path), path, LAUNCH_LOG,
	          LAUNCH_TIMEOUT_S, launched, launch);
}

void launch_begin(struct entry *entry, spawn_done *done, void *data)
{
	struct launch *launch = g_new0(struct launch, 1);
	struct vm *vm = entry->vm;
	struct vm_size headroom = command_headroom(entry->host->settings, &vm->size);
	vm->live_cpus_max = headroom.cpus;
	vm->live_memory_max_bytes = headroom.memory_bytes;
	vm->dimms = 0;
	vm->is_stop_wanted = false;
	vm->stop_by_ms = 0;
	vm_set_fault(vm, NULL);
	launch->entry = entry;
	launch->done = done;
	launch->data = data;
	launch_try(launch);
}
