/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory and CPUs are promised when a VM is made or started. Without a limit in the settings,
 * memory is what the host has available now, without what its running VMs may yet come to use.
 */
#include "connectors/qemu/capacity.h"

#include "reconcile/model/fault.h"
#include "reconcile/model/quantity.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* QEMU's own, beside the guest's: measured 20 to 40 MiB under TCG (Debian 12, November 2026). */
#define OVERHEAD_BYTES ((int64_t)32 << 20)

struct promised {
	int64_t memory_bytes;
	int64_t untouched_bytes; /* of that, what running QEMUs have not taken yet */
	unsigned cpus;
};

/* A stopped VM has given its memory back; it is checked again when it starts. */
static bool holds_memory(const struct entry *entry)
{
	return entry->vm && !entry->is_deleting && (entry->process.pid || entry->is_busy);
}

static struct promised promised_sum(const struct host *host, const struct entry *except)
{
	struct promised sum = { 0 };
	GHashTableIter iter;
	void *value;
	g_hash_table_iter_init(&iter, host->entries);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct entry *entry = value;
		if (entry == except || !holds_memory(entry))
			continue;
		int64_t bytes = entry->vm->size.memory_bytes;
		int64_t resident =
			entry->process.pid ? process_resident_bytes(entry->process.pid) : 0;
		sum.memory_bytes += bytes;
		sum.untouched_bytes += MAX(bytes + OVERHEAD_BYTES - resident, 0);
		sum.cpus += entry->vm->size.cpus;
	}
	return sum;
}

static int64_t host_available_bytes(void)
{
	g_autofree char *text = NULL;
	if (!g_file_get_contents("/proc/meminfo", &text, NULL, NULL))
		return G_MAXINT64;
	const char *line = strstr(text, "MemAvailable:");
	long long kib = 0;
	if (!line || sscanf(line, "MemAvailable: %lld", &kib) != 1)
		return G_MAXINT64;
	return kib * 1024;
}

static bool fail_memory(int64_t free_bytes, int64_t asked_bytes, const char *way_out,
                        GError **error)
{
	int64_t floor = MAX(free_bytes, 0) >> 20 << 20;
	g_autofree char *left = floor ? quantity_format_bytes(floor) : g_strdup("nothing");
	g_autofree char *asked = quantity_format_bytes(asked_bytes);
	g_set_error(error, FAULT_DOMAIN, FAULT_CAPACITY,
	            "no memory left on this host: %s free, %s asked; %s", left, asked, way_out);
	return false;
}

static bool memory_check(const struct settings *settings, const struct promised *sum,
                         const struct vm_size *more, const struct vm_size *had, GError **error)
{
	if (settings->memory_bytes) {
		int64_t left = settings->memory_bytes - sum->memory_bytes;
		return more->memory_bytes <= left ||
		       fail_memory(left, more->memory_bytes,
		                   "the cloud's setting \"memory\" is the limit", error);
	}
	int64_t left = host_available_bytes() - settings->reserve_bytes - sum->untouched_bytes -
	               OVERHEAD_BYTES + had->memory_bytes;
	return more->memory_bytes <= left ||
	       fail_memory(left, more->memory_bytes,
	                   "destroy or shrink something, or lower the setting \"reserve\"", error);
}

static bool cpus_check(const struct settings *settings, unsigned promised, unsigned more,
                       GError **error)
{
	unsigned total = settings->cpus;
	if (!total)
		total = (unsigned)sysconf(_SC_NPROCESSORS_ONLN) * settings->overcommit;
	if (promised + more <= total)
		return true;
	g_set_error(error, FAULT_DOMAIN, FAULT_CAPACITY,
	            "no cpus left on this host: %u of %u promised, %u asked; raise the cloud's "
	            "setting \"overcommit\" or \"cpus\"",
	            promised, total, more);
	return false;
}

bool capacity_check(const struct host *host, const struct vm_size *more, const struct entry *except,
                    GError **error)
{
	struct promised sum = promised_sum(host, except);
	/* What a running VM has already is not available, nor asked for anew. */
	struct vm_size had = { 0 };
	if (except && except->process.pid)
		had.memory_bytes = MIN((int64_t)process_resident_bytes(except->process.pid),
		                       except->vm->size.memory_bytes);
	return memory_check(host->settings, &sum, more, &had, error) &&
	       cpus_check(host->settings, sum.cpus, more->cpus, error);
}
