/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view - what the engine knows, as values for status, API and metrics. */
#pragma once

#include "reconcile/model/fault.h"
#include "reconcile/model/instance.h"
#include "reconcile/model/place.h"

struct engine;

struct member_view {
	char *key;
	char *component;
	char *cloud;
	char *instance_id; /* NULL: none */
	char *name;
	char *address;
	enum instance_state state;
	bool has_instance;
	bool is_desired;
	bool is_ready;
	bool is_protected;
	char *doing; /* "create", … under way; NULL: nothing */
	char *hold;  /* the hold's text; NULL: none */
	char *hold_reason;
	int64_t hold_until_ms; /* when time alone lifts it; 0: it does not */
	char *size;
	int64_t since_ms; /* of the instance's creation */
	struct place place;
};

struct deployment_view {
	char *name;
	char *commit;
	size_t desired, present, ready, under_way, held, failing;
	bool is_absent;
	bool is_stale;
	char *why_stale;
	int64_t missing_until_ms; /* 0: its manifest is there */
	bool is_converged;
	char *note; /* what most stands in the way, in a line: a failure's or the first hold's */
	int64_t note_until_ms; /* when time alone lifts that; 0: it does not */
	struct place place;
	GPtrArray *members; /* struct member_view sorted by key; NULL when not wanted */
};

struct cloud_view {
	char *name;
	char *connector;
	bool is_up;
	enum fault fault;
	char *text;
	bool is_gone;     /* from the manifests: its last settings are used to empty it */
	size_t instances; /* ours */
	size_t foreign;   /* other owners' on the last list */
	size_t orphans;
	int64_t listed_at_ms; /* the last complete list; 0: never */
	int64_t period_ms;
	unsigned in_flight;
	double requests_left; /* in the bucket */
	unsigned throttled;   /* times since start */
};

struct view {
	int64_t at_ms;
	char *owner;
	char *commit;
	bool is_observing;
	bool can_act;
	char *why_not;
	GPtrArray *clouds;      /* struct cloud_view */
	GPtrArray *deployments; /* struct deployment_view */
};

struct view_options {
	const char *deployment; /* NULL: all */
	bool with_members;
	const char *after;  /* members behind this key only; NULL: from the first */
	size_t members_max; /* at most so many of them in all; 0: any number */
};

/* A snapshot; freed with view_free. */
struct view *engine_view(struct engine *engine, const struct view_options *options, int64_t now_ms);
void view_free(struct view *view);

AUTO_DEFINE(view, view_free);
