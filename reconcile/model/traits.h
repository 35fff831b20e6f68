/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traits - what a connector can do, and the clocks of its cloud. Declared, not discovered: by an
 * in-process connector in its table row, by a plugin in its answer to hello. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum ability {
	ABILITY_BATCH_CREATE = 1 << 0, /* several equal members in one create */
	ABILITY_TOKEN = 1 << 1,        /* create replayed with the same uid makes nothing new */
	ABILITY_UNIQUE_NAME = 1 << 2,  /* a second create with one name answers "exists" */
	ABILITY_ATOMIC_MARKS = 1 << 3, /* marks are on the instance from its first appearance */
	ABILITY_POWER = 1 << 4,        /* start and stop */
	ABILITY_RESIZE = 1 << 5,       /* of a stopped instance */
	ABILITY_LIVE_RESIZE = 1 << 6,  /* of a running one, within its live_…_max */
	ABILITY_MARK = 1 << 7,         /* marks and labels can be rewritten */
	ABILITY_CATALOG = 1 << 8,
	ABILITY_ANY_SIZE = 1 << 9, /* sizes are free amounts; there are no types */
	ABILITY_USER_DATA = 1 << 10,
	ABILITY_SSH_KEYS = 1 << 11,
	ABILITY_NETWORKS = 1 << 12,
	ABILITY_FIREWALL = 1 << 13,
	ABILITY_LABELS = 1 << 14,
	ABILITY_ALONE = 1 << 15, /* once opened, no ask of an earlier opening is at work any more */
};

struct traits {
	unsigned abilities;         /* enum ability, or'ed */
	int64_t consistency_ms;     /* a list may lag behind an answered request by this */
	int64_t create_deadline_ms; /* a creation not listed by then never happened */
	int64_t ask_deadline_ms;    /* how long one ask may take to be answered */
	unsigned batch_max;         /* members in one create; 1 without ABILITY_BATCH_CREATE */
	unsigned requests_per_second;
	unsigned burst;
	unsigned in_flight; /* asks at once */
	unsigned name_max;  /* characters of an instance's name; 0: 63 */
	int64_t rest_ms;    /* the longest period between lists; 0: the agent's */
};

/* "batch-create", … as PROTOCOL.md writes it; NULL for an unknown bit. */
const char *ability_name(enum ability ability);
/* The bit of that name; false when there is none. */
bool ability_parse(const char *name, enum ability *ret_ability);
