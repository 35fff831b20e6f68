/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock - the wall clock, and whether somebody has set it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Of the last look: how far the wall clock is ahead of the monotonic one. */
struct clock {
	int64_t ahead_ms;
	bool is_set;
};

/* Milliseconds since 1970 UTC. */
int64_t clock_now_ms(void);
/* Whether the wall clock jumped by more than two seconds since the last look, and by how much. A
 * suspended machine counts: its monotonic clock stood still. */
bool clock_has_jumped(struct clock *clock, int64_t wall_ms, int64_t monotonic_ms,
                      int64_t *ret_by_ms);
