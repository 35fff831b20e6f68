/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vain - changes that were answered as done and that no list shows.
 *
 * Lists are the truth, so such a change is planned again; but a cloud that does not do what it says
 * is asked more and more slowly. Kept in memory alone: another life asks once more. */
#pragma once

#include "reconcile/engine/state.h"

/* @own_ask of @member was answered as done: from now on lists tell whether it was; consumed. */
void vain_expect(struct member *member, struct ask *own_ask);
/* What a list that began late enough shows of @seen: what was done is forgotten, the rest waits. */
void vain_judge(struct engine *engine, const struct seen *seen, int64_t now_ms);
/* Forgets all of @member. */
void vain_forget(struct member *member);
