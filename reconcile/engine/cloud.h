/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cloud - one cloud as the engine knows it: up or down, when it is listed, what it may be asked. */
#pragma once

#include "reconcile/engine/state.h"

/* The cloud of that name; made when it is not known. */
struct cloud_state *cloud_get(struct engine *engine, const char *name);
/* The same, or NULL. */
struct cloud_state *cloud_find(const struct engine *engine, const char *name);
void cloud_free(struct cloud_state *cloud);
/* It can be asked, with these traits. */
void cloud_up(struct engine *engine, struct cloud_state *cloud, const struct traits *traits,
              int64_t now_ms);
/* It cannot, and why. */
void cloud_down(struct engine *engine, struct cloud_state *cloud, enum fault fault,
                const char *text, int64_t now_ms);
/* It refused our credentials: everything there waits, a list tries again slowly. */
void cloud_refuse(struct engine *engine, struct cloud_state *cloud, const char *text,
                  int64_t now_ms);
/* An ask was answered without that. */
void cloud_accept(struct engine *engine, struct cloud_state *cloud, int64_t now_ms);
/* A list failed for a reason other than credentials; the second in a row is news. */
void cloud_blind(struct engine *engine, struct cloud_state *cloud, const struct answer *answer,
                 int64_t now_ms);
/* A list came. */
void cloud_see(struct engine *engine, struct cloud_state *cloud, int64_t now_ms);
/* Takes over what @fleet says of it; whether that changed. */
bool cloud_follow(struct engine *engine, struct cloud_state *cloud, int64_t now_ms);
/* The next list comes as soon as the busy period allows. */
void cloud_list_soon(struct engine *engine, struct cloud_state *cloud, int64_t now_ms);
/* Sets the next list after one: soon while @is_busy, later and later at rest. */
void cloud_pace(struct engine *engine, struct cloud_state *cloud, bool is_busy, int64_t now_ms);
/* Takes over a shorter period at rest. */
void cloud_hasten(const struct engine *engine, struct cloud_state *cloud);
/* Brings the numbers of its scene up to date. */
void cloud_refresh(struct cloud_state *cloud);
/* Whether something of ours is there, remembered to be, or under way. */
bool cloud_is_used(const struct engine *engine, const struct cloud_state *cloud);
/* Its carrier is gone for good: nothing is known of it and nothing is asked of it. */
void cloud_forget(struct cloud_state *cloud);
/* Whether it has @ability. */
bool cloud_can(const struct cloud_state *cloud, enum ability ability);
/* How long an ask may take to be answered. */
int64_t cloud_deadline_ms(const struct cloud_state *cloud);
/* When something that was done until @at_ms is on every list that begins then. */
int64_t cloud_settled_ms(const struct cloud_state *cloud, int64_t at_ms);
