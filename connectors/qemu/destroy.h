/* SPDX-License-Identifier: GPL-2.0-or-later */
/* destroy - VMs that go away for good. */
#pragma once

#include "connectors/qemu/entry.h"

/* Renames the directory of @entry first, so that a crash cannot leave a VM that is half there; then
 * ends its QEMU and removes everything, which goes on after this has returned. */
bool destroy_begin(struct entry *entry, GError **error);
/* Goes on with the destruction of an entry that was renamed, by its QEMU or by its files. */
void destroy_go_on(struct entry *entry);
