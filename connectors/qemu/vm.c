/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One VM's record as JSON. Reading is strict: a file that was damaged must be seen as such, and
 * not half understood.
 */
#include "connectors/qemu/vm.h"

#include "connectors/qemu/folder.h"
#include "reconcile/model/fault.h"

#define FILE_MAX_BYTES ((size_t)1 << 20)
#define FILE_VERSION 1

struct vm *vm_new(const char *id)
{
	struct vm *vm = g_new0(struct vm, 1);
	vm->id = g_strdup(id);
	vm->bridges = g_new0(char *, 1);
	vm->marks = json_object();
	vm->labels = json_object();
	vm->image = json_object();
	return vm;
}

void vm_free(struct vm *vm)
{
	if (!vm)
		return;
	g_free(vm->id);
	g_free(vm->uuid);
	json_decref(vm->marks);
	json_decref(vm->labels);
	json_decref(vm->image);
	g_free(vm->base);
	g_free(vm->base_format);
	g_free(vm->kernel);
	g_free(vm->initrd);
	g_free(vm->cmdline);
	g_strfreev(vm->bridges);
	g_free(vm->ports);
	g_free(vm->fault);
	g_free(vm);
}

const char *vm_uid(const struct vm *vm)
{
	const char *uid = json_string_value(json_object_get(vm->marks, "uid"));
	return uid ? uid : "";
}

void vm_set_fault(struct vm *vm, const char *fault)
{
	char *copy = g_strdup(fault);
	g_free(vm->fault);
	vm->fault = copy;
}

static void ports_load(struct vm *vm, const json_t *ports)
{
	size_t len = json_array_size(ports);
	vm->ports = g_new0(struct vm_port, len);
	vm->ports_len = len;
	for (size_t i = 0; i < len; i++) {
		const json_t *port = json_array_get(ports, i);
		vm->ports[i].port = (uint16_t)json_integer_value(json_object_get(port, "port"));
		vm->ports[i].host_port =
			(uint16_t)json_integer_value(json_object_get(port, "host_port"));
	}
}

static void bridges_load(struct vm *vm, const json_t *bridges)
{
	size_t len = json_array_size(bridges);
	g_strfreev(vm->bridges);
	vm->bridges = g_new0(char *, len + 1);
	for (size_t i = 0; i < len; i++) {
		const char *name = json_string_value(json_array_get(bridges, i));
		vm->bridges[i] = g_strdup(name ? name : "");
	}
}

static struct vm *vm_decode(json_t *root, const char *id, GError **error)
{
	autoptr(vm) vm = vm_new(id);
	json_t *marks, *labels, *image, *ports, *bridges;
	const char *uuid, *base = NULL, *format = NULL, *kernel = NULL, *initrd = NULL;
	const char *cmdline = NULL, *fault = NULL;
	int version, is_made, has_disk, has_seed, has_net, is_stop, cpus, live_cpus, dimms;
	json_int_t memory, disk, created, live_memory, stop_by;
	json_error_t wrong;

	if (json_unpack_ex(root, &wrong, 0,
	                   "{si ss sb so so so s?s s?s s?s s?s s?s sb sb s{si sI sI} sb so so sI"
	                   " s{si sI si} sb sI s?s}",
	                   "version", &version, "uuid", &uuid, "made", &is_made, "marks", &marks,
	                   "labels", &labels, "image", &image, "base", &base, "base_format",
	                   &format, "kernel", &kernel, "initrd", &initrd, "cmdline", &cmdline,
	                   "disk", &has_disk, "seed_disk", &has_seed, "size", "cpus", &cpus,
	                   "memory_bytes", &memory, "disk_bytes", &disk, "user_net", &has_net,
	                   "bridges", &bridges, "ports", &ports, "created_at_ms", &created, "live",
	                   "cpus_max", &live_cpus, "memory_max_bytes", &live_memory, "dimms",
	                   &dimms, "stop_wanted", &is_stop, "stop_by_ms", &stop_by, "fault",
	                   &fault) != 0) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, VM_FILE ": %s", wrong.text);
		return NULL;
	}
	if (version != FILE_VERSION || !g_uuid_string_is_valid(uuid) || !json_is_object(marks) ||
	    cpus < 1 || memory < 1 || disk < 0 || (base && !format)) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, VM_FILE ": values make no sense");
		return NULL;
	}
	vm->uuid = g_strdup(uuid);
	vm->is_made = is_made;
	json_object_update(vm->marks, marks);
	json_object_update(vm->labels, labels);
	json_object_update(vm->image, image);
	vm->base = g_strdup(base);
	vm->base_format = g_strdup(format);
	vm->kernel = g_strdup(kernel);
	vm->initrd = g_strdup(initrd);
	vm->cmdline = g_strdup(cmdline);
	vm->has_disk = has_disk;
	vm->has_seed_disk = has_seed;
	vm->size = (struct vm_size){ (unsigned)cpus, memory, disk };
	vm->has_user_net = has_net;
	bridges_load(vm, bridges);
	ports_load(vm, ports);
	vm->created_at_ms = created;
	vm->live_cpus_max = (unsigned)live_cpus;
	vm->live_memory_max_bytes = live_memory;
	vm->dimms = (unsigned)dimms;
	vm->is_stop_wanted = is_stop;
	vm->stop_by_ms = stop_by;
	vm->fault = g_strdup(fault);
	return g_steal_pointer(&vm);
}

struct vm *vm_load(int fd, const char *id, GError **error)
{
	g_autofree char *text = folder_read(fd, VM_FILE, FILE_MAX_BYTES, error);
	json_error_t wrong;
	if (!text)
		return NULL;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &wrong);
	if (!root) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, VM_FILE ":%d:%d: %s", wrong.line,
		            wrong.column, wrong.text);
		return NULL;
	}
	struct vm *vm = vm_decode(root, id, error);
	json_decref(root);
	return vm;
}

static json_t *ports_save(const struct vm *vm)
{
	json_t *ports = json_array();
	for (size_t i = 0; i < vm->ports_len; i++)
		json_array_append_new(ports, json_pack("{si si}", "port", (int)vm->ports[i].port,
		                                       "host_port", (int)vm->ports[i].host_port));
	return ports;
}

static json_t *bridges_save(const struct vm *vm)
{
	json_t *bridges = json_array();
	for (char **name = vm->bridges; *name; name++)
		json_array_append_new(bridges, json_string(*name));
	return bridges;
}

bool vm_save(const struct vm *vm, int fd, GError **error)
{
	json_t *root = json_pack(
		"{si ss ss sb sO sO sO ss* ss* ss* ss* ss* sb sb s{si sI sI} sb so so sI s{si sI si} sb sI"
		" ss*}",
		"version", FILE_VERSION, "name", vm->id, "uuid", vm->uuid, "made", (int)vm->is_made,
		"marks", vm->marks, "labels", vm->labels, "image", vm->image, "base", vm->base,
		"base_format", vm->base_format, "kernel", vm->kernel, "initrd", vm->initrd,
		"cmdline", vm->cmdline, "disk", (int)vm->has_disk, "seed_disk",
		(int)vm->has_seed_disk, "size", "cpus", (int)vm->size.cpus, "memory_bytes",
		(json_int_t)vm->size.memory_bytes, "disk_bytes", (json_int_t)vm->size.disk_bytes,
		"user_net", (int)vm->has_user_net, "bridges", bridges_save(vm), "ports",
		ports_save(vm), "created_at_ms", (json_int_t)vm->created_at_ms, "live", "cpus_max",
		(int)vm->live_cpus_max, "memory_max_bytes", (json_int_t)vm->live_memory_max_bytes,
		"dimms", (int)vm->dimms, "stop_wanted", (int)vm->is_stop_wanted, "stop_by_ms",
		(json_int_t)vm->stop_by_ms, "fault", vm->fault);
	char *text = json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	/* Bytes that are no UTF-8 are refused where they come in. */
	g_assert(text);
	bool is_saved = folder_write(fd, VM_FILE, text, vm->is_made, error);
	free(text);
	return is_saved;
}
