/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status_print - the document of /v1/status as tables for people; what is wrong comes first. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

struct status_options {
	bool in_colour;
	unsigned width; /* columns; 0: do not cut */
};

/* Appends @status to @out. Deployments with a "members" array print those too. */
void status_print(const json_t *status, const struct status_options *options, GString *out);
