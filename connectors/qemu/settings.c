/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The settings of this connector: a table of rows that hello declares, and the struct that the
 * rest of the program reads.
 */
#include "connectors/qemu/settings.h"

#include "reconcile/model/fault.h"
#include "reconcile/model/quantity.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum row {
	ROW_DIRECTORY,
	ROW_IMAGES,
	ROW_CACHE,
	ROW_ACCEL,
	ROW_STOP_TIMEOUT,
	ROW_MEMORY,
	ROW_RESERVE,
	ROW_CPUS,
	ROW_OVERCOMMIT,
	ROW_LIVE_CPUS,
	ROW_LIVE_MEMORY,
	ROW_QEMU,
	ROW_QEMU_IMG,
	ROWS,
};

const struct setting_row settings_rows[] = {
	[ROW_DIRECTORY] = { .name = "directory",
	                    .type = SETTING_PATH,
	                    .fallback = "vms",
	                    .help = "where the VMs live, one directory each; one agent at a time" },
	[ROW_IMAGES] = { .name = "images",
	                 .type = SETTING_PATH,
	                 .fallback = ".",
	                 .help = "where relative paths of images, kernels and initrds start" },
	[ROW_CACHE] = { .name = "cache",
	                .type = SETTING_PATH,
	                .fallback = "cache",
	                .help = "where downloaded images are kept" },
	[ROW_ACCEL] = { .name = "accel",
	                .type = SETTING_TEXT,
	                .fallback = "auto",
	                .help = "kvm, tcg (emulation), or auto: kvm where the host can" },
	[ROW_STOP_TIMEOUT] = { .name = "stopTimeout",
	                       .type = SETTING_DURATION,
	                       .fallback = "30s",
	                       .help = "how long a guest may take to power down before it is killed" },
	[ROW_MEMORY] = { .name = "memory",
	                 .type = SETTING_BYTES,
	                 .help = "memory of all VMs together; when not said, what the host can spare" },
	[ROW_RESERVE] = { .name = "reserve",
	                  .type = SETTING_BYTES,
	                  .fallback = "512MiB",
	                  .help = "memory that is left to the host when memory is not said" },
	[ROW_CPUS] = { .name = "cpus",
	               .type = SETTING_NUMBER,
	               .fallback = "0",
	               .help = "cpus of all VMs together; 0: the host's times overcommit" },
	[ROW_OVERCOMMIT] = { .name = "overcommit",
	                     .type = SETTING_NUMBER,
	                     .fallback = "32",
	                     .help = "how many cpus of VMs one cpu of the host carries" },
	[ROW_LIVE_CPUS] = { .name = "liveCpus",
	                    .type = SETTING_NUMBER,
	                    .fallback = "2",
	                    .help = "a running VM grows to this many times its cpus; 1: not at all" },
	[ROW_LIVE_MEMORY] = { .name = "liveMemory",
	                      .type = SETTING_NUMBER,
	                      .fallback = "2",
	                      .help = "a running VM grows to this many times its memory; 1: not at all" },
	[ROW_QEMU] = { .name = "qemu",
	               .type = SETTING_PATH,
	               .fallback = "qemu-system-x86_64",
	               .help = "the emulator's program" },
	[ROW_QEMU_IMG] = { .name = "qemuImg",
	                   .type = SETTING_PATH,
	                   .fallback = "qemu-img",
	                   .help = "the program that makes and grows disks" },
	[ROWS] = { .name = NULL },
};

static const char *row_value(const json_t *object, enum row row)
{
	const char *value = json_string_value(json_object_get(object, settings_rows[row].name));
	return value && *value ? value : settings_rows[row].fallback;
}

static bool fail_row(enum row row, const char *value, const char *what, GError **error)
{
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "setting \"%s\": \"%s\" is not %s",
	            settings_rows[row].name, value, what);
	return false;
}

static bool parse_number(const json_t *object, enum row row, unsigned *ret_number, GError **error)
{
	const char *value = row_value(object, row);
	guint64 number = 0;
	if (!g_ascii_string_to_unsigned(value, 10, 0, 1000000, &number, NULL))
		return fail_row(row, value, "a whole number up to 1000000", error);
	*ret_number = (unsigned)number;
	return true;
}

static bool parse_quantity(const json_t *object, enum row row, int64_t *ret_amount, GError **error)
{
	const char *value = row_value(object, row);
	if (!value)
		return true;
	bool is_good = settings_rows[row].type == SETTING_BYTES
	                       ? quantity_parse_bytes(value, ret_amount, error)
	                       : quantity_parse_duration(value, ret_amount, error);
	if (!is_good)
		g_prefix_error(error, "setting \"%s\": ", settings_rows[row].name);
	return is_good;
}

/* A /dev/kvm on a CPU without the flag opens, boots tiny guests and then fails on a Linux one, so
 * the flag is asked for as well. */
static bool host_has_kvm(void)
{
	g_autofree char *cpuinfo = NULL;
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return false;
	close(fd);
	if (!g_file_get_contents("/proc/cpuinfo", &cpuinfo, NULL, NULL))
		return false;
	return g_regex_match_simple("^flags\\s*:.*\\b(vmx|svm)\\b", cpuinfo, G_REGEX_MULTILINE, 0);
}

/* A sandbox (systemd's MemoryDenyWriteExecute) may forbid what QEMU's translator does. */
static bool host_splits_code(void)
{
	size_t len = (size_t)sysconf(_SC_PAGESIZE);
	void *page = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, 0, 0);
	if (page == MAP_FAILED)
		return true;
	bool is_refused = mprotect(page, len, PROT_READ | PROT_WRITE | PROT_EXEC) != 0;
	munmap(page, len);
	return is_refused;
}

static bool parse_accel(const json_t *object, enum accel *ret_accel, GError **error)
{
	static const char *const names[] = { "auto", "kvm", "tcg" };
	const char *value = row_value(object, ROW_ACCEL);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (!g_str_equal(value, names[i]))
			continue;
		*ret_accel = (enum accel)i;
		if (*ret_accel == ACCEL_AUTO)
			*ret_accel = host_has_kvm() ? ACCEL_KVM : ACCEL_TCG;
		return true;
	}
	return fail_row(ROW_ACCEL, value, "auto, kvm or tcg", error);
}

static bool parse_path(const json_t *object, enum row row, char **ret_path, GError **error)
{
	const char *value = row_value(object, row);
	if (strpbrk(value, "\n\r"))
		return fail_row(row, value, "a path on one line", error);
	*ret_path = g_canonicalize_filename(value, NULL);
	return true;
}

struct settings *settings_parse(const json_t *object, GError **error)
{
	autoptr(settings) settings = g_new0(struct settings, 1);
	bool is_good =
		parse_path(object, ROW_DIRECTORY, &settings->directory, error) &&
		parse_path(object, ROW_IMAGES, &settings->images, error) &&
		parse_path(object, ROW_CACHE, &settings->cache, error) &&
		parse_accel(object, &settings->accel, error) &&
		parse_quantity(object, ROW_STOP_TIMEOUT, &settings->stop_timeout_ms, error) &&
		parse_quantity(object, ROW_MEMORY, &settings->memory_bytes, error) &&
		parse_quantity(object, ROW_RESERVE, &settings->reserve_bytes, error) &&
		parse_number(object, ROW_CPUS, &settings->cpus, error) &&
		parse_number(object, ROW_OVERCOMMIT, &settings->overcommit, error) &&
		parse_number(object, ROW_LIVE_CPUS, &settings->live_cpus, error) &&
		parse_number(object, ROW_LIVE_MEMORY, &settings->live_memory, error);
	if (!is_good)
		return NULL;
	settings->is_code_split = host_splits_code();
	settings->qemu = g_strdup(row_value(object, ROW_QEMU));
	settings->qemu_img = g_strdup(row_value(object, ROW_QEMU_IMG));
	return g_steal_pointer(&settings);
}

void settings_free(struct settings *settings)
{
	if (!settings)
		return;
	g_free(settings->directory);
	g_free(settings->images);
	g_free(settings->cache);
	g_free(settings->qemu);
	g_free(settings->qemu_img);
	g_free(settings);
}
