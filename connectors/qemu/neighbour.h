/* SPDX-License-Identifier: GPL-2.0-or-later */
/* neighbour - the addresses of guests on a bridge, as far as this host has talked with them. */
#pragma once

#include "connectors/qemu/vm.h"

/* The kernel's table as text, to be freed; "" when there is none. */
char *neighbour_table(void);
/* The address in @table of the guest's card on its bridge number @index (from 0), or NULL; freed by
 * the caller. */
char *neighbour_find(const char *table, const struct vm *vm, unsigned index);
