/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inventory - what lists say exists, joined to members by id and by marks.
 *
 * A list proves what it shows. What a complete list lacks is missed; missed by two that began late
 * enough, or by one where the cloud had said so before, it is gone. Foreign instances are counted
 * and never kept. */
#pragma once

#include "reconcile/engine/state.h"

/* Takes the answer of a list of @cloud that began at @began_ms; the instances are taken out of
 * it. */
void inventory_take(struct engine *engine, struct cloud_state *cloud, struct answer *answer,
                    int64_t began_ms, int64_t now_ms);
