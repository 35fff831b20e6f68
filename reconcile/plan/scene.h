/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scene - all that planning one deployment looks at, as borrowed values.
 *
 * The engine lays it out; plan_build reads it and nothing else. Slots are the merge-join of members
 * desired, records remembered and instances seen, sorted by key. */
#pragma once

#include "reconcile/model/deletion.h"
#include "reconcile/model/fleet.h"
#include "reconcile/model/operation.h"
#include "reconcile/model/plan.h"
#include "reconcile/model/record.h"
#include "reconcile/model/traits.h"

/* An instance that is believed to exist. */
struct sighting {
	struct instance *instance;
	const char *cloud; /* interned */
	int64_t first_seen_at_ms;
	uint64_t last_seq;       /* the last list that showed it */
	unsigned missed;         /* complete lists since then that did not show it */
	unsigned complete_lists; /* complete lists that showed it */
};

/* A change that was answered as done and that no list shows yet. */
struct vain {
	struct ask *ask;     /* the last one; NULL: none */
	unsigned asked;      /* times in a row */
	int64_t retry_at_ms; /* 0: no list has told yet */
};

/* One member's place: desired, remembered, seen, or any of these. */
struct slot {
	char *key;
	const struct component *component; /* NULL: not desired */
	struct record *record;             /* NULL: nothing remembered */
	GPtrArray *sightings;              /* struct sighting; NULL: none. The record's uid first */
	struct operation *operation;       /* open or uncertain; NULL: none */
	bool is_ready;
	enum verb done;     /* its last operation that succeeded; VERB_LIST: none since the start */
	struct vain *vains; /* by verb, VERBS of them; NULL: nothing is waited for */
};

/* What is known of one cloud. */
struct cloud_scene {
	const char *name;
	const struct cloud *cloud;   /* NULL: not in the manifests */
	const struct traits *traits; /* NULL: never was up */
	bool is_up;
	bool is_listed;   /* a complete list began after the cloud came up */
	enum fault fault; /* why it is not up, or why its lists fail; or FAULT_NONE */
	const char *fault_text;
	GPtrArray *catalog_sizes; /* struct size; NULL: not known */
	unsigned instances;       /* of ours, believed to exist or being made */
	int64_t last_create_at_ms;
};

/* The numbers that limit destruction and observation, as configured. */
struct engine_limits {
	unsigned deletions;         /* at most so many … */
	unsigned deletions_percent; /* … or so many of a hundred, the larger of the two … */
	int64_t deletion_window_ms; /* … within this time; for a deployment, a cloud and all */
	int64_t missing_grace_ms;   /* how long a missing manifest is waited for */
	int64_t busy_ms;            /* the period of lists while something is under way */
	int64_t rest_ms;            /* and at rest, at most */
	unsigned probes_in_flight;
};

struct scene {
	int64_t now_ms;
	const char *name;                    /* the deployment's */
	const struct deployment *deployment; /* NULL: its manifest is missing */
	const struct fleet *fleet;
	struct slot *const *slots; /* sorted by key */
	size_t slots_len;
	struct cloud_scene *const *clouds; /* sorted by name */
	size_t clouds_len;
	const struct engine_limits *limits;
	GPtrArray *deletions;   /* struct deletion of all, oldest first, within the window */
	size_t instances_total; /* of ours, everywhere: what the percentage for all is of */
	bool is_observing; /* nothing may be done: actions are planned, the engine sends none */
};
