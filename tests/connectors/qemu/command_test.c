/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What QEMU is told: rows of VMs, and of words that must or must not be said.
 */
#include "connectors/qemu/command.h"

#include <string.h>

#define MIB ((int64_t)1 << 20)

struct row {
	const char *name;
	enum accel accel;
	struct vm vm;
	const char *directory;
	const char *said[4];
	const char *unsaid[3];
};

static char *no_bridges[] = { NULL };
static char *two_bridges[] = { (char[]){ "br0" }, (char[]){ "br,1" }, NULL };

static const struct row rows[] = {
	{ .name = "small",
	  .accel = ACCEL_TCG,
	  .vm = { .size = { 1, 16 * MIB, 0 }, .bridges = no_bridges },
	  .said = { "-accel tcg,tb-size=16,thread=single ", "-cpu qemu64", "-smp 1 ",
	            "-m size=16384K " },
	  .unsaid = { "maxmem", "virtio-rng", "cidata" } },
	{ .name = "large",
	  .accel = ACCEL_TCG,
	  .vm = { .size = { 2, 1024 * MIB, 0 },
	          .live_cpus_max = 4,
	          .live_memory_max_bytes = 2048 * MIB,
	          .has_seed_disk = true,
	          .bridges = no_bridges },
	  .said = { "thread=multi", "-smp 2,maxcpus=4 ", "-m size=1048576K,slots=8,maxmem=3073M ",
	            "label=cidata" },
	  .unsaid = { "overlay" } },
	{ .name = "kvm",
	  .accel = ACCEL_KVM,
	  .vm = { .size = { 2, 1024 * MIB, 0 }, .bridges = no_bridges },
	  .said = { "-accel kvm ", "-cpu host " },
	  .unsaid = { "tcg", "maxcpus", "maxmem" } },
	{ .name = "commas",
	  .accel = ACCEL_TCG,
	  .vm = { .size = { 1, 16 * MIB, MIB }, .has_disk = true, .bridges = no_bridges },
	  .directory = "/a,b/c",
	  .said = { "file=/a,,b/c/overlay.qcow2 ", "path=/a,,b/c/console.log ",
	            "file=/a,,b/c/seed/meta-data ", "-pidfile qemu.pid -daemonize" },
	  .unsaid = { "/a,b" } },
	{ .name = "networks",
	  .accel = ACCEL_TCG,
	  .vm = { .size = { 1, 16 * MIB, 0 },
	          .has_user_net = true,
	          .ports = (struct vm_port[]){ { 80, 40080 }, { 22, 40022 } },
	          .ports_len = 2,
	          .bridges = two_bridges },
	  .said = { "user,id=net0,hostfwd=tcp:127.0.0.1:40080-:80,hostfwd=tcp:127.0.0.1:40022-:22 ",
	            "bridge,id=net1,br=br0 ", "bridge,id=net2,br=br,,1 ",
	            "netdev=net2,romfile=,mac=" } },
	{ .name = "kernel",
	  .accel = ACCEL_TCG,
	  .vm = { .size = { 1, 16 * MIB, 0 },
	          .kernel = (char[]){ "/k" },
	          .cmdline = (char[]){ "a b" },
	          .bridges = no_bridges },
	  .said = { "-kernel /k ", "-append a b " },
	  .unsaid = { "-initrd", "-netdev", "-drive" } },
};

static void test_run(gconstpointer data)
{
	const struct row *row = data;
	struct settings settings = { .accel = row->accel, .qemu = (char[]){ "qemu" } };
	struct vm vm = row->vm;
	vm.id = (char[]){ "shop-web-1" };
	vm.uuid = (char[]){ "223ce924-093e-45c6-b1a7-78e43e9b8908" };
	g_autoptr(GPtrArray) words =
		command_run(&settings, &vm, row->directory ? row->directory : "/d");
	g_autofree char *line = g_strjoinv(" ", (char **)words->pdata);

	g_assert_nonnull(strstr(line, "-name guest=shop-web-1 -uuid 223ce924-"));
	for (size_t i = 0; i < G_N_ELEMENTS(row->said) && row->said[i]; i++)
		if (!strstr(line, row->said[i]))
			g_error("no \"%s\" in: %s", row->said[i], line);
	for (size_t i = 0; i < G_N_ELEMENTS(row->unsaid) && row->unsaid[i]; i++)
		if (strstr(line, row->unsaid[i]))
			g_error("\"%s\" in: %s", row->unsaid[i], line);
}

static void test_split_code(void)
{
	struct settings settings = { .accel = ACCEL_TCG,
		                     .qemu = (char[]){ "qemu" },
		                     .is_code_split = true };
	struct vm vm = { .id = (char[]){ "a" },
		         .uuid = (char[]){ "u" },
		         .size = { 1, MIB, 0 },
		         .bridges = no_bridges };
	g_autoptr(GPtrArray) words = command_run(&settings, &vm, "/d");
	g_autofree char *line = g_strjoinv(" ", (char **)words->pdata);
	g_assert_nonnull(strstr(line, "thread=single,split-wx=on "));
}

static void test_headroom(void)
{
	const struct settings settings = { .live_cpus = 2, .live_memory = 3 };
	const struct settings none = { .live_cpus = 1, .live_memory = 1 };
	const struct vm_size large = { 2, 128 * MIB, 0 }, small = { 2, 64 * MIB, 0 },
			     many = { 200, 128 * MIB, 0 };
	g_assert_cmpuint(command_headroom(&settings, &large).cpus, ==, 4);
	g_assert_cmpint(command_headroom(&settings, &large).memory_bytes, ==, 384 * MIB);
	g_assert_cmpuint(command_headroom(&settings, &many).cpus, ==, 255);
	g_assert_cmpuint(command_headroom(&settings, &small).cpus, ==, 0);
	g_assert_cmpint(command_headroom(&none, &large).memory_bytes, ==, 0);
}

static void test_mac(void)
{
	struct vm a = { .uuid = (char[]){ "223ce924-093e-45c6-b1a7-78e43e9b8908" } };
	struct vm b = { .uuid = (char[]){ "223ce924-093e-45c6-b1a7-78e43e9b8909" } };
	g_autofree char *first = command_mac(&a, 0), *again = command_mac(&a, 0);
	g_autofree char *second = command_mac(&a, 1), *other = command_mac(&b, 0);
	g_assert_cmpstr(first, ==, again);
	g_assert_cmpstr(first, !=, second);
	g_assert_cmpstr(first, !=, other);
	g_assert_true(g_str_has_prefix(first, "52:54:00:"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/command/run/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_run);
	}
	g_test_add_func("/command/split-code", test_split_code);
	g_test_add_func("/command/headroom", test_headroom);
	g_test_add_func("/command/mac", test_mac);
	return g_test_run();
}
