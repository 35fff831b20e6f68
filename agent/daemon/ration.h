/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ration - so many in a window of time; what is left out is counted. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct ration {
	unsigned max;
	int64_t window_ms;
	int64_t window_from_ms;
	unsigned given;
	unsigned left_out;
};

/* Whether one more may pass at @now_ms. When a new window begins, *@ret_left_out is how many the
 * last one left out, else 0. */
bool ration_take(struct ration *ration, int64_t now_ms, unsigned *ret_left_out);
