/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upkeep - what is done for a member that is desired and seen: repaired, resized, started,
 * marked. */
#pragma once

#include "reconcile/plan/subject.h"
#include "reconcile/plan/tier.h"

/* Fills @verdict with the next step, with what holds it, or with neither when nothing differs. */
void upkeep_judge(const struct subject *subject, struct verdict *verdict);
