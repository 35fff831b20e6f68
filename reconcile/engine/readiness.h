/* SPDX-License-Identifier: GPL-2.0-or-later */
/* readiness - which members are ready, and the probes that tell.
 *
 * Running is ready where nothing else is said. Others are probed from the moment they run until
 * they answer, then now and then; a few failures in a row make a ready one unready. */
#pragma once

#include "reconcile/engine/state.h"

/* @member's instance changed. */
void readiness_update(struct engine *engine, struct member *member, int64_t now_ms);
/* What is desired of @member changed. */
void readiness_follow(struct engine *engine, struct member *member, int64_t now_ms);
/* A probe's outcome; unknown probes are dropped. */
void readiness_probed(struct engine *engine, uint64_t probe, bool is_ready, const char *text,
                      int64_t now_ms);
/* Puts the probes that are due among the effects, as many as may be under way. */
void readiness_step(struct engine *engine, int64_t now_ms);
/* When the next is due; INT64_MAX: none. */
int64_t readiness_next_ms(const struct engine *engine);
/* Forgets @member, which goes. */
void readiness_forget(struct engine *engine, struct member *member);
/* Tells once when @member is not ready within its time. */
void readiness_check_late(struct engine *engine, struct member *member, int64_t now_ms);
