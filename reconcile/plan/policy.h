/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy - what keeps instances from being destroyed: protection, the grace of a missing manifest,
 * and the deletion budget. */
#pragma once

#include "reconcile/plan/subject.h"

/* The hold of an instance whose deployment has no manifest: incomplete fleet, or grace; else
 * NULL. */
struct hold *policy_missing_hold(const struct subject *subject);
/* The hold of a protected instance, or NULL. */
struct hold *policy_protected_hold(const struct subject *subject, bool is_protected);
/* Lets so many destructions of @verdicts (as the scene's slots) stand as the deletion budget still
 * allows, the highest keys first, and turns the rest into holds. Repairs do not count. @present is
 * how many instances the deployment has. */
void policy_budget(const struct scene *scene, size_t present, struct verdict *verdicts);
