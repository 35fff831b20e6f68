/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine - events in, effects out.
 *
 * Level-triggered: an event only changes what is known and marks deployments dirty; engine_step
 * looks at what is, plans the dirty ones and says what to do. Pure: time and seed are given,
 * nothing is sent or stored here. Order of a life:
 *
 *     engine_new, engine_restore (rows of the store), engine_set_fleet, engine_cloud_up …
 *     then events as they come, each followed (at once or a little later) by engine_step.
 */
#pragma once

#include "reconcile/engine/effects.h"
#include "reconcile/engine/view.h"
#include "reconcile/model/fleet.h"
#include "reconcile/model/plan.h"
#include "reconcile/model/traits.h"
#include "reconcile/plan/scene.h"

struct engine;

struct engine_options {
	const char *owner; /* the installation's id, in all marks */
	uint64_t seed;     /* of uids and jitter; another one at each start */
	struct engine_limits limits;
	bool is_observing; /* never a mutating ask */
};

/* The documented limits: 5, 10 %, 1 h; 10 min; 2 s, 60 s; 64. */
extern const struct engine_limits engine_limits_default;

/* An engine that knows nothing yet; @options are copied. Owned by the caller. */
struct engine *engine_new(const struct engine_options *options);
void engine_free(struct engine *engine);

/* What the store holds, once, before anything else; consumed. Open operations become uncertain.
 * @last_operation is the highest id ever used. */
void engine_restore(struct engine *engine, GPtrArray *own_records, GPtrArray *own_operations,
                    GPtrArray *own_deletions, int64_t last_operation);
/* A new desired state; only deployments whose pointer changed become dirty. */
void engine_set_fleet(struct engine *engine, struct fleet *fleet, int64_t now_ms);
/* New limits from the configuration; a list is not waited for longer than they say. */
void engine_set_limits(struct engine *engine, const struct engine_limits *limits);
/* The cloud can be asked, with these traits. */
void engine_cloud_up(struct engine *engine, const char *cloud, const struct traits *traits,
                     int64_t now_ms);
/* It cannot, and why. */
void engine_cloud_down(struct engine *engine, const char *cloud, enum fault fault, const char *text,
                       int64_t now_ms);
/* A list is wanted soon (a connector's "changed"); subject to the budget. */
void engine_cloud_changed(struct engine *engine, const char *cloud, int64_t now_ms);
/* An answer to an ask of an earlier step; consumed. Answers to unknown asks are dropped. */
void engine_answer(struct engine *engine, struct answer *own_answer, int64_t now_ms);
/* A probe's outcome. */
void engine_probe_done(struct engine *engine, uint64_t probe, bool is_ready, const char *text,
                       int64_t now_ms);
/* Whether the agent can act (the journal can be written); @why for people. Observing goes on. */
void engine_set_acting(struct engine *engine, bool can_act, const char *why, int64_t now_ms);

/* One pass: settles, plans what is dirty, and gives what is to be done. */
struct effects *engine_step(struct engine *engine, int64_t now_ms);

/* The plans of @deployment, or of all when NULL, as of now, sorted by name; only those with an
 * action or a hold. Does not change the engine. A new array of struct plan. */
GPtrArray *engine_plan(struct engine *engine, const char *deployment, int64_t now_ms);
/* Whether the settings of @cloud are needed even without a manifest: something of ours is there or
 * under way, or nobody has looked yet. */
bool engine_needs_cloud(const struct engine *engine, const char *cloud);
/* Whether every cloud that the fleet names has been listed completely or is down. */
bool engine_has_looked(const struct engine *engine);
/* Whether nothing is to be done, under way, uncertain, or waited for but time-outs of failures; for
 * apply. @ret_failed: some members cannot converge without a change (invalid, auth, size, …). */
bool engine_is_converged(struct engine *engine, int64_t now_ms, bool *ret_failed);

AUTO_DEFINE(engine, engine_free);
