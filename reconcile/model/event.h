/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event - one thing that happened, for people: in the store, on the log, in `muster events`. */
#pragma once

#include "reconcile/model/auto.h"
#include "reconcile/model/place.h"

#include <stdbool.h>
#include <stdint.h>

enum event_name {
	EVENT_OPERATION_BEGUN,
	EVENT_OPERATION_DONE,
	EVENT_OPERATION_FAILED,
	EVENT_OPERATION_UNCERTAIN,
	EVENT_OPERATION_SETTLED,
	EVENT_MEMBER_READY,
	EVENT_MEMBER_UNREADY,
	EVENT_MEMBER_LATE, /* not ready within its time */
	EVENT_INSTANCE_VANISHED,
	EVENT_INSTANCE_CHANGED, /* state or size changed by somebody else */
	EVENT_INSTANCE_ADOPTED, /* recognised by its marks */
	EVENT_ORPHAN_FOUND,
	EVENT_DEPLOYMENT_NEW,
	EVENT_DEPLOYMENT_CHANGED,
	EVENT_DEPLOYMENT_MISSING, /* its manifest went; the grace begins */
	EVENT_DEPLOYMENT_BACK,
	EVENT_DEPLOYMENT_CONVERGED,
	EVENT_DOCUMENT_BAD, /* the last good version stays in force */
	EVENT_DOCUMENT_GOOD,
	EVENT_CLOUD_UP,
	EVENT_CLOUD_DOWN,
	EVENT_CLOUD_BLIND, /* its lists fail, twice in a row */
	EVENT_CLOUD_SEEN,  /* they come again */
	EVENT_HOLD,        /* a new reason not to act */
	EVENT_ACTING_STOPPED,
	EVENT_ACTING_RESUMED,
	EVENT_AGENT_STARTED,
	EVENT_AGENT_STOPPED,
	EVENT_NAMES, /* how many */
};

struct event {
	int64_t id; /* given by the store */
	int64_t at_ms;
	enum event_name name;
	char *deployment; /* NULL where it does not apply; the same below */
	char *key;
	char *cloud;
	char *instance_id;
	int64_t operation; /* 0: none */
	char *before;
	char *after;
	char *text; /* for people */
	char *commit;
	struct place place;
};

/* An event with only its name and time, to be filled; owned by the caller. */
struct event *event_new(enum event_name name, int64_t at_ms);
/* NULL is fine. */
void event_free(struct event *event);
/* "operation-begun", …, and what it means in one line for the manual; a const table. */
const char *event_name_text(enum event_name name);
const char *event_name_help(enum event_name name);
bool event_name_parse(const char *text, enum event_name *ret_name);

AUTO_DEFINE(event, event_free);
