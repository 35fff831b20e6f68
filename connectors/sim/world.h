/* SPDX-License-Identifier: GPL-2.0-or-later */
/* world - a cloud in memory on given time.
 *
 * Everything that happens in a world follows from its settings, its seed, and the calls with their
 * times: the same calls give the same world. Time comes only with the calls; it is milliseconds
 * on any one clock and never runs backwards (an earlier time counts as the last one). The
 * connector "sim" and the engine's simulation drive the same world; tests meddle with it as a
 * person at a cloud's console would. See README.md for the settings and the script. */
#pragma once

#include "reconcile/model/ask.h"
#include "reconcile/model/setting_row.h"
#include "reconcile/model/traits.h"

#include <stdint.h>

struct sim_world;

/* What has happened so far, true whatever the answers said. */
struct sim_counters {
	uint64_t asks[VERBS];
	uint64_t requests[VERBS]; /* a list of three pages is three */
	uint64_t created;         /* by asks */
	uint64_t destroyed;       /* by asks, counted when the instance is gone */
	uint64_t died;            /* by themselves or by meddling: stopped, failed or vanished */
	uint64_t throttled;
	uint64_t errors;       /* answers with a drawn error */
	uint64_t answers_lost; /* effect, no answer */
	uint64_t requests_lost;
	uint64_t requests_late; /* answered as lost, carried out later */
	uint64_t lists_incomplete;
	uint64_t foreign_touched; /* asked of an instance that another owner made */
};

/* The rows of the settings, ended by a row without a name. */
extern const struct setting_row sim_setting_rows[];

/* An empty world. Settings that are missing in @settings (NULL: all) take the rows' fallbacks; a
 * bad one is FAULT_INVALID and named. Its time begins with the first call that has one. */
struct sim_world *sim_world_new(const struct pairs *settings, uint64_t seed, GError **error);
/* NULL is fine. */
void sim_world_free(struct sim_world *world);
/* What a connector to this world declares. */
struct traits sim_world_traits(const struct sim_world *world);

/* Lets everything happen that is due up to @now_ms. */
void sim_world_advance(struct sim_world *world, int64_t now_ms);
/* When something will happen by itself next; INT64_MAX when nothing is due. */
int64_t sim_world_next_at_ms(const struct sim_world *world);
/* Advances, then carries @ask out at @now_ms. The answer is the caller's; it would be heard
 * *@ret_latency_ms later (a lost answer may be "heard" only at the ask's deadline). */
struct answer *sim_world_ask(struct sim_world *world, const struct ask *ask, int64_t now_ms,
                             int64_t *ret_latency_ms);

/* Sets one setting from now on, as the script's "set" does. */
bool sim_world_set(struct sim_world *world, const char *name, const char *value, GError **error);
/* Ends all drawn faults: errors, losses, incomplete and lying lists, deaths, boot failures,
 * throttling and an outage. Times, lag and quotas stay. */
void sim_world_calm(struct sim_world *world);

/* Meddling, at the time of the last call that had one. @target is an instance's id, else a member's
 * key, else a name at the cloud; several instances of one key: the oldest. False: there is none. */
bool sim_world_kill(struct sim_world *world, const char *target); /* power off, at once */
bool sim_world_fail(struct sim_world *world, const char *target); /* the cloud gives it up */
bool sim_world_stop(struct sim_world *world, const char *target); /* orderly, takes stop time */
bool sim_world_start(struct sim_world *world, const char *target);
bool sim_world_vanish(struct sim_world *world, const char *target); /* gone without a trace */
bool sim_world_rename(struct sim_world *world, const char *target, const char *name);
bool sim_world_resize(struct sim_world *world, const char *target, const struct size *size);
bool sim_world_set_marks(struct sim_world *world, const char *target, const struct marks *marks);
bool sim_world_set_labels(struct sim_world *world, const char *target, struct pairs *labels);
/* A running instance that no ask made, marked with @marks (NULL: none). Its id is borrowed. */
const char *sim_world_create_foreign(struct sim_world *world, const char *name,
                                     const struct marks *marks);

/* The truth, without lag. How many instances there are. */
size_t sim_world_count(const struct sim_world *world);
/* The next instance from *@cursor (0 to begin) in the order of creation, NULL at the end; borrowed,
 * until the world changes. */
const struct instance *sim_world_next(const struct sim_world *world, size_t *cursor);
/* The instance of that target (see above) or NULL; borrowed, until the world changes. */
const struct instance *sim_world_find(const struct sim_world *world, const char *target);
const struct sim_counters *sim_world_counters(const struct sim_world *world);

/* The instances as JSON text, freed by the caller; what is under way is saved by its state. */
char *sim_world_save(const struct sim_world *world);
/* Fills an empty @world from sim_world_save's text; FAULT_INVALID when it is not such a text. */
bool sim_world_load(struct sim_world *world, const char *text, GError **error);

AUTO_DEFINE(sim_world, sim_world_free);
