/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reasons as a table. */
#include "reconcile/engine/hold.h"

static const struct {
	enum hold_kind kind;
	bool is_news;
	bool needs_lists;
} rows[HOLD_REASONS] = {
	[HOLD_CLOUD_UNKNOWN] = { HOLD_FAILS, true, false },
	[HOLD_CLOUD_DOWN] = { HOLD_FAILS, false, false },
	[HOLD_CLOUD_AUTH] = { HOLD_FAILS, true, false },
	[HOLD_NOT_LISTED] = { HOLD_WAITS, false, true },
	[HOLD_OPERATION] = { HOLD_WAITS, false, false },
	[HOLD_UNCERTAIN] = { HOLD_WAITS, false, true },
	[HOLD_ABSENT] = { HOLD_WAITS, false, true },
	[HOLD_PENDING] = { HOLD_WAITS, false, true },
	[HOLD_UNKNOWN_STATE] = { HOLD_FAILS, true, true },
	[HOLD_AFTER] = { HOLD_RESTS, false, false },
	[HOLD_ORDER] = { HOLD_RESTS, false, false },
	[HOLD_TEMPLATE] = { HOLD_RESTS, false, true },
	[HOLD_BACKOFF] = { HOLD_WAITS, false, false },
	[HOLD_QUOTA] = { HOLD_FAILS, true, false },
	[HOLD_CAPACITY] = { HOLD_FAILS, true, false },
	[HOLD_INVALID] = { HOLD_FAILS, true, false },
	[HOLD_UNSUPPORTED] = { HOLD_FAILS, true, false },
	[HOLD_SIZE] = { HOLD_FAILS, true, false },
	[HOLD_IMAGE] = { HOLD_FAILS, true, false },
	[HOLD_REPLACE] = { HOLD_FAILS, true, false },
	[HOLD_MOVE] = { HOLD_FAILS, true, false },
	[HOLD_PROTECTED] = { HOLD_RESTS, true, false },
	[HOLD_DELETION_BUDGET] = { HOLD_RESTS, true, false },
	[HOLD_GRACE] = { HOLD_RESTS, true, false },
	[HOLD_FLEET_INCOMPLETE] = { HOLD_RESTS, true, false },
	[HOLD_INSTANCES_LIMIT] = { HOLD_FAILS, true, true },
	[HOLD_ORPHAN] = { HOLD_RESTS, true, true },
	[HOLD_DUPLICATE] = { HOLD_RESTS, true, true },
	[HOLD_OBSERVE] = { HOLD_RESTS, false, false },
};

enum hold_kind hold_kind(enum hold_reason reason)
{
	return rows[reason].kind;
}

bool hold_is_news(enum hold_reason reason)
{
	return rows[reason].is_news;
}

bool hold_needs_lists(enum hold_reason reason)
{
	return rows[reason].needs_lists;
}
