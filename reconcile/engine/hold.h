/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hold - what the engine makes of the plan's reasons not to act. */
#pragma once

#include "reconcile/model/plan.h"

#include <stdbool.h>

enum hold_kind {
	HOLD_WAITS, /* something is under way; it ends by itself */
	HOLD_FAILS, /* it does not converge without a change of manifests or cloud */
	HOLD_RESTS, /* meant so; nothing is waited for */
};

/* What @reason means for convergence. */
enum hold_kind hold_kind(enum hold_reason reason);
/* Whether people are told of it as an event; the daily ones are not news. */
bool hold_is_news(enum hold_reason reason);
/* Whether each complete list may change it. */
bool hold_needs_lists(enum hold_reason reason);
