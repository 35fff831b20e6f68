/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ask - what the engine wants of a cloud, and the answer that comes back.
 *
 * Every ask but list and catalog is one state-changing call. An ask is self-contained: a connector
 * needs nothing else to carry it out. It lives in the model because both the engine, which makes
 * it, and the connectors, which translate it, must know it. */
#pragma once

#include "reconcile/model/auto.h"
#include "reconcile/model/fault.h"
#include "reconcile/model/instance.h"

enum verb {
	VERB_LIST,
	VERB_CATALOG,
	VERB_CREATE,
	VERB_DESTROY,
	VERB_START,
	VERB_STOP,
	VERB_RESIZE,
	VERB_MARK,
	VERBS, /* how many */
};

/* One VM to be made. */
struct order {
	char *key;
	char *uid; /* the idempotency token, and a mark */
	char *name;
	char *user_data; /* resolved; NULL: none */
	bool is_protected;
	char *fingerprint;
};

struct ask {
	uint64_t id; /* the engine's number; the answer carries it */
	enum verb verb;
	char *cloud;
	char *owner;         /* the installation's id, to be marked */
	int64_t deadline_ms; /* how long to wait for the answer, from sending */

	/* VERB_CREATE: equal in all but the orders. */
	GPtrArray *orders;   /* struct order, sorted by key */
	struct spec *spec;   /* networks, keys, openings, labels, ready; words are resolved below */
	struct pairs *image; /* the cloud's options for the image word */
	struct size size;    /* VERB_CREATE, VERB_RESIZE: name is the provider's type, if any */

	/* All but VERB_LIST, VERB_CATALOG and VERB_CREATE. */
	char *instance_id;
	char *key;
	/* VERB_MARK: what shall stand there. */
	struct marks marks;
	struct pairs *labels;
};

/* What became of one order. */
struct order_result {
	char *uid;
	char *instance_id; /* NULL when it failed */
	enum fault fault;  /* FAULT_NONE when it was made */
	char *text;        /* for people, with a fault */
};

struct answer {
	uint64_t id;
	enum verb verb;
	enum fault fault;       /* FAULT_NONE: it was done */
	char *text;             /* for people, with a fault */
	bool is_uncertain;      /* with a fault: the request may have had its effect all the same */
	int64_t retry_after_ms; /* with FAULT_THROTTLED; 0: not said */
	unsigned requests;      /* how many requests it took; at least 1 */
	GPtrArray *results;     /* VERB_CREATE: struct order_result, one for each order */
	GPtrArray *instances;   /* VERB_LIST: struct instance, all that are visible, any order */
	bool is_complete;       /* VERB_LIST: nothing was left out */
	GPtrArray *sizes;       /* VERB_CATALOG: struct size */
	GPtrArray *images;      /* VERB_CATALOG: char * */
};

/* An ask without orders, an answer without results: the caller fills them in and owns them. */
struct ask *ask_new(uint64_t id, enum verb verb, const char *cloud);
void ask_free(struct ask *ask);
void order_free(struct order *order);
struct answer *answer_new(uint64_t id, enum verb verb);
/* An answer that says only that it failed. */
struct answer *answer_new_fault(uint64_t id, enum verb verb, enum fault fault, const char *text);
void answer_free(struct answer *answer);
void order_result_free(struct order_result *result);
/* "create", …; a const table. */
const char *verb_name(enum verb verb);
bool verb_parse(const char *name, enum verb *ret_verb);
/* Whether @verb changes anything at the cloud. */
bool verb_is_mutating(enum verb verb);

AUTO_DEFINE(ask, ask_free);
AUTO_DEFINE(answer, answer_free);
AUTO_DEFINE(order, order_free);
AUTO_DEFINE(order_result, order_result_free);
