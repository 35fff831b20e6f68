/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capacity - what this host can still give to VMs. */
#pragma once

#include "connectors/qemu/host.h"

/* Whether @more fits beside what is promised to the VMs of @host but @except (NULL: none). Promises
 * count whole, whether a guest has touched its memory or not. FAULT_CAPACITY with the numbers. */
bool capacity_check(const struct host *host, const struct vm_size *more, const struct entry *except,
                    GError **error);
