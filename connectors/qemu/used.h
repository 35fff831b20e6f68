/* SPDX-License-Identifier: GPL-2.0-or-later */
/* used - the directories of VMs that were worked from here, so that one whose disk is not mounted
 * is not taken for one without VMs. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* False, with FAULT_TRANSIENT, when @directory was worked before and has nothing of that now, which
 * @is_fresh says. Otherwise remembers it when @is_kept. Directories below the working directory are
 * no concern: they come and go with the memory of them. */
bool used_check(const char *directory, bool is_fresh, bool is_kept, GError **error);
