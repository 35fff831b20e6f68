/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal - the life of a member's operation: opened, in doubt, closed; each change is a write. */
#pragma once

#include "reconcile/engine/state.h"

/* Opens the operation of @action for @member, with its event; the ask @id carries it. A creation
 * makes the record say what is being made; @own_uid is its uid and consumed, NULL for other
 * verbs. */
struct operation *journal_open(struct engine *engine, struct member *member,
                               struct cloud_state *cloud, const struct action *action,
                               char *own_uid, uint64_t id, int64_t now_ms);
/* It may have had its effect: from now on lists tell. */
void journal_doubt(struct engine *engine, struct member *member, enum fault fault, const char *text,
                   int64_t now_ms);
/* An uncertain creation is sent once more, with the ask @id. */
void journal_replay(struct engine *engine, struct member *member, uint64_t id);
/* It is over: done, or failed with @fault and @text; the operation is freed. The record is left
 * alone. */
void journal_close(struct engine *engine, struct member *member, enum fault fault, const char *text,
                   int64_t now_ms);
/* Takes an operation of an earlier life, open or uncertain: now it is uncertain. */
void journal_restore(struct engine *engine, struct member *member, struct operation *own_operation);
