/* SPDX-License-Identifier: GPL-2.0-or-later */
/* news - the writes of a pass, as they come up: events, records, operations, deletions. */
#pragma once

#include "reconcile/engine/state.h"

/* A new event of @name, on its way to the store; the caller fills in what applies, before the next
 * step. */
struct event *news_event(struct engine *engine, enum event_name name, int64_t now_ms);
/* The same with what is known of @member and its operation. */
struct event *news_member(struct engine *engine, enum event_name name, const struct member *member,
                          int64_t now_ms);
/* The same about a deployment. */
struct event *news_unit(struct engine *engine, enum event_name name, const struct unit *unit,
                        int64_t now_ms);
/* The same about a cloud; @text is for people and copied. */
struct event *news_cloud(struct engine *engine, enum event_name name,
                         const struct cloud_state *cloud, const char *text, int64_t now_ms);
/* @member's operation as it is now. */
void news_operation(struct engine *engine, const struct operation *operation);
/* @member's record is to be written at the end of the pass. */
void news_record(struct engine *engine, struct member *member);
/* The record of @member is to be dropped. */
void news_record_gone(struct engine *engine, struct member *member);
/* A destruction that counts. */
void news_deletion(struct engine *engine, const char *key, const char *cloud, int64_t now_ms);
/* Writes the records that changed since the last time. */
void news_flush(struct engine *engine);
