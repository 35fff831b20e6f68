/* SPDX-License-Identifier: GPL-2.0-or-later */
/* orders - asks made from actions. */
#pragma once

#include "reconcile/engine/state.h"

/* An ask of @verb to @cloud with the next number. */
struct ask *orders_ask(struct engine *engine, const struct cloud_state *cloud, enum verb verb);
/* A creation like @action, without orders yet. */
struct ask *orders_create(struct engine *engine, const struct cloud_state *cloud,
                          const struct action *action);
/* Adds @member to it, as its operation says. */
void orders_add(struct ask *ask, const struct member *member, const struct action *action);
/* Any other change, of the instance that @action names. */
struct ask *orders_change(struct engine *engine, const struct cloud_state *cloud,
                          const struct action *action);
/* A copy with only the @i-th of its orders, or with none where there are none. */
struct ask *orders_copy(const struct ask *ask, guint i);
