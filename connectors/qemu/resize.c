/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A change of size: of a stopped VM in its record and disk, of a running one by plugging parts in.
 */
#include "connectors/qemu/capacity.h"
#include "connectors/qemu/command.h"
#include "connectors/qemu/job.h"
#include "connectors/qemu/qmp.h"
#include "connectors/qemu/spawn.h"
#include "reconcile/model/fault.h"

#include <unistd.h>

void ask_resize(struct job *own_job)
{
	g_autoptr(GError) error = g_error_new(FAULT_DOMAIN, FAULT_UNSUPPORTED, "not yet");
	job_fail(own_job, error);
}
