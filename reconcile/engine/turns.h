/* SPDX-License-Identifier: GPL-2.0-or-later */
/* turns - who may plan and send in a pass, and in which order.
 *
 * Overdue lists, then changes, then creations, then lists and catalogues that are due. Within a
 * class deployments take turns, one ask each, as far as the budgets of the clouds reach. */
#pragma once

#include "reconcile/engine/state.h"

/* Plans what is dirty and fills the effects with asks. */
void turns_take(struct engine *engine, int64_t now_ms);
/* When a pass is due by the clocks of units, budgets and lists. */
int64_t turns_next_ms(const struct engine *engine, int64_t now_ms);
