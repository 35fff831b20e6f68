/* SPDX-License-Identifier: GPL-2.0-or-later */
/* power - VMs going down: by their own will, by force, and for good. */
#pragma once

#include "connectors/qemu/host.h"

/* Goes on with what was begun before this program started: stops, destructions, creations whose
 * QEMU runs. Once, after host_open. */
void power_resume(struct host *host);
/* Makes @entry go away for good: renames its directory first, so that a crash cannot leave a VM that
 * is half there, ends its QEMU and removes everything. Returns after the first. */
bool power_destroy(struct entry *entry, GError **error);
