/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stop - VMs that are to power down. */
#pragma once

#include "connectors/qemu/entry.h"

/* Sees the stop that is written in the VM's record through: the power button now and again, and
 * after the deadline the end by force. */
void stop_go_on(struct entry *entry);
