/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The thresholds are those that glibc starts with. */
#include "agent/daemon/heap.h"

#include <malloc.h>

enum {
	TRIM_BYTES = 1024 * 1024,
	MMAP_BYTES = 128 * 1024,
	BURST_ROWS = 5000,
};

void heap_init(void)
{
	mallopt(M_TRIM_THRESHOLD, TRIM_BYTES);
	mallopt(M_MMAP_THRESHOLD, MMAP_BYTES);
	mallopt(M_ARENA_MAX, 1);
}

void heap_settle(size_t *work, size_t rows)
{
	*work += rows;
	if (rows > 0 || *work < BURST_ROWS)
		return;
	malloc_trim(0);
	*work = 0;
}
