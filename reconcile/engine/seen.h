/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seen - an instance that is believed to exist: from an answer, from a record, or from a list. */
#pragma once

#include "reconcile/engine/state.h"

/* Takes @own_instance into the table of @cloud, as first seen at @now_ms; it is no member's yet. */
struct seen *seen_add(struct cloud_state *cloud, struct instance *own_instance, int64_t now_ms);
/* @member's creation was answered with @instance_id: believed before a list shows it. */
struct seen *seen_expect(struct engine *engine, struct member *member, struct cloud_state *cloud,
                         const char *instance_id, int64_t now_ms);
/* What a record of an earlier life says exists. */
void seen_remember(struct engine *engine, struct member *member);
/* The answer to @ask says how @seen is now, before lists can. */
void seen_assume(struct seen *seen, const struct ask *ask, int64_t now_ms);
/* The cloud does not find it: the next complete list that lacks it is proof. */
void seen_suspect(struct engine *engine, struct seen *seen, int64_t now_ms);
