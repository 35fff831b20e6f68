/* SPDX-License-Identifier: GPL-2.0-or-later */
/* row - what a manifest may hold, as data.
 *
 * A shape is a type of value; a struct shape has rows, one for each key. The check, the decoder,
 * the JSON Schema, explain and the manual page all read these and nothing else. A tree is checked
 * whole first (check.h), then decoded (decode.h): so decoding cannot fail. */
#pragma once

#include "reconcile/manifest/source.h"

enum shape_kind {
	SHAPE_TEXT,
	SHAPE_BOOL,
	SHAPE_INTEGER,
	SHAPE_BYTES,
	SHAPE_DURATION,
	SHAPE_WORD, /* one of words */
	SHAPE_LIST,
	SHAPE_MAP,    /* any keys of the user's */
	SHAPE_STRUCT, /* the keys of rows */
	SHAPE_EITHER, /* a scalar, or what item says */
};

struct shape {
	enum shape_kind kind;
	const char *title;   /* in messages, with its article: "a component" */
	int64_t min, max;    /* range of a number, length of a text, list or map; max 0: none */
	const char *pattern; /* SHAPE_TEXT: for the schema, as check says it */
	const char *const *words;     /* SHAPE_WORD */
	const struct shape *item;     /* of a list or map; the other form of SHAPE_EITHER */
	const struct shape *key;      /* SHAPE_MAP */
	const struct shape *scalar;   /* SHAPE_EITHER */
	const struct row *rows;       /* SHAPE_STRUCT; a NULL name ends them */
	const char *const *exclusive; /* SHAPE_STRUCT: at most one of these keys */
	bool needs_one;               /* exactly one of them */
	bool is_unique;               /* SHAPE_LIST: no text twice */
	const char *schema_extra;     /* JSON keywords for what check says; NULL: none */
	/* What the above cannot say; runs when it holds. */
	void (*check)(struct source *source, const struct shape *shape, const struct node *node);
};

struct row {
	const char *name;
	const struct shape *shape;
	const char *help;     /* a sentence or two */
	const char *fallback; /* what holds when it is not written, for people; NULL: nothing */
	const char *example;  /* YAML in flow form */
	bool is_required;
	/* Puts the checked value into target + offset; NULL: nothing to keep. */
	void (*take)(const struct row *row, const struct source *source, const struct node *node,
	             void *target);
	void *(*inner)(void *target); /* gives the struct that offsets count from; NULL: target */
	size_t offset;
	size_t place_offset; /* where a struct place goes; 0: nowhere */
};

/* A kind of document. */
struct kind {
	const char *name;
	const struct shape *shape;
	const char *help;
	void *(*decode)(const struct source *source, const struct node *root);
	void (*free)(void *object);
	/* What rows cannot say about one document; runs over any tree. NULL: nothing. */
	void (*check)(struct source *source, const struct node *root);
};

enum kind_id {
	KIND_CLOUD,
	KIND_DEPLOYMENT,
	KINDS, /* how many */
};

extern const struct kind kinds[KINDS];
extern const struct shape shape_cloud;
extern const struct shape shape_deployment;
extern const struct shape shape_config; /* of the agent's configuration file */
