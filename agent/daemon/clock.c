/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock - the only place that reads the time of day for the engine. */
#include "agent/daemon/clock.h"

#include <glib.h>

enum {
	/* Slewing by NTP is slower than that between two looks. */
	JUMP_MS = 2000
};

int64_t clock_now_ms(void)
{
	return g_get_real_time() / 1000;
}

bool clock_has_jumped(struct clock *clock, int64_t wall_ms, int64_t monotonic_ms,
                      int64_t *ret_by_ms)
{
	int64_t ahead_ms = wall_ms - monotonic_ms;
	int64_t by_ms = ahead_ms - clock->ahead_ms;
	bool has_jumped = clock->is_set && (by_ms > JUMP_MS || by_ms < -JUMP_MS);

	clock->ahead_ms = ahead_ms;
	clock->is_set = true;
	if (has_jumped)
		*ret_by_ms = by_ms;
	return has_jumped;
}
