/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list: what is in the directory, as instances. No QEMU is asked anything.
 */
#include "connectors/qemu/job.h"
#include "connectors/qemu/neighbour.h"

#include "reconcile/model/instance.h"

/* What a VM is, and what is said about it. */
struct look {
	enum instance_state state;
	const char *fault;
};

/* Our own creations are busy: this one is a leftover, or another process works the directory. */
static bool is_still_made(const struct entry *entry)
{
	const struct host *host = entry->host;
	int64_t now_ms = host_now_ms();
	return now_ms - entry->vm->created_at_ms < HOST_CREATE_MS &&
	       (host->is_observing || now_ms - host->opened_at_ms < HOST_LEFTOVER_MS);
}

static struct look look_unfinished(const struct entry *entry)
{
	if (entry->process.pid)
		return (struct look){ INSTANCE_RUNNING, NULL };
	if (is_still_made(entry))
		return (struct look){ INSTANCE_PENDING, NULL };
	return (struct look){ INSTANCE_FAILED, "its creation was interrupted" };
}

/* A QEMU that was killed left its disk as a power cut would: it is stopped, to be started again. */
static struct look look_stopped(const struct entry *entry)
{
	struct look look = { INSTANCE_STOPPED, entry->vm->fault };
	if (!look.fault && !entry->vm->is_stop_wanted)
		look.fault = entry->process.has_file ? "qemu ended unexpectedly"
		                                     : "it ended by itself, in good order";
	return look;
}

static struct look look_entry(const struct entry *entry)
{
	if (entry->is_deleting)
		return (struct look){ INSTANCE_DELETING, entry->damage };
	if (entry->damage || !entry->vm)
		return (struct look){ INSTANCE_UNKNOWN, entry->damage };
	if (entry->is_busy && !entry->process.pid)
		return (struct look){ INSTANCE_PENDING, NULL };
	if (!entry->vm->is_made)
		return look_unfinished(entry);
	if (!entry->process.pid)
		return look_stopped(entry);
	if (entry->vm->is_stop_wanted)
		return (struct look){ INSTANCE_STOPPING, entry->vm->fault };
	return (struct look){ INSTANCE_RUNNING, entry->vm->fault };
}

static json_t *forwards_json(const struct vm *vm)
{
	json_t *forwards = json_array();
	for (size_t i = 0; i < vm->ports_len; i++) {
		if (vm->ports[i].host_port == 0)
			continue;
		json_array_append_new(
			forwards, json_pack("{si ss si}", "port", (int)vm->ports[i].port, "host",
		                            "127.0.0.1", "host_port", (int)vm->ports[i].host_port));
	}
	return forwards;
}

/* Best first: what others can reach. */
static json_t *addresses_json(const struct vm *vm)
{
	json_t *addresses = json_array();
	g_autofree char *table = *vm->bridges ? neighbour_table() : NULL;
	for (unsigned i = 0; vm->bridges[i]; i++) {
		g_autofree char *address = neighbour_find(table, vm, i);
		if (address)
			json_array_append_new(addresses, json_string(address));
	}
	if (vm->has_user_net)
		json_array_append_new(addresses, json_string("127.0.0.1"));
	return addresses;
}

static void live_set(json_t *object, const struct vm *vm)
{
	json_object_set_new(object, "live_cpus_max", json_integer(vm->live_cpus_max));
	json_int_t memory = vm->dimms < VM_DIMMS_MAX ? vm->live_memory_max_bytes : 0;
	json_object_set_new(object, "live_memory_max_bytes", json_integer(memory));
}

static json_t *instance_json(const struct entry *entry)
{
	const struct vm *vm = entry->vm;
	struct look look = look_entry(entry);
	json_t *object = json_pack("{ss ss ss ss*}", "id", entry->id, "name", entry->id, "state",
	                           instance_state_name(look.state), "fault", look.fault);
	if (!vm)
		return object;
	json_object_set(object, "marks", vm->marks);
	json_object_set(object, "labels", vm->labels);
	json_object_set_new(object, "created_at_ms", json_integer(vm->created_at_ms));
	json_object_set_new(object, "size",
	                    json_pack("{si sI sI}", "cpus", (int)vm->size.cpus, "memory_bytes",
	                              (json_int_t)vm->size.memory_bytes, "disk_bytes",
	                              (json_int_t)vm->size.disk_bytes));
	json_object_set_new(object, "forwards", forwards_json(vm));
	json_object_set_new(object, "addresses", addresses_json(vm));
	if (look.state == INSTANCE_RUNNING)
		live_set(object, vm);
	return object;
}

void ask_list(struct job *own_job)
{
	g_autoptr(GError) error = NULL;
	json_t *instances = json_array();
	GHashTableIter iter;
	void *value;
	if (!host_scan(own_job->host, &error)) {
		json_decref(instances);
		job_fail(own_job, error);
		return;
	}
	g_hash_table_iter_init(&iter, own_job->host->entries);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		json_array_append_new(instances, instance_json(value));
	job_done(own_job, json_pack("{so sb}", "instances", instances, "complete", 1));
}
