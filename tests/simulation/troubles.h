/* SPDX-License-Identifier: GPL-2.0-or-later */
/* troubles - what happens to a run from outside: commits, meddling, crashes, and their end. */
#pragma once

#include "tests/simulation/run.h"

/* Puts all manifests as the scenario has them. */
void troubles_manifests(struct run *run);
/* Starts the agent: a new engine with what the store holds, the fleet, the clouds. */
void troubles_start(struct run *run);
/* Kills it and starts it again, now and then with an empty store. */
void troubles_restart(struct run *run);
/* Where the agent dies in carrying out @effects: -1 not at all, 0 before the commit, n before the
 * n-th ask. */
int troubles_draw_crash(struct run *run, const struct effects *effects);
/* When the next trouble comes; INT64_MAX after their end. */
int64_t troubles_next_ms(const struct run *run);
/* Makes one: a commit, a meddler; or, at their time, the end of all. */
void troubles_make(struct run *run);
