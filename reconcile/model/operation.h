/* SPDX-License-Identifier: GPL-2.0-or-later */
/* operation - one planned step, journaled before it is sent and closed after its answer was
 * understood.
 *
 * All operations that the journal holds open after a crash may have been sent, so they start again
 * as uncertain and are settled by looking. */
#pragma once

#include "reconcile/model/ask.h"
#include "reconcile/model/place.h"

enum operation_state {
	OPERATION_OPEN,      /* journaled, being sent or answered */
	OPERATION_UNCERTAIN, /* it may have had its effect; settled by looking */
	OPERATION_DONE,
	OPERATION_FAILED,
	OPERATION_STATES, /* how many */
};

struct operation {
	int64_t id;   /* unique in the store, growing */
	uint64_t ask; /* the ask that carries it; a batch shares one */
	enum verb verb;
	enum operation_state state;
	char *key;
	char *cloud;
	char *uid;         /* VERB_CREATE */
	char *name;        /* VERB_CREATE: the instance's */
	char *instance_id; /* the others; VERB_CREATE once it is known */
	char *fingerprint; /* VERB_CREATE, VERB_MARK */
	struct size size;  /* VERB_CREATE, VERB_RESIZE */
	int64_t begun_at_ms;
	int64_t closed_at_ms; /* 0: not yet */
	enum fault fault;
	char *text; /* with a fault */
	char *why;  /* the action's reason */
	char *commit;
	struct place place;
};

/* A new operation, to be filled; owned by the caller, strings copied. */
struct operation *operation_new(int64_t id, enum verb verb, const char *key, const char *cloud);
/* NULL is fine. */
void operation_free(struct operation *operation);
struct operation *operation_copy(const struct operation *operation);
/* "open", …; a const table. */
const char *operation_state_name(enum operation_state state);
bool operation_state_parse(const char *name, enum operation_state *ret_state);

AUTO_DEFINE(operation, operation_free);
