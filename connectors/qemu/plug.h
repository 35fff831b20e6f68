/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plug - parts for a VM that runs. */
#pragma once

#include "connectors/qemu/entry.h"
#include "connectors/qemu/spawn.h"

/* Grows the running VM of @entry to @want and calls @done once it has or cannot. What took is in
 * its record also when the rest did not. FAULT_UNSUPPORTED for what only a stopped VM can do. The
 * entry is busy with the caller's job until then. */
void plug_begin(struct entry *entry, const struct vm_size *want, spawn_done *done, void *data);
