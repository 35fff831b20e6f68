/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explain - plans as text for people and as JSON for programs. */
#pragma once

#include "reconcile/model/plan.h"

#include <stdbool.h>

struct explain_options {
	bool in_colour;
	bool with_holds; /* else only counted */
	unsigned width;  /* columns of the terminal; 0: do not cut */
	int64_t now_ms;  /* for "in 40s" */
};

/* All @plans (struct plan) as in the manual, with the closing line "Plan: 1 to create, …"; "Nothing
 * to do." when there is no action and no hold. Freed by the caller. */
char *explain_text(GPtrArray *plans, const struct explain_options *options);
/* The same as a JSON document, indented; a stable interface. */
char *explain_json(GPtrArray *plans);
/* Whether any of @plans has an action or a hold that time or the manifests will turn into one. */
bool explain_has_changes(GPtrArray *plans);
