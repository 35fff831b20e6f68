/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inventory - what lists say exists, joined to members by id and by marks.
 *
 * A list proves what it shows. What a complete list lacks is missed; missed by two that began late
 * enough, or by one where the cloud had said so before, it is gone. Foreign instances are counted
 * and never kept. */
#pragma once

#include "reconcile/engine/state.h"

/* Takes the answer of a list of @cloud that began at @began_ms; the instances are taken out of
 * it. */
void inventory_take(struct engine *engine, struct cloud_state *cloud, struct answer *answer,
                    int64_t began_ms, int64_t now_ms);
/* @member's creation was answered with @instance_id: believed before a list shows it. */
struct seen *inventory_expect(struct engine *engine, struct member *member,
                              struct cloud_state *cloud, const char *instance_id, int64_t now_ms);
/* What a record of an earlier life says exists. */
void inventory_remember(struct engine *engine, struct member *member);
/* The answer to @ask says how @seen is now, before lists can. */
void inventory_assume(struct seen *seen, const struct ask *ask, int64_t now_ms);
/* The cloud does not find it: the next complete list that lacks it is proof. */
void inventory_suspect(struct engine *engine, struct seen *seen, int64_t now_ms);
