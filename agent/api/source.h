/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source - where the API takes what it serves from: the agent, or values made by hand in tests. */
#pragma once

#include "reconcile/engine/view.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Which events are wanted. */
struct event_query {
	int64_t after;       /* those after this id; -1: the last ones */
	const char *subject; /* a deployment or the beginning of a key; NULL: all */
	unsigned limit;
};

/* What does not change while the agent runs, borrowed. */
struct agent_view {
	const char *manifests_dir;
	const char *state_dir;
	const char *following; /* how the directory is followed; NULL: not known */
	int64_t started_at_ms;
};

/* All are called on the main loop and answer at once. */
struct api_source {
	struct agent_view (*agent)(void *data);
	/* A new view. */
	struct view *(*view)(const struct view_options *options, void *data);
	/* A new array of struct plan. */
	GPtrArray *(*plans)(const char *deployment, void *data);
	/* Borrowed, struct finding. */
	const GPtrArray *(*findings)(void *data);
	/* A new array of struct event, oldest first. */
	GPtrArray *(*events)(const struct event_query *query, void *data, GError **error);
	void (*reload)(void *data);
	int64_t (*now_ms)(void *data);
	void *data;
};
