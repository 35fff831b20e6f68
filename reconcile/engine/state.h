/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state - what the engine holds between passes; for the files of this folder alone.
 *
 * Who owns what: the engine owns clouds, units and flights; a unit its members; a member its record
 * and its operation; a cloud the instances seen. Order in all arrays is by name or key, so that the
 * same events give the same effects. Nothing here is iterated in the order of addresses. */
#pragma once

#include "reconcile/engine/agenda.h"
#include "reconcile/engine/budget.h"
#include "reconcile/engine/engine.h"
#include "reconcile/engine/rand.h"

/* An instance that is believed to exist, in the table of its cloud. */
struct seen {
	struct sighting sighting; /* first: slots hold pointers to it */
	struct cloud_state *cloud;
	struct member *member; /* NULL: it belongs nowhere, an orphan */
	/* What a list says that began before this is older than what we know. */
	int64_t fresh_from_ms;
	int64_t marked_from_ms; /* the same of its marks alone */
	/* A complete list from this time on that lacks it proves it gone; 0: two lists do. */
	int64_t gone_from_ms;
	bool is_guess;     /* from a record alone: no list has shown it yet */
	bool is_destroyed; /* by us: its going is no news */
	bool was_marked;   /* a list has shown our mark */
};

/* A member's place with all that belongs to it. */
struct member {
	struct slot slot; /* first: a scene's slots are members */
	struct unit *unit;
	struct flight
		*flight;    /* carries the operation; NULL: answered, or sent by an earlier life */
	struct ask *replay; /* a creation's ask, for another try with the same token */
	int64_t replay_at_ms;  /* of an uncertain one; INT64_MAX: it is not tried again */
	int64_t ended_at_ms;   /* when the operation's ask was over; 0: in an earlier life */
	unsigned replays;      /* tries since it became uncertain */
	unsigned absent_lists; /* complete lists that should have shown the uncertain creation */
	int64_t running_at_ms; /* first seen running; 0: not */
	int64_t unready_at_ms; /* was ready until then; 0: it was not yet */
	struct agenda_entry probing;
	uint64_t probe; /* under way; 0: none */
	uint8_t probe_failures;
	bool is_late;
	bool is_changed; /* its record is to be written */
	bool is_touched; /* something happened to it since the unit was planned */
};

/* Actions that wait for their turn, all for one cloud and budget class; creations of one
 * component. */
struct queue {
	struct cloud_state *cloud;
	enum budget_class class;
	const struct component *component;
	GPtrArray *actions; /* struct action, borrowed from the unit's plan */
	guint next;
};

/* One deployment. */
struct unit {
	char *name;
	struct deployment *deployment; /* NULL: its manifest is missing */
	GPtrArray *members;            /* struct member, sorted by key */
	struct plan *plan;             /* the last one; NULL: never planned */
	GPtrArray *queues;             /* struct queue */
	int64_t planned_at_ms;
	int64_t wake_at_ms;       /* a clock of its holds */
	uint64_t deletions_known; /* the engine's count when it was planned */
	uint64_t reasons;         /* of holds told already, 1 << enum hold_reason */
	bool is_dirty;
	bool is_urgent;   /* not to be put off */
	bool is_listed;   /* on the engine's list of units with work */
	bool needs_lists; /* its holds may change with each complete list */
	bool is_known;    /* told as new */
	bool is_converged;
};

/* Creations that are equal in all but names: failing one by one costs a request each. */
struct shape {
	char *name;
	unsigned window; /* asks at once */
	unsigned in_flight;
	unsigned failures; /* in a row */
	int64_t retry_at_ms;
};

struct cloud_state {
	struct cloud_scene scene; /* first: a scene's clouds are these; name interned */
	struct traits traits;
	bool is_told;    /* up or down was said */
	bool is_up;      /* by the carrier's word; scene.is_up also knows refused credentials */
	bool was_listed; /* in this life */
	int64_t up_at_ms;
	enum fault fault;
	char *text;
	int64_t auth_until_ms;
	unsigned auth_failures;
	char *auth_text;
	struct budget budget;
	GHashTable *seen;   /* instance id → struct seen */
	GHashTable *shapes; /* name → struct shape */
	GPtrArray *doubts;  /* struct member with an uncertain operation here */
	unsigned creating;  /* operations open or uncertain */
	unsigned operations;
	size_t foreign;
	size_t orphans;
	uint64_t list; /* the ask under way; 0: none */
	uint64_t list_seq;
	int64_t list_began_ms;
	int64_t list_at_ms; /* when the next is due */
	int64_t listed_at_ms;
	int64_t list_took_ms; /* the last one, from sending to its answer */
	int64_t period_ms;
	unsigned list_failures; /* in a row */
	bool is_blind;          /* that its lists fail has been told */
	enum fault list_fault;  /* of the last one; FAULT_NONE: lists come */
	char *list_text;
	uint64_t catalog; /* the ask under way; 0: none */
	int64_t catalog_at_ms;
	unsigned catalog_failures;
	int64_t blocked_until_ms; /* something waits for the budget */
};

/* An ask that was sent and not answered. */
struct flight {
	uint64_t id;
	enum verb verb;
	struct cloud_state *cloud;
	struct shape *shape; /* VERB_CREATE */
	struct ask *ask;     /* a copy, of a change */
	GPtrArray *members;  /* struct member, as the orders; NULL for reads */
	int64_t sent_at_ms;
	int64_t lost_at_ms; /* no answer by then: none will come */
	bool is_replay;
};

struct engine {
	char *owner;
	struct rand rand;
	struct engine_limits limits;
	bool is_observing;
	bool can_act;
	char *why_not;
	struct fleet *fleet;
	bool has_fleet;
	int64_t began_ms;  /* the first fleet came */
	GPtrArray *clouds; /* struct cloud_state, sorted by name */
	GPtrArray *units;  /* struct unit, sorted by name */
	GHashTable *unit_index;
	guint turn;           /* whose turn it is */
	GPtrArray *work;      /* struct unit with something to plan or to send, in order of turns */
	GPtrArray *deletions; /* struct deletion, oldest first */
	uint64_t deletions_made;
	GHashTable *flights; /* id → struct flight */
	GHashTable *probes;  /* id → struct member */
	GPtrArray *agenda;   /* struct member's probing */
	guint probed;        /* members on the agenda */
	GPtrArray *changed;  /* struct member whose record is to be written */
	struct effects *effects;
	uint64_t last_ask;
	uint64_t last_probe;
	int64_t last_operation;
	int64_t wake_at_ms; /* the earliest of the units' */
};

/* Whether now is a time at which this engine may change clouds at all. */
static inline bool engine_acts(const struct engine *engine)
{
	return engine->can_act && !engine->is_observing;
}
