/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run - one scenario played through: the real engine, the real store, sim clouds, virtual time. */
#pragma once

#include "agent/store/store.h"
#include "connectors/sim/world.h"
#include "reconcile/engine/engine.h"
#include "reconcile/manifest/manifests.h"
#include "tests/simulation/ledger.h"
#include "tests/simulation/scenario.h"

/* One of the clouds. */
struct theatre {
	const char *name;
	struct sim_world *world;
	struct traits traits;
	bool is_listed;           /* completely, since the engine started */
	GHashTable *given_away;   /* ids of instances that are somebody else's now → when */
	int64_t last_complete_ms; /* when the last complete list that was heard began */
};

struct run {
	uint64_t seed;
	struct scenario *scenario;
	struct engine *engine;
	struct manifests *manifests;
	struct ledger *ledger;
	struct store *store; /* NULL: the ledger alone */
	struct theatre theatres[CLOUDS_MAX];
	GPtrArray *due; /* struct due: what will be heard */
	int64_t now_ms;
	int64_t began_ms;
	uint64_t steps;
	uint64_t asks;
	uint64_t crashes;
	int64_t trouble_at_ms;
	bool is_calm;
	int64_t changed_ms; /* the last mutating ask */
	int64_t created_ms; /* the last creation sent or answered */
	int64_t look_at_ms;
	int64_t converged_ms;
	GChecksum *trace;
	bool prints_trace;
	char *failure; /* NULL: all is well */
};

/* A run of @seed to its end. */
struct run *run_new(uint64_t seed, bool prints_trace);
void run_free(struct run *run);
void run_play(struct run *run);
/* Notes what failed, once. */
void run_fail(struct run *run, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Adds a line to the trace. */
void run_trace(struct run *run, const char *format, ...) G_GNUC_PRINTF(2, 3);
struct theatre *run_theatre(struct run *run, const char *cloud);

AUTO_DEFINE(run, run_free);
