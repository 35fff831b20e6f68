/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The start of a VM that is stopped.
 */
#include "connectors/qemu/capacity.h"
#include "connectors/qemu/job.h"
#include "connectors/qemu/launch.h"
#include "reconcile/model/fault.h"

static void started(void *data, const GError *error)
{
	struct job *job = data;
	struct entry *entry = job->entry;
	if (error) {
		vm_set_fault(entry->vm, error->message);
		entry_save(entry, NULL);
	}
	job_end(job, error);
}

static bool start_check(const struct entry *entry, GError **error)
{
	if (!entry->vm->is_made) {
		g_set_error(error, FAULT_DOMAIN, FAULT_CONFLICT,
		            "VM \"%s\" was never finished: destroy it", entry->id);
		return false;
	}
	return capacity_check(entry->host, &entry->vm->size, entry, error);
}

void ask_start(struct job *own_job)
{
	g_autoptr(GError) error = NULL;
	struct entry *entry = job_entry(own_job);
	if (!entry)
		return;
	if (entry->process.pid && entry->vm->is_stop_wanted)
		error = g_error_new(FAULT_DOMAIN, FAULT_CONFLICT, "VM \"%s\" is still going down",
		                    entry->id);
	else if (!entry->process.pid && start_check(entry, &error)) {
		launch_begin(entry, started, own_job);
		return;
	}
	job_end(own_job, error);
}
