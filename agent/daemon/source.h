/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source - the manifest directory: finds what changed since the last look and reads only that.
 *
 * Looks at *.yaml and *.yml at any depth; names that begin with a dot are not looked at, symbolic
 * links are followed. Level-triggered: each look walks the directory and compares each file's
 * identity (device, inode, size, times) with that of the last. */
#pragma once

#include "reconcile/model/auto.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct source;

/* Who gets the files; of manifests.h in the agent. */
struct source_sink {
	void (*put)(const char *file, GBytes *bytes, void *data);
	void (*put_unreadable)(const char *file, const char *why, void *data);
	void (*remove)(const char *file, void *data);
	void *data;
};

struct source_options {
	const char *dir;
	size_t file_bytes; /* larger files are not read */
	unsigned files;    /* at most so many are known */
};

/* What a look found. */
struct source_look {
	bool has_changed; /* the sink was told something, or is_complete or the findings differ */
	bool is_complete; /* false: something could not be read; absence proves nothing */
	bool is_racy;     /* a file changed while it was read: look again soon */
	unsigned files;
	unsigned reads; /* files that were opened */
};

/* A directory that was walked, to be watched. */
struct source_dir {
	char *path;
	uint64_t device, inode;
};

/* Nothing is looked at yet; both are copied. */
struct source *source_new(const struct source_options *options, const struct source_sink *sink);
/* NULL is fine. */
void source_free(struct source *source);
/* Walks the directory and tells the sink what differs. Cannot fail: what cannot be read is a
 * finding. */
void source_look(struct source *source, struct source_look *ret_look);
/* What is wrong with directories; files go to the sink. struct finding, of the last look. */
GPtrArray *source_findings(struct source *source);
/* All directories of the last look, the manifest directory first: struct source_dir. */
GPtrArray *source_dirs(struct source *source);

AUTO_DEFINE(source, source_free);
