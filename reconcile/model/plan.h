/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan - what is to be done for one deployment, and what is not done now, with the reason.
 *
 * A complete value before anything happens, the same for the same state, and empty for a converged
 * deployment. Sorted by key. */
#pragma once

#include "reconcile/model/ask.h"
#include "reconcile/model/place.h"

/* What a person sees happen. The next ask that it takes is in the action's verb. */
enum action_kind {
	ACTION_CREATE,
	ACTION_DESTROY,
	ACTION_START,
	ACTION_STOP,
	ACTION_RESIZE,
	ACTION_MARK,
	ACTION_KINDS, /* how many */
};

struct action {
	enum action_kind kind;
	enum verb verb; /* the next ask: a resize may begin with a stop */
	char *key;
	char *cloud;
	char *instance_id; /* NULL for a creation */
	char *uid;  /* a creation that goes on with the uid of an earlier attempt; what a mark shall
	            * say; else NULL */
	char *what; /* "small on lab", "2 → 4 cpus, restart" */
	char *why;  /* "count 3 → 4", "stopped by somebody", "not desired" */
	struct place place;
	struct size size;  /* to be created with, or resized to; resolved against the cloud */
	char *user_data;   /* a creation's, resolved; NULL: none */
	char *fingerprint; /* a creation's; what a mark shall say */
	bool is_protected; /* what the marks of a creation or a mark shall say */
	bool is_repair;    /* a destroy that makes room for the same member: outside the deletion
	                    * budget, so it is no struct deletion */
	const struct component *component; /* borrowed from the fleet; NULL when not desired */
};

enum hold_reason {
	HOLD_CLOUD_UNKNOWN, /* no such cloud, or its connector is not there */
	HOLD_CLOUD_DOWN,    /* it cannot be asked now */
	HOLD_CLOUD_AUTH,    /* it refuses our credentials */
	HOLD_NOT_LISTED,    /* no complete list of the cloud yet */
	HOLD_OPERATION,     /* one is under way */
	HOLD_UNCERTAIN,     /* one may have had its effect; being settled */
	HOLD_ABSENT,        /* not on the last list; gone needs proof */
	HOLD_PENDING,       /* the cloud is still at it (pending, stopping, deleting) */
	HOLD_UNKNOWN_STATE, /* the cloud shows a state that we do not know */
	HOLD_AFTER,         /* waits for components before it */
	HOLD_ORDER,         /* removal: waits for components after it to be gone */
	HOLD_TEMPLATE,      /* a value is not known yet */
	HOLD_BACKOFF,       /* failed; waits for its next attempt */
	HOLD_QUOTA,         /* the account's limit */
	HOLD_CAPACITY,      /* the cloud has none now */
	HOLD_INVALID,       /* refused as written; waits for a change of the manifest */
	HOLD_UNSUPPORTED,   /* the connector cannot */
	HOLD_SIZE,          /* no size of the cloud fits, or the word is unknown */
	HOLD_IMAGE,         /* the image word is unknown at the cloud */
	HOLD_REPLACE,       /* the change needs a new instance */
	HOLD_MOVE,          /* the component names another cloud now */
	HOLD_PROTECTED,
	HOLD_DELETION_BUDGET,
	HOLD_GRACE,            /* the manifest is missing; counts down */
	HOLD_FLEET_INCOMPLETE, /* the manifest directory could not be read whole */
	HOLD_INSTANCES_LIMIT,  /* the cloud's limits.instances */
	HOLD_ORPHAN,           /* an instance of ours without a member; needs proof and age */
	HOLD_DUPLICATE,        /* a second instance of a member; needs proof and age */
	HOLD_OBSERVE,          /* this agent only looks */
	HOLD_REASONS,          /* how many */
};

struct hold {
	enum hold_reason reason;
	enum action_kind kind; /* what is held */
	char *key;
	char *cloud;
	char *text;       /* "waits for shop/db", "next attempt in 40s: quota of 20 instances" */
	char *why;        /* what lifts it or where it comes from: "after: [db]" */
	int64_t until_ms; /* when time alone lifts it; 0: it does not */
	struct place place;
};

struct plan {
	char *deployment;
	char *commit;
	unsigned clouds;    /* how many the deployment is spread over */
	GPtrArray *actions; /* struct action, sorted by key */
	GPtrArray *holds;   /* struct hold, sorted by key */
};

/* A plan without actions and holds; owned by the caller. */
struct plan *plan_new(const char *deployment);
/* NULL is fine. */
void plan_free(struct plan *plan);
struct action *action_new(enum action_kind kind, enum verb verb, const char *key);
void action_free(struct action *action);
struct hold *hold_new(enum hold_reason reason, enum action_kind kind, const char *key);
void hold_free(struct hold *hold);
/* "create", …; and "+", "~", "-", for people. */
const char *action_kind_name(enum action_kind kind);
const char *action_kind_sign(enum action_kind kind);
/* "after", "deletion-budget", …, and its meaning in one line for the manual; a const table. */
const char *hold_reason_name(enum hold_reason reason);
const char *hold_reason_help(enum hold_reason reason);

AUTO_DEFINE(plan, plan_free);
AUTO_DEFINE(action, action_free);
AUTO_DEFINE(hold, hold_free);
