/* SPDX-License-Identifier: GPL-2.0-or-later */
/* restore - what an earlier life left in the store, taken back. */
#pragma once

#include "reconcile/engine/state.h"

/* Records, each with the instance that it names, believed until lists tell. Consumed. */
void restore_records(struct engine *engine, GPtrArray *own_records);
/* Operations that were not closed: they may have been sent, so they are uncertain. Consumed. */
void restore_operations(struct engine *engine, GPtrArray *own_operations);
