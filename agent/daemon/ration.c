/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * So many in a window of time.
 */
#include "agent/daemon/ration.h"

bool ration_take(struct ration *ration, int64_t now_ms, unsigned *ret_left_out)
{
	*ret_left_out = 0;
	if (ration->given == 0 || now_ms - ration->window_from_ms >= ration->window_ms) {
		*ret_left_out = ration->left_out;
		ration->window_from_ms = now_ms;
		ration->given = ration->left_out = 0;
	}
	if (ration->given >= ration->max) {
		ration->left_out++;
		return false;
	}
	ration->given++;
	return true;
}
