/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clocks of the classes of failure. */
#include "reconcile/engine/backoff.h"

enum {
	SECOND_MS = 1000,
	MINUTE_MS = 60 * SECOND_MS,
};

struct clock {
	int64_t first_ms;   /* 0: at once */
	int64_t longest_ms; /* 0: never again by itself */
};

static const struct clock clocks[] = {
	[FAULT_NONE] = { 0, 1 },
	[FAULT_TRANSIENT] = { SECOND_MS, 5 * MINUTE_MS },
	[FAULT_THROTTLED] = { SECOND_MS, MINUTE_MS },
	[FAULT_QUOTA] = { 30 * SECOND_MS, 10 * MINUTE_MS },
	[FAULT_CAPACITY] = { 30 * SECOND_MS, 10 * MINUTE_MS },
	[FAULT_CONFLICT] = { SECOND_MS, 30 * SECOND_MS },
	[FAULT_NOT_FOUND] = { SECOND_MS, 30 * SECOND_MS },
	[FAULT_EXISTS] = { SECOND_MS, 30 * SECOND_MS },
	[FAULT_AUTH] = { 30 * SECOND_MS, 10 * MINUTE_MS },
	[FAULT_INVALID] = { 0, 0 },
	[FAULT_UNSUPPORTED] = { 0, 0 },
	[FAULT_INTERNAL] = { SECOND_MS, 5 * MINUTE_MS },
};

int64_t backoff_delay_ms(enum fault fault, unsigned attempts, struct rand *rand)
{
	const struct clock *clock = &clocks[fault];
	int64_t delay_ms = clock->first_ms;

	g_assert((size_t)fault < G_N_ELEMENTS(clocks));
	if (clock->longest_ms == 0)
		return INT64_MAX;
	for (unsigned i = 1; i < attempts && delay_ms < clock->longest_ms; i++)
		delay_ms *= 2;
	delay_ms = MIN(delay_ms, clock->longest_ms);
	return delay_ms / 2 + (int64_t)rand_below(rand, (uint64_t)delay_ms / 2 + 1);
}

int64_t backoff_until_ms(enum fault fault, unsigned attempts, struct rand *rand, int64_t now_ms)
{
	int64_t delay_ms = backoff_delay_ms(fault, attempts, rand);

	return delay_ms > INT64_MAX - now_ms ? INT64_MAX : now_ms + delay_ms;
}
