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
	unsigned left_out; /* in this window */
};

/* Whether one more may pass at @now_ms; the first one opens a window, as the first after its end.
 * */
bool ration_take(struct ration *ration, int64_t now_ms);
/* Begins a new window at @now_ms. */
void ration_begin(struct ration *ration, int64_t now_ms);
