/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unit - one deployment as the engine works on it: its members, its plan, and what waits to be
 * sent. */
#pragma once

#include "reconcile/engine/state.h"

/* The unit of deployment @name (of @len characters); made when there is none. */
struct unit *unit_get(struct engine *engine, const char *name, size_t len);
/* The same, or NULL. */
struct unit *unit_find(const struct engine *engine, const char *name);
void unit_free(struct unit *unit);
/* The member of @key; made when there is none. */
struct member *unit_member_get(struct unit *unit, const char *key);
/* The same, or NULL. */
struct member *unit_member_find(const struct unit *unit, const char *key);
/* It is to be planned again; @is_urgent: at once, whatever is queued from its last plan. */
void unit_dirty(struct engine *engine, struct unit *unit, bool is_urgent);
/* The same for all units: a cloud or the limits changed. */
void unit_dirty_all(struct engine *engine);
/* All units that wait for a complete list. */
void unit_dirty_listed(struct engine *engine);
/* Takes @deployment as what is desired; NULL: its manifest is missing. */
void unit_follow(struct engine *engine, struct unit *unit, struct deployment *deployment,
                 int64_t now_ms);
/* Starts the clock of a missing manifest for what is remembered of it. */
void unit_miss(struct engine *engine, struct unit *unit, int64_t now_ms);
/* Lets failures that only the manifests can mend be tried again. */
void unit_forgive(struct engine *engine, struct unit *unit, bool all);
/* Makes its plan anew, queues what it says, and tells what is new about it. */
void unit_plan(struct engine *engine, struct unit *unit, int64_t now_ms);
/* The plan as of now, changing nothing. */
struct plan *unit_look(const struct engine *engine, const struct unit *unit, int64_t now_ms);
/* Whether it may be planned now, or should first send what it has; @ret_at_ms: when it may. */
bool unit_may_plan(const struct unit *unit, int64_t now_ms, int64_t *ret_at_ms);
/* Whether something of its plan waits to be sent. */
bool unit_has_queue(const struct unit *unit);
/* Drops what waits to be sent. */
void unit_drop_queues(struct unit *unit);
