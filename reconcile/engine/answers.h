/* SPDX-License-Identifier: GPL-2.0-or-later */
/* answers - what an answer means for operations, budgets and clouds. */
#pragma once

#include "reconcile/engine/state.h"

/* Takes @own_answer; one to an ask that is not under way is dropped. */
void answers_take(struct engine *engine, struct answer *own_answer, int64_t now_ms);
/* Gives up on asks whose answer never came: they are uncertain. */
void answers_give_up(struct engine *engine, int64_t now_ms);
void flight_free(struct flight *flight);
