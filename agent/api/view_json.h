/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view_json - the agent's values as the JSON of README.md in this folder. */
#pragma once

#include "agent/api/source.h"

#include <jansson.h>

/* Which members of a view are printed. */
struct member_page {
	const char *after; /* those after this key; NULL: from the first */
	size_t limit;
};

/* One page of @view; what does not fit is told by "next". Without members where @page is NULL. */
json_t *view_to_json(const struct view *view, const struct member_page *page);
/* The clouds alone, an array. */
json_t *view_clouds_to_json(const struct view *view);
/* Of an array of struct finding; at most @limit of them. */
json_t *findings_to_json(const GPtrArray *findings, size_t limit);
/* Of an array of struct event. */
json_t *events_to_json(const GPtrArray *events);
/* {"error":{"class":…,"text":…}}. */
json_t *fault_to_json(enum fault fault, const char *text);
