/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The params of a create become a VM's record. Whatever ends up in a path, a seed or a command
 * line is checked here.
 */
#include "connectors/qemu/draft.h"

#include "connectors/qemu/host.h"
#include "reconcile/model/fault.h"
#include "reconcile/model/quantity.h"

#include <string.h>
#include <unistd.h>

#define DEFAULT_MEMORY_BYTES ((int64_t)512 << 20)
#define CPUS_MAX 255

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

static bool fail_invalid(GError **error, const char *what, const char *value)
{
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "%s \"%s\"", what, value);
	return false;
}

/* Names are directories, and uids stand in a seed: both are plain words. */
static bool word_is_plain(const char *word, size_t max)
{
	size_t len = strlen(word);
	return len > 0 && len <= max && g_ascii_isalnum(*word) &&
	       strspn(word, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-") == len;
}

static bool order_take(struct draft *draft, const json_t *params, GError **error)
{
	const json_t *orders = json_object_get(params, "orders");
	const json_t *order = json_array_get(orders, 0);
	if (json_array_size(orders) != 1)
		return fail_invalid(error, "one order at a time, please:", "orders");
	const char *name = text_of(order, "name");
	draft->uid = text_of(order, "uid");
	if (!word_is_plain(name, 63))
		return fail_invalid(error, "cannot use this as a VM's name:", name);
	if (!word_is_plain(draft->uid, 63))
		return fail_invalid(error, "cannot use this as a uid:", draft->uid);
	json_t *ssh_keys = json_object_get(params, "ssh_keys");
	if (!seed_check(ssh_keys, error))
		return false;
	draft->seed = (struct seed){ .uid = draft->uid, .name = name, .ssh_keys = ssh_keys };
	draft->seed.user_data = json_string_value(json_object_get(order, "user_data"));

	draft->vm = vm_new(name);
	json_object_update(draft->vm->marks, json_object_get(order, "marks"));
	json_object_set(draft->vm->marks, "uid", json_object_get(order, "uid"));
	json_object_update(draft->vm->labels, json_object_get(params, "labels"));
	json_object_update(draft->vm->image, json_object_get(params, "image"));
	draft->vm->uuid = g_uuid_string_random();
	draft->vm->created_at_ms = host_now_ms();
	return true;
}

static bool size_take(struct vm *vm, const json_t *size, GError **error)
{
	json_int_t cpus = json_integer_value(json_object_get(size, "cpus"));
	json_int_t memory = json_integer_value(json_object_get(size, "memory_bytes"));
	json_int_t disk = json_integer_value(json_object_get(size, "disk_bytes"));
	const char *name = text_of(size, "name");
	if (*name && !cpus && !memory)
		return fail_invalid(error, "say cpus and memory under the cloud's sizes for", name);
	if (cpus < 0 || cpus > CPUS_MAX || memory < 0 || disk < 0 || (memory && memory < 1 << 20))
		return fail_invalid(error, "from 1 to 255 cpus and 1MiB up, please, for",
		                    *name ? name : vm->id);
	vm->size.cpus = cpus ? (unsigned)cpus : 1;
	vm->size.memory_bytes = memory ? memory : DEFAULT_MEMORY_BYTES;
	vm->size.disk_bytes = disk;
	return true;
}

static bool bridge_check(const char *name, GError **error)
{
	g_autofree char *path = g_strdup_printf("/sys/class/net/%s/bridge", name);
	if (word_is_plain(name, 15) && access(path, F_OK) == 0)
		return true;
	return fail_invalid(error, "this host has no bridge", name);
}

static bool networks_take(struct vm *vm, const json_t *networks, GError **error)
{
	g_autoptr(GPtrArray) bridges = g_ptr_array_new_with_free_func(g_free);
	bool is_none = false;
	size_t i;
	json_t *value;
	json_array_foreach(networks, i, value)
	{
		const char *name = json_string_value(value);
		const char *bridge = name && g_str_has_prefix(name, "bridge:") ? name + 7 : NULL;
		if (bridge && !bridge_check(bridge, error))
			return false;
		if (bridge)
			g_ptr_array_add(bridges, g_strdup(bridge));
		else if (g_strcmp0(name, "user") == 0)
			vm->has_user_net = true;
		else if (g_strcmp0(name, "none") == 0)
			is_none = true;
		else
			return fail_invalid(error,
			                    "there are user, none and bridge:NAME, no network",
			                    name ? name : "");
	}
	if (!is_none && bridges->len == 0)
		vm->has_user_net = true;
	g_ptr_array_add(bridges, NULL);
	g_strfreev(vm->bridges);
	vm->bridges = (char **)g_ptr_array_steal(bridges, NULL);
	return true;
}

/* Where there is no user network the guest's ports are its own. */
static bool firewall_take(struct vm *vm, const json_t *firewall, GError **error)
{
	size_t len = vm->has_user_net ? json_array_size(firewall) : 0;
	vm->ports = g_new0(struct vm_port, len + 1);
	for (size_t i = 0; i < len; i++) {
		json_int_t port =
			json_integer_value(json_object_get(json_array_get(firewall, i), "port"));
		bool is_twice = false;
		if (port < 1 || port > 65535)
			return fail_invalid(
				error, "a port of the firewall is not from 1 to 65535:", vm->id);
		for (size_t n = 0; n < vm->ports_len; n++)
			is_twice |= vm->ports[n].port == port;
		if (!is_twice)
			vm->ports[vm->ports_len++].port = (uint16_t)port;
	}
	return true;
}

bool draft_take(struct draft *draft, const json_t *params, GError **error)
{
	draft->uid = "";
	return order_take(draft, params, error) &&
	       size_take(draft->vm, json_object_get(params, "size"), error) &&
	       networks_take(draft->vm, json_object_get(params, "networks"), error) &&
	       firewall_take(draft->vm, json_object_get(params, "firewall"), error);
}

bool draft_set_image(struct draft *draft, struct image *image, GError **error)
{
	struct vm *vm = draft->vm;
	if (image->base && vm->size.disk_bytes && vm->size.disk_bytes < image->disk_bytes) {
		g_autofree char *asked = quantity_format_bytes(vm->size.disk_bytes);
		g_autofree char *needed = quantity_format_bytes(image->disk_bytes);
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
		            "a disk of %s is smaller than its image \"%s\" of %s", asked,
		            image->base, needed);
		return false;
	}
	if (image->base && !vm->size.disk_bytes)
		vm->size.disk_bytes = image->disk_bytes;
	vm->has_disk = vm->size.disk_bytes > 0;
	vm->has_seed_disk = vm->has_disk || image->initrd;
	vm->base = g_steal_pointer(&image->base);
	vm->base_format = g_steal_pointer(&image->format);
	vm->kernel = g_steal_pointer(&image->kernel);
	vm->initrd = g_steal_pointer(&image->initrd);
	vm->cmdline = g_steal_pointer(&image->cmdline);
	return true;
}
