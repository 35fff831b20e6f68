/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch - tells that something changed in a set of directories; what, a look finds out.
 *
 * A thread around libinotifytools: it has no descriptor to wait on, and static state, so there is
 * one watch in the process at a time. The thread only posts to the main context; which directories
 * are watched is set from there, after each look. */
#pragma once

#include "agent/daemon/source.h"

struct watch;

struct watch_events {
	/* Something changed, or a directory is newly watched and may have changed before. */
	void (*changed)(void *data);
	/* Watching cannot go on (the kernel's limit of watches); @why for people. Comes once. */
	void (*failed)(const char *why, void *data);
	void *data;
};

/* Starts with nothing watched; @dir is absolute. NULL with FAULT_UNSUPPORTED when inotify cannot be
 * had. */
struct watch *watch_start(const char *dir, const struct watch_events *events, GError **error);
/* Watches exactly @dirs (struct source_dir), and the parent of the first for that being
 * replaced. */
void watch_set(struct watch *watch, const GPtrArray *dirs);
/* Waits for the thread, some milliseconds. NULL is fine. */
void watch_stop(struct watch *watch);

AUTO_DEFINE(watch, watch_stop);
