/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary - the numbers in the closing line of plans. */
#pragma once

#include "reconcile/model/plan.h"

struct summary {
	size_t create;
	size_t change; /* start, stop, resize, mark */
	size_t destroy;
	size_t held;
	size_t under_way;
};

/* Over all @plans (struct plan). */
struct summary summary_of(GPtrArray *plans);
/* Whether all numbers are 0. */
bool summary_is_empty(const struct summary *summary);
/* Whether @hold only tells that something is being done already. */
bool summary_is_under_way(const struct hold *hold);
