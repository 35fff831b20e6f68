/* SPDX-License-Identifier: GPL-2.0-or-later */
/* values - what ${…} in user data stands for when a member is made.
 *
 *     self.key                    shop/web/2
 *     self.ordinal                2; not known for a member with a name
 *     self.name                   shop-web-2: the member's own, the same for each instance of it
 *     deployment.name             shop
 *     labels.NAME                 the component's label, else the deployment's
 *     components.X.N.address      the first address of member N of X, once it is known */
#pragma once

#include "reconcile/manifest/template.h"
#include "reconcile/plan/scene.h"

/* Whether @template says the same for all members: it names nothing of self. */
bool values_are_shared(const struct template *template);
/* The user data of member @key (NULL when shared) of @component, freed by the caller; NULL when a
 * value is missing, then *ret_missing is its name. An address costs a binary search over the
 * slots. */
char *values_resolve(const struct scene *scene, const struct component *component, const char *key,
                     const char **ret_missing);
/* "waits for the address of shop/db/1": what a missing value means; freed by the caller. */
char *values_missing_text(const char *missing, const char *deployment);
