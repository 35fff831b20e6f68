/* SPDX-License-Identifier: GPL-2.0-or-later */
/* order - creation follows after, removal goes the other way.
 *
 * Only components that go as a whole are ordered: fewer members of one that stays wait for
 * nothing. */
#pragma once

#include "reconcile/plan/subject.h"
#include "reconcile/plan/tier.h"

/* What is leaving as whole components, and the highest rank of it that is still there. */
struct leaving {
	unsigned rank;
	size_t left;      /* instances of that rank */
	char *component;  /* "shop/web": one of that rank; NULL: nothing leaves */
	size_t protected; /* of left */
};

/* Says in @tier which components it still waits for; @tiers must be counted. */
void order_resolve(const struct tiers *tiers, struct tier *tier, const char *deployment);
/* Looks over the slots of @scene. */
void leaving_init(struct leaving *leaving, const struct tiers *tiers, const struct scene *scene);
void leaving_clear(struct leaving *leaving);
/* The tier of the component in @key; NULL when it is not desired at all. */
const struct tier *order_find_tier(const struct tiers *tiers, const char *key);
/* Whether the component of @slot, which is not desired, goes as a whole. */
bool order_is_whole(const struct tiers *tiers, const struct slot *slot);
/* The hold of a subject whose component goes while others of a higher rank are still there, or
 * NULL. */
struct hold *order_hold(const struct leaving *leaving, const struct tiers *tiers,
                        const struct subject *subject);
