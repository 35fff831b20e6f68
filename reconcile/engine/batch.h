/* SPDX-License-Identifier: GPL-2.0-or-later */
/* batch - equal creations in one ask, and the slow start of each new shape.
 *
 * A shape is what equal creations of a component have in common. A new one gets one ask at a
 * time, then two, four, …; after SHAPE_PROVEN successes in a row it has no limit. A failure takes
 * it back to one ask of one member, after a wait: validating one of a thousand equal members is
 * enough. */
#pragma once

#include "reconcile/engine/state.h"

enum {
	SHAPE_PROVEN = 16
};

/* The shape of @action at @cloud; made when it is new. */
struct shape *shape_get(struct cloud_state *cloud, const struct action *action);
/* Whether another ask of it may go now; @ret_at_ms: when time alone allows it, else INT64_MAX. */
bool shape_allows(const struct shape *shape, int64_t now_ms, int64_t *ret_at_ms);
/* How many members its next ask may have, at most @most. */
unsigned shape_batch(const struct shape *shape, unsigned most);
/* An ask goes. */
void shape_take(struct shape *shape);
/* Its answer came; @fault is FAULT_NONE when any of its members was made. */
void shape_return(struct shape *shape, enum fault fault, struct rand *rand, int64_t now_ms);
/* Whether @a and @b may share one ask. */
bool batch_is_equal(const struct action *a, const struct action *b);
