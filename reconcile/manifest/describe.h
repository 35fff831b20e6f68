/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe - shapes in words, and the way through them by a path; for explain and the manual. */
#pragma once

#include "reconcile/manifest/row.h"

/* A word that paths begin with. */
struct describe_root {
	const char *name;
	const char *help;
	const struct shape *shape;
};

/* "cloud", "deployment", "config"; a NULL name ends them. */
extern const struct describe_root describe_roots[];

/* "name", "list of texts", …: freed by the caller. */
char *describe_type(const struct shape *shape);
/* The struct inside of lists, maps and choices, or NULL where there is none. */
const struct shape *describe_inner(const struct shape *shape);
