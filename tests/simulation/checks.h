/* SPDX-License-Identifier: GPL-2.0-or-later */
/* checks - what must hold at each step of a run, and at its end. */
#pragma once

#include "tests/simulation/run.h"

/* Before @ask is carried out: journaled first, a cloud that was looked at, nothing foreign, nothing
 * protected. */
void checks_ask(struct run *run, const struct ask *ask);
/* After each step: never two live instances of a member, deletions within the budget. */
void checks_step(struct run *run);
/* When a run says that it converged: one instance for each member, none beside, empty plans. */
void checks_end(struct run *run);
/* Whose @instance is: by its mark, else by the name that it was made with; freed by the caller. */
char *checks_key(const struct instance *instance);
/* Fails with the first member that is not ready. */
void checks_unready(struct run *run);
