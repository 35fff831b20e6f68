/* SPDX-License-Identifier: GPL-2.0-or-later */
/* creation - what is done for a member that is desired and not there. */
#pragma once

#include "reconcile/plan/subject.h"
#include "reconcile/plan/tier.h"

/* The creations that this plan adds to each cloud, for limits.instances. */
struct creations {
	unsigned *by_cloud; /* as scene->clouds */
};

/* All zero; cleared by creations_clear. */
void creations_init(struct creations *creations, const struct scene *scene);
void creations_clear(struct creations *creations);
/* Fills @verdict with a creation, or with the first thing that holds it. */
void creation_judge(struct creations *creations, const struct subject *subject,
                    struct verdict *verdict);
