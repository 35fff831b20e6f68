/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The creation of a VM: its directory under a name that counts for nothing, its record, its seed,
 * the directory's true name, the disk, QEMU. Until the last the record says that it is not made, so a crash
 * leaves either nothing or something that the same create, sent again, clears away and makes anew.
 */
#include "connectors/qemu/capacity.h"
#include "connectors/qemu/command.h"
#include "connectors/qemu/fetch.h"
#include "connectors/qemu/folder.h"
#include "connectors/qemu/image.h"
#include "connectors/qemu/job.h"
#include "connectors/qemu/launch.h"
#include "connectors/qemu/power.h"
#include "connectors/qemu/seed.h"
#include "reconcile/model/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define DISK_TIMEOUT_S 60
#define DISK_LOG "qemu-img.log"
#define DEFAULT_MEMORY_BYTES ((int64_t)512 << 20)
#define CPUS_MAX 255
/* An image that comes soon is waited for; for others the ask is answered and sent again. */
#define FETCH_POLL_MS 100
#define FETCH_POLLS 15

struct creation {
	struct job *job;
	struct vm *vm; /* until it is an entry's */
	const char *uid;
	struct seed seed;
	unsigned polls;
};

/* --- the answer --------------------------------------------------------------------------------- */

static void creation_free(struct creation *creation)
{
	vm_free(creation->vm);
	g_free(creation);
}

static void creation_made(struct creation *creation, const char *id)
{
	json_t *result = json_pack("{s[{ss ss}]}", "results", "uid", creation->uid, "instance", id);
	job_done(creation->job, result);
	creation_free(creation);
}

static void creation_fail(struct creation *creation, const GError *error)
{
	g_autofree char *text = g_utf8_make_valid(error->message, -1);
	json_t *result = json_pack("{s[{ss s{ss ss}}]}", "results", "uid", creation->uid, "error",
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
	if (!power_destroy(entry, &left))
		g_printerr("cannot clear away \"%s\": %s\n", entry->id, left->message);
	creation_fail(creation, error);
}

/* --- the order ---------------------------------------------------------------------------------- */

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

static bool order_take(struct creation *creation, GError **error)
{
	const json_t *params = creation->job->params;
	const json_t *orders = json_object_get(params, "orders");
	const json_t *order = json_array_get(orders, 0);
	if (json_array_size(orders) != 1)
		return fail_invalid(error, "one order at a time, please:", "orders");
	const char *name = text_of(order, "name");
	creation->uid = text_of(order, "uid");
	if (!word_is_plain(name, 63))
		return fail_invalid(error, "cannot use this as a VM's name:", name);
	if (!word_is_plain(creation->uid, 63))
		return fail_invalid(error, "cannot use this as a uid:", creation->uid);
	json_t *ssh_keys = json_object_get(params, "ssh_keys");
	if (!seed_check(ssh_keys, error))
		return false;
	creation->seed = (struct seed){ .uid = creation->uid, .name = name, .ssh_keys = ssh_keys };
	creation->seed.user_data = json_string_value(json_object_get(order, "user_data"));

	creation->vm = vm_new(name);
	json_object_update(creation->vm->marks, json_object_get(order, "marks"));
	json_object_set(creation->vm->marks, "uid", json_object_get(order, "uid"));
	json_object_update(creation->vm->labels, json_object_get(params, "labels"));
	json_object_update(creation->vm->image, json_object_get(params, "image"));
	creation->vm->uuid = g_uuid_string_random();
	creation->vm->created_at_ms = host_now_ms();
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

static bool image_take(struct vm *vm, struct image *image, GError **error)
{
	if (image->base && vm->size.disk_bytes && vm->size.disk_bytes < image->disk_bytes) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
		            "the disk of %" G_GINT64_FORMAT
		            " bytes is smaller than its image \"%s\" of %" G_GINT64_FORMAT,
		            vm->size.disk_bytes, image->base, image->disk_bytes);
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

/* --- the making --------------------------------------------------------------------------------- */

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
	if (!vm_save(creation->vm, fd, error))
		return false;
	if (mkdirat(fd, COMMAND_SEED, 0700) != 0)
		return folder_fail(COMMAND_SEED, error);
	int seed_fd = folder_open(fd, COMMAND_SEED, error);
	if (seed_fd < 0)
		return false;
	bool is_written = seed_write(&creation->seed, seed_fd, error);
	close(seed_fd);
	return is_written;
}

/* The directory under its name, whole; or nothing. */
static bool folder_make(const struct creation *creation, GError **error)
{
	const struct host *host = creation->job->host;
	const char *id = creation->vm->id;
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

static bool entry_make(struct creation *creation, GError **error)
{
	struct job *job = creation->job;
	if (!capacity_check(job->host, &creation->vm->size, NULL, error) ||
	    !folder_make(creation, error))
		return false;
	job->entry = host_add(job->host, creation->vm->id, creation->vm->id);
	job->entry->is_busy = true;
	job->entry->vm = g_steal_pointer(&creation->vm);
	return true;
}

/* True when the creation has been answered by what an earlier one made. */
static bool answered_by_earlier(struct creation *creation)
{
	g_autoptr(GError) error = NULL;
	struct entry *entry = host_find_uid(creation->job->host, creation->uid);
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
		power_destroy(entry, &error);
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
	if (image && host_find(job->host, creation->vm->id, NULL))
		g_set_error(&error, FAULT_DOMAIN, FAULT_EXISTS, "there is a VM \"%s\" already",
		            creation->vm->id);
	else if (image && image_take(creation->vm, image, &error) && entry_make(creation, &error)) {
		disk_begin(creation);
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
	const json_t *params = own_job->params;
	creation->job = own_job;
	creation->uid = "";
	if (!order_take(creation, &error) ||
	    !size_take(creation->vm, json_object_get(params, "size"), &error) ||
	    !networks_take(creation->vm, json_object_get(params, "networks"), &error) ||
	    !firewall_take(creation->vm, json_object_get(params, "firewall"), &error)) {
		creation_fail(creation, error);
		return;
	}
	creation_begin(creation);
}
