/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said to QEMU. Everything that a guest can see of its hardware is decided here.
 */
#include "connectors/qemu/command.h"

#include "connectors/qemu/console.h"
#include "connectors/qemu/process.h"
#include "connectors/qemu/qmp.h"

#include <stdarg.h>
#include <string.h>

/* Translated code of a small guest fits in this many MiB; QEMU's own default is a gigabyte. */
#define TB_SMALL_MIB 16
#define TB_LARGE_MIB 128

static bool is_small(const struct vm_size *size)
{
	return size->memory_bytes <= COMMAND_SMALL_BYTES;
}

struct vm_size command_headroom(const struct settings *settings, const struct vm_size *size)
{
	if (is_small(size))
		return (struct vm_size){ 0 };
	return (struct vm_size){
		.cpus = settings->live_cpus > 1 ? MIN(size->cpus * settings->live_cpus, 255) : 0,
		.memory_bytes =
			settings->live_memory > 1 ? size->memory_bytes * settings->live_memory : 0,
	};
}

static void add(GPtrArray *words, const char *word)
{
	g_ptr_array_add(words, g_strdup(word));
}

static void add_pair(GPtrArray *words, const char *option, const char *value)
{
	add(words, option);
	add(words, value);
}

G_GNUC_PRINTF(3, 4)
static void add_value(GPtrArray *words, const char *option, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(words, option);
	g_ptr_array_add(words, g_strdup_vprintf(format, args));
	va_end(args);
}

/* In a list of options a comma ends the value unless it is doubled. */
static char *escape(const char *value)
{
	g_auto(GStrv) parts = g_strsplit(value, ",", -1);
	return g_strjoinv(",,", parts);
}

/* @directory / @name, escaped. */
static char *escape_in(const char *directory, const char *name)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);
	return escape(path);
}

static void add_accel(GPtrArray *words, const struct settings *settings, const struct vm *vm)
{
	bool small = is_small(&vm->size);
	if (settings->accel == ACCEL_KVM) {
		add_pair(words, "-accel", "kvm");
		add_pair(words, "-cpu", "host");
		return;
	}
	bool is_single = small || MAX(vm->size.cpus, vm->live_cpus_max) == 1;
	add_value(words, "-accel", "tcg,tb-size=%d,thread=%s%s",
	          small ? TB_SMALL_MIB : TB_LARGE_MIB, is_single ? "single" : "multi",
	          settings->is_code_split ? ",split-wx=on" : "");
	/* 5-level paging costs an emulated guest time and gives it nothing. */
	add_pair(words, "-cpu", small ? "qemu64" : "max,la57=off");
}

static void add_size(GPtrArray *words, const struct vm *vm)
{
	const struct vm_size *size = &vm->size;
	if (vm->live_cpus_max > size->cpus)
		add_value(words, "-smp", "%u,maxcpus=%u", size->cpus, vm->live_cpus_max);
	else
		add_value(words, "-smp", "%u", size->cpus);
	if (vm->live_memory_max_bytes <= size->memory_bytes) {
		add_value(words, "-m", "size=%" G_GINT64_FORMAT "K", size->memory_bytes / 1024);
		return;
	}
	/* Each module is rounded up to a block, so each may need one more than was asked for. */
	int64_t growth = vm->live_memory_max_bytes + VM_DIMMS_MAX * COMMAND_BLOCK_BYTES;
	add_value(words, "-m", "size=%" G_GINT64_FORMAT "K,slots=%d,maxmem=%" G_GINT64_FORMAT "M",
	          size->memory_bytes / 1024, VM_DIMMS_MAX, growth / (1024 * 1024) + 1);
}

static void add_boot(GPtrArray *words, const struct vm *vm)
{
	if (!vm->kernel)
		return;
	add_pair(words, "-kernel", vm->kernel);
	if (vm->initrd)
		add_pair(words, "-initrd", vm->initrd);
	if (vm->cmdline)
		add_pair(words, "-append", vm->cmdline);
}

static void add_disks(GPtrArray *words, const struct vm *vm, const char *directory)
{
	if (vm->has_disk) {
		g_autofree char *overlay = escape_in(directory, COMMAND_OVERLAY);
		add_value(words, "-drive", "if=none,id=disk,format=qcow2,discard=unmap,file=%s",
		          overlay);
		add_pair(words, "-device", "virtio-blk-pci,drive=disk,id=disk-device,bootindex=1");
	}
	if (vm->has_seed_disk) {
		g_autofree char *seed = escape_in(directory, COMMAND_SEED);
		add_value(words, "-drive",
		          "if=none,id=seed,driver=vvfat,label=cidata,read-only=on,dir=%s", seed);
		add_pair(words, "-device", "virtio-blk-pci,drive=seed");
	}
}

static void add_seed(GPtrArray *words, const char *directory)
{
	static const char *const names[] = { "meta-data", "user-data" };
	g_autofree char *seed = escape_in(directory, COMMAND_SEED);
	add_pair(words, "-smbios", "type=1,serial=ds=nocloud");
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		add_value(words, "-fw_cfg", "name=opt/muster/%s,file=%s/%s", names[i], seed,
		          names[i]);
}

/* Two VMs on one bridge must differ, and a VM must stay what it is from start to start. */
char *command_mac(const struct vm *vm, unsigned card)
{
	g_autofree char *text = g_strdup_printf("%s/%u", vm->uuid, card);
	guint hash = g_str_hash(text);
	return g_strdup_printf("52:54:00:%02x:%02x:%02x", hash >> 16 & 0xff, hash >> 8 & 0xff,
	                       hash & 0xff);
}

static void add_card(GPtrArray *words, const struct vm *vm, unsigned card)
{
	g_autofree char *mac = command_mac(vm, card);
	add_value(words, "-device", "virtio-net-pci,netdev=net%u,romfile=,mac=%s", card, mac);
}

static void add_networks(GPtrArray *words, const struct vm *vm)
{
	unsigned cards = 0;
	if (vm->has_user_net) {
		g_autoptr(GString) net = g_string_new("user,id=net0");
		for (size_t i = 0; i < vm->ports_len; i++)
			g_string_append_printf(net, ",hostfwd=tcp:127.0.0.1:%u-:%u",
			                       vm->ports[i].host_port, vm->ports[i].port);
		add_pair(words, "-netdev", net->str);
		add_card(words, vm, cards++);
	}
	for (char **bridge = vm->bridges; *bridge; bridge++) {
		g_autofree char *name = escape(*bridge);
		add_value(words, "-netdev", "bridge,id=net%u,br=%s", cards, name);
		add_card(words, vm, cards++);
	}
}

static void add_service(GPtrArray *words, const char *directory)
{
	g_autofree char *console = escape_in(directory, CONSOLE_FILE);
	add_value(words, "-chardev", "file,id=console,append=on,path=%s", console);
	add_pair(words, "-serial", "chardev:console");
	add_pair(words, "-qmp", "unix:" QMP_SOCKET ",server=on,wait=off");
	add_pair(words, "-pidfile", PROCESS_FILE);
	add(words, "-daemonize");
}

GPtrArray *command_run(const struct settings *settings, const struct vm *vm, const char *directory)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
	add(words, settings->qemu);
	add_value(words, "-name", "guest=%s", vm->id);
	add_pair(words, "-uuid", vm->uuid);
	add_pair(words, "-machine", "pc");
	add_accel(words, settings, vm);
	add_size(words, vm);
	add_pair(words, "-display", "none");
	add(words, "-nodefaults");
	add(words, "-no-user-config");
	add_pair(words, "-sandbox", "on,obsolete=deny");
	add_boot(words, vm);
	add_disks(words, vm, directory);
	add_seed(words, directory);
	add_networks(words, vm);
	if (!is_small(&vm->size))
		add_pair(words, "-device", "virtio-rng-pci");
	add_service(words, directory);
	g_ptr_array_add(words, NULL);
	return words;
}

GPtrArray *command_disk(const struct settings *settings, const struct vm *vm)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
	add(words, settings->qemu_img);
	add(words, "create");
	add(words, "-q");
	add_pair(words, "-f", "qcow2");
	if (vm->base) {
		add_pair(words, "-b", vm->base);
		add_pair(words, "-F", vm->base_format);
	}
	add(words, COMMAND_OVERLAY);
	if (vm->size.disk_bytes)
		g_ptr_array_add(words, g_strdup_printf("%" G_GINT64_FORMAT, vm->size.disk_bytes));
	g_ptr_array_add(words, NULL);
	return words;
}

GPtrArray *command_grow(const struct settings *settings, int64_t bytes)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
	add(words, settings->qemu_img);
	add(words, "resize");
	add(words, "-q");
	add_pair(words, "-f", "qcow2");
	add(words, COMMAND_OVERLAY);
	g_ptr_array_add(words, g_strdup_printf("%" G_GINT64_FORMAT, bytes));
	g_ptr_array_add(words, NULL);
	return words;
}
