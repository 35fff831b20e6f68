/* SPDX-License-Identifier: GPL-2.0-or-later */
/* removal - what is done with an instance of ours that should not be there.
 *
 * Whatever it destroys still has to pass the deletion budget. */
#pragma once

#include "reconcile/plan/order.h"

/* Fills @verdict for a member that is not desired and seen. */
void removal_judge(const struct leaving *leaving, const struct tiers *tiers,
                   const struct subject *subject, struct verdict *verdict);
/* The second instance of a member: held until it is proved and old, then destroyed, unless the
 * member has something else to be done first. */
void removal_judge_duplicate(const struct subject *subject, struct verdict *verdict);
