/* SPDX-License-Identifier: GPL-2.0-or-later */
/* look - what plan and apply share: the options, the warnings on top, and progress. */
#pragma once

#include "agent/command/command.h"
#include "agent/daemon/session.h"
#include "agent/output/progress.h"

/* The paths of a session; what its options borrow from. */
struct look_paths {
	char *state_dir;
	char *manifests_dir;
	char *config_path;
};

/* Fills @ret_options from @arguments, borrowing from @ret_paths; memory and command are the
 * caller's to set. */
void look_options(const struct arguments *arguments, struct look_paths *ret_paths,
                  struct daemon_options *ret_options);
void look_paths_clear(struct look_paths *paths);
/* Says on standard error what is wrong in the manifests, and which documents stay at their last
 * good version. How many findings there were. */
unsigned look_warn(struct daemon *daemon);
/* For session_run.progress; @data is a struct progress. */
void look_progress(struct daemon *daemon, void *data);
/* The plans of all deployments as of now; a new array of struct plan. */
GPtrArray *look_plans(struct daemon *daemon);
/* Prints @plans on standard output as text or JSON. */
void look_print(GPtrArray *plans, bool is_json, int64_t now_ms);
