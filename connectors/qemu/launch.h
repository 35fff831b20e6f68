/* SPDX-License-Identifier: GPL-2.0-or-later */
/* launch - the start of a VM's QEMU. */
#pragma once

#include "connectors/qemu/host.h"
#include "connectors/qemu/spawn.h"

/* Draws ports, writes down how the VM is started, starts it and calls @done once it runs or cannot.
 * The entry is busy with the caller's job until then. */
void launch_begin(struct entry *entry, spawn_done *done, void *data);
