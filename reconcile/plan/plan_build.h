/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_build - from what is desired, remembered and seen to what is to be done next.
 *
 * Pure: the same scene gives the same plan. A member has at most one action. */
#pragma once

#include "reconcile/plan/scene.h"

/* The plan for @scene; never NULL. */
struct plan *plan_build(const struct scene *scene);
