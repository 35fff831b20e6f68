/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scene - a carrier on a connector program, and what it tells; for tests. */
#pragma once

#include "agent/daemon/carrier.h"
#include "agent/daemon/carrier_clocks.h"

#include <errno.h>
#include <signal.h>

enum {
	PATIENCE_MS = 20000 /* nothing that goes well takes so long */
};

/* What one carrier told. */
struct told {
	unsigned ups, downs, changes;
	enum fault fault; /* of the last down */
	char *text;
	struct traits traits;
	GPtrArray *answers; /* struct answer */
	GPtrArray *notes;
};

/* A carrier of the cloud "here", with a folder of its own for state and programs. */
struct scene {
	char *dir;
	char *plugin_dir;
	struct told told;
	struct carrier *carrier;
	struct cloud *cloud;
	struct carrier_clocks clocks;
};

/* Empties. */
void told_init(struct told *told);
/* Frees what it holds. */
void told_clear(struct told *told);
/* A cloud without settings. */
struct cloud *cloud_make(const char *name, const char *connector);
/* A carrier that tells @told; programs are looked for in @plugin_dir. */
struct carrier *carrier_make(const struct cloud *cloud, const char *plugin_dir,
                             const char *state_dir, const struct carrier_clocks *clocks,
                             struct told *told);

/* Short clocks, a new folder, the cloud's connector @connector from @plugin_dir (NULL: the
 * folder). */
void scene_init(struct scene *scene, const char *connector, const char *plugin_dir);
/* The same with the hostile program in that folder, under the name of a mode. */
void scene_init_hostile(struct scene *scene, const char *mode);
void scene_start(struct scene *scene);
/* Stops, waits until the program is gone, removes the folder. */
void scene_clear(struct scene *scene);
/* Of the hostile program; 0: it has not said it. */
int scene_pid(const struct scene *scene);
/* Sends @own_ask and turns the loop until there is an answer more; borrowed. */
const struct answer *scene_ask(struct scene *scene, struct ask *own_ask);

/* A plain ask about instance i-1, or to create a/b/1. */
struct ask *ask_make(uint64_t id, enum verb verb, int64_t deadline_ms);
/* Removes a folder and all in it. */
void folder_remove(const char *path);
/* Sets the bool at @data. */
int patience_ends(void *data);

/* Turns the main loop until @is_enough, or fails. */
#define TURN_UNTIL(is_enough)                                                            \
	do {                                                                             \
		bool is_over = false;                                                    \
		unsigned patience = g_timeout_add(PATIENCE_MS, patience_ends, &is_over); \
		while (!(is_enough) && !is_over)                                         \
			g_main_context_iteration(NULL, true);                            \
		g_assert_false(is_over);                                                 \
		g_source_remove(patience);                                               \
	} while (0)
