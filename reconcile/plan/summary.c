/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting. */
#include "reconcile/plan/summary.h"

#include <stddef.h>

static const size_t counters[ACTION_KINDS] = {
	[ACTION_CREATE] = offsetof(struct summary, create),
	[ACTION_DESTROY] = offsetof(struct summary, destroy),
	[ACTION_START] = offsetof(struct summary, change),
	[ACTION_STOP] = offsetof(struct summary, change),
	[ACTION_RESIZE] = offsetof(struct summary, change),
	[ACTION_MARK] = offsetof(struct summary, change),
};

bool summary_is_under_way(const struct hold *hold)
{
	return hold->reason == HOLD_OPERATION || hold->reason == HOLD_UNCERTAIN ||
	       hold->reason == HOLD_PENDING;
}

static void plan_count(struct summary *summary, const struct plan *plan)
{
	for (guint i = 0; i < plan->actions->len; i++) {
		const struct action *action = g_ptr_array_index(plan->actions, i);

		(*(size_t *)(void *)((char *)summary + counters[action->kind]))++;
	}
	for (guint i = 0; i < plan->holds->len; i++)
		if (summary_is_under_way(g_ptr_array_index(plan->holds, i)))
			summary->under_way++;
		else
			summary->held++;
}

struct summary summary_of(GPtrArray *plans)
{
	struct summary summary = { 0 };

	for (guint i = 0; i < plans->len; i++)
		plan_count(&summary, g_ptr_array_index(plans, i));
	return summary;
}

bool summary_is_empty(const struct summary *summary)
{
	return summary->create + summary->change + summary->destroy + summary->held +
	               summary->under_way ==
	       0;
}
