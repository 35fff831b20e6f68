/* SPDX-License-Identifier: GPL-2.0-or-later */
/* member - one member's place: made, remembered, forgotten. */
#pragma once

#include "reconcile/engine/state.h"

/* The place of @key in @unit, with nothing in it yet. */
struct member *member_new(struct unit *unit, const char *key);
/* It must be off the agenda and without an ask under way. */
void member_free(struct member *member);
/* Something about it changed: its unit is planned again, and no action of the old plan is sent for
 * it. */
void member_touch(struct engine *engine, struct member *member);
/* Its record, made when there is none. */
struct record *member_record(struct engine *engine, struct member *member);
/* The instance that its record names, or NULL. */
struct seen *member_seen(const struct member *member);
/* The instance of that id among its sightings, or NULL. */
struct seen *member_find(const struct member *member, const char *instance_id);
/* Adds an instance; the record's own goes first. */
void member_add_seen(struct engine *engine, struct member *member, struct seen *seen);
/* Takes it away again. The record forgets it; another instance of the member takes its place. */
void member_remove_seen(struct engine *engine, struct member *member, struct seen *seen);
/* The record takes @seen as its member's instance. */
void member_adopt(struct engine *engine, struct member *member, struct seen *seen);
/* A member that is desired now takes what was an orphan of its name. */
void member_claim(struct engine *engine, struct member *member);
/* The last attempt failed: counts it and sets the time of the next. */
void member_fail(struct engine *engine, struct member *member, enum fault fault, const char *text,
                 int64_t now_ms);
/* The last attempt succeeded; @is_whole: earlier failures are forgotten with it. */
void member_succeed(struct engine *engine, struct member *member, bool is_whole);
/* Protection, rank and place follow the manifest; the clock of a missing manifest is stopped. */
void member_follow(struct engine *engine, struct member *member);
/* Whether nothing holds it in the unit any more. */
bool member_is_void(const struct member *member);
