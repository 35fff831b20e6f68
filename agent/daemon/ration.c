/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * So many in a window of time.
 */
#include "agent/daemon/ration.h"

void ration_begin(struct ration *ration, int64_t now_ms)
{
	ration->window_from_ms = now_ms;
	ration->given = ration->left_out = 0;
}

bool ration_take(struct ration *ration, int64_t now_ms)
{
	/* Those left out keep their window open until they have been told of. */
	if (ration->left_out == 0 &&
	    (ration->given == 0 || now_ms - ration->window_from_ms >= ration->window_ms))
		ration_begin(ration, now_ms);
	if (ration->given >= ration->max) {
		ration->left_out++;
		return false;
	}
	ration->given++;
	return true;
}
