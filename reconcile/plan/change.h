/* SPDX-License-Identifier: GPL-2.0-or-later */
/* change - how an instance gets from the size that it has to the one that it should have. */
#pragma once

#include "reconcile/model/traits.h"
#include "reconcile/plan/drift.h"

enum change_way {
	CHANGE_NONE,    /* nothing now: it must run first, or nothing differs */
	CHANGE_LIVE,    /* while it runs */
	CHANGE_RESTART, /* stop, change, start: each in a pass of its own */
	CHANGE_REPLACE, /* not in place */
};

/* How @seen gets to @wanted with the cloud's @abilities; @is_refused: a live change was refused. */
enum change_way change_size_way(unsigned drift, const struct size *wanted,
                                const struct instance *seen, unsigned abilities, bool is_refused);
/* "2 → 4 cpus, 4GiB → 8GiB": freed by the caller. */
char *change_size_text(unsigned drift, const struct size *wanted, const struct size *seen);
