/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manifests - all documents of a directory, and the fleet that they make.
 *
 * The agent puts the bytes of files in and takes a fleet and findings out; nothing here reads a
 * file. Decoded documents are kept by file, so changing one of ten thousand files decodes one. A
 * document that is bad now leaves its last good version in force, flagged; a document that is gone
 * is gone (what that means is the engine's business). References (cloud, image, size, after,
 * template, two documents with one name) are checked over the whole set whenever a fleet is made.
 *  */
#pragma once

#include "reconcile/model/auto.h"
#include "reconcile/model/finding.h"
#include "reconcile/model/fleet.h"

struct manifests;

/* Caps on what a manifest may hold; manifests_limits_default has the documented ones. */
struct manifest_limits {
	size_t file_bytes;
	unsigned depth;
	unsigned aliases;   /* expansions in one file */
	unsigned nodes;     /* in one file, aliases expanded */
	unsigned members;   /* of one component */
	unsigned documents; /* in one file */
};

/* The last good version of one document, to be kept by the store. */
struct document {
	char *kind; /* "Cloud", "Deployment" */
	char *name;
	char *file;
	uint32_t line; /* of its first line in the file */
	char *text;    /* its own YAML */
};

extern const struct manifest_limits manifests_limits_default;

/* An empty set; @limits are copied. */
struct manifests *manifests_new(const struct manifest_limits *limits);
void manifests_free(struct manifests *manifests);

/* Gives the last good version of a document from an earlier run, before the first put; used only
 * while the file's document of that kind and name is bad. */
void manifests_restore(struct manifests *manifests, const struct document *document);
/* Takes the bytes of @file (relative path), new or changed. Never fails: what is wrong is found. */
void manifests_put(struct manifests *manifests, const char *file, GBytes *bytes);
/* @file could not be read (@why for people): its documents stay in force, flagged. @file may be a
 * directory, or "." for all: then those of all files below. Until it is put or removed, the fleet
 * is not complete. */
void manifests_put_unreadable(struct manifests *manifests, const char *file, const char *why);
/* @file is gone. */
void manifests_remove(struct manifests *manifests, const char *file);

/* From now on a cloud whose document is gone stays in force, flagged as gone, as long as @is_needed
 * says so of it whenever a fleet is made; no deployment may name it then. */
void manifests_keep_clouds(struct manifests *manifests,
                           bool (*is_needed)(const char *cloud, void *data), void *data);

/* These are only some of the documents: a deployment may name clouds that are not among them. */
void manifests_set_partial(struct manifests *manifests);

/* The fleet of all good documents, a new reference; unchanged ones are the same pointers as last
 * time. @ret_findings (may be NULL): a new array of struct finding, sorted, all that is wrong. */
struct fleet *manifests_fleet(struct manifests *manifests, GPtrArray **ret_findings);
/* The documents whose good version is new since the last call, for the store; a new array of struct
 * document. Those that are gone for good come with text NULL. */
GPtrArray *manifests_take_changed(struct manifests *manifests);
void document_free(struct document *document);

AUTO_DEFINE(manifests, manifests_free);
AUTO_DEFINE(document, document_free);
