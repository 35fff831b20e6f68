/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress - one line on standard error that says what a long command is at.
 *
 * On a terminal the line is drawn again in place; elsewhere a line is written when it says
 * something new, at most one a second. What is quick prints nothing at all. */
#pragma once

#include "reconcile/model/auto.h"

#include <stdbool.h>
#include <stdio.h>

struct progress;

/* Begins to show progress on @stream; @now_ms is of any clock that only goes forward. */
struct progress *progress_start(FILE *stream, int64_t now_ms);
/* Says @text if it is time to. */
void progress_say(struct progress *progress, const char *text, int64_t now_ms);
/* Removes the line from a terminal, so that the result begins in an empty one. NULL is fine. */
void progress_stop(struct progress *progress);

AUTO_DEFINE(progress, progress_stop);
