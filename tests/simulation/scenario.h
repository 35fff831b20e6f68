/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scenario - what a seed draws: clouds, deployments, commits, meddling, crashes. */
#pragma once

#include "reconcile/engine/rand.h"
#include "reconcile/model/auto.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	CLOUDS_MAX = 3,
	DEPLOYMENTS_MAX = 5,
	COMPONENTS_MAX = 3,
};

struct cloud_draw {
	char *name;
	GPtrArray *settings; /* char *: name, value, name, value, … */
	bool is_atomic;      /* its marks */
};

struct component_draw {
	bool exists;
	unsigned count;
	unsigned size; /* 0 tiny, 1 small, 2 medium */
	bool has_probe;
	bool has_template; /* names the component before it */
};

struct deployment_draw {
	bool has_file;
	bool is_absent;
	bool is_vault; /* protected */
	unsigned cloud;
	unsigned revision; /* in its labels */
	struct component_draw components[COMPONENTS_MAX];
};

struct scenario {
	struct rand rand; /* of everything that is drawn on the way */
	unsigned clouds_len, deployments_len;
	struct cloud_draw clouds[CLOUDS_MAX];
	struct deployment_draw deployments[DEPLOYMENTS_MAX];
	int64_t trouble_ms;       /* how long faults, commits and crashes go on */
	unsigned deletions;       /* the budget */
	unsigned crashes_percent; /* of the passes that have effects */
	bool may_lose_store;
	bool uses_store; /* SQLite; else a ledger in memory */
	bool draws_invalid;
	bool has_lies; /* lists leave things out, changes do not happen, all without a word */
};

struct scenario *scenario_new(uint64_t seed);
void scenario_free(struct scenario *scenario);
/* Draws from 0 to @bound - 1. */
unsigned scenario_draw(struct scenario *scenario, unsigned bound);
/* The manifest of cloud or deployment @i; freed by the caller. */
char *scenario_cloud_text(const struct scenario *scenario, unsigned i);
char *scenario_deployment_text(const struct scenario *scenario, unsigned i);
/* Changes one deployment as a commit might; which one. */
unsigned scenario_commit(struct scenario *scenario);
/* What is asked for in the end: every file is there, and nothing is drawn any more. */
void scenario_finish(struct scenario *scenario);
/* Whether @key is desired as things stand. */
bool scenario_desires(const struct scenario *scenario, const char *key);
/* How many members are desired. */
unsigned scenario_size(const struct scenario *scenario);
/* Whether @key belongs to a protected deployment. */
bool scenario_protects(const struct scenario *scenario, const char *key);

AUTO_DEFINE(scenario, scenario_free);
