/* SPDX-License-Identifier: GPL-2.0-or-later */
/* follow - says when to look at the manifest directory: after a burst has settled, and not while
 * git is changing it.
 *
 * Watches where that can be done; network file systems tell of nobody else's changes, so those are
 * looked at every few seconds, as is everything when watching fails. */
#pragma once

#include "agent/daemon/source.h"

struct follow;

struct follow_options {
	const char *dir;       /* absolute */
	int64_t settle_ms;     /* quiet after the last change … */
	int64_t settle_max_ms; /* … but at most so long after the first */
	int64_t scan_ms;       /* between looks where nothing can be watched */
	int64_t rest_ms;       /* between looks where all is watched, to be sure */
	int64_t git_ms;        /* how long a checkout is waited for */
	bool is_scanning;      /* never watch, whatever the file system */
};

struct follow_events {
	/* Look now; gives the directories with follow_set_dirs. */
	void (*look)(void *data);
	/* Something worth a line: a checkout that does not end, watching given up. */
	void (*note)(const char *text, void *data);
	void *data;
};

/* 50 ms, 1 s, 3 s, 5 min, 60 s; no directory. */
extern const struct follow_options follow_options_default;

/* Does not look by itself at once: the caller does, and gives the directories. Never NULL. */
struct follow *follow_start(const struct follow_options *options,
                            const struct follow_events *events);
/* The directories of the last look: struct source_dir. */
void follow_set_dirs(struct follow *follow, const GPtrArray *dirs);
/* Another time of quiet, from the next change on (settle_ms of the options). */
void follow_set_settle(struct follow *follow, int64_t settle_ms);
/* As if something had changed. */
void follow_changed(struct follow *follow);
/* "watching 3 directories", "looking every 3s: nfs"; borrowed until the next change. */
const char *follow_text(const struct follow *follow);
/* NULL is fine. */
void follow_stop(struct follow *follow);

AUTO_DEFINE(follow, follow_stop);
