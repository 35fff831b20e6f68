/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spec - what the VM of a member should be, in the user's words.
 *
 * One spec serves all members of a component; it is immutable and shared by reference. Words
 * (image, size) are resolved against a cloud when a plan is made, so a spec does not depend on
 * any other document. */
#pragma once

#include "reconcile/model/auto.h"
#include "reconcile/model/pairs.h"
#include "reconcile/model/place.h"

#include <stdint.h>

struct template; /* reconcile/manifest/template.h */

/* A size asked for, offered or observed. Zero means "not said". */
struct size {
	char *name; /* the user's word or the provider's type; NULL when given by amounts */
	unsigned cpus;
	int64_t memory_bytes;
	int64_t disk_bytes;
	int64_t price_micros; /* an hour, in millionths of the account's currency; 0 unknown */
};

enum ready_kind {
	READY_RUNNING, /* ready as soon as the cloud says running; also when nothing is said */
	READY_TCP,
	READY_HTTP,
};

/* When a member counts as ready. */
struct ready {
	enum ready_kind kind;
	uint16_t port;
	char *path;        /* READY_HTTP: from the slash on */
	int64_t within_ms; /* how long it may take; 5 minutes when not said */
};

/* One port opened to the outside. */
struct opening {
	uint16_t port;
	char *from; /* CIDR; NULL: from everywhere */
};

/* The fields whose change the engine distinguishes. */
enum spec_field {
	SPEC_IMAGE,
	SPEC_SIZE,
	SPEC_USER_DATA,
	SPEC_SSH_KEYS,
	SPEC_NETWORKS,
	SPEC_FIREWALL,
	SPEC_LABELS,
	SPEC_FIELDS, /* how many */
};

struct spec {
	int refs;
	char *image;
	struct size size;
	char **ssh_keys; /* NULL-terminated, may be NULL */
	char **networks;
	struct opening *openings;
	size_t openings_len;
	struct pairs *labels;       /* the component's over the deployment's */
	struct template *user_data; /* NULL: none */
	struct ready ready;
	struct place
		places[SPEC_FIELDS]; /* where each is written; the component's where it is not */
};

/* An empty spec with one reference. */
struct spec *spec_new(void);
struct spec *spec_ref(struct spec *spec);
/* Drops a reference; NULL is fine. */
void spec_unref(struct spec *spec);
/* The name of @field as in a manifest ("userData"). */
const char *spec_field_name(enum spec_field field);

/* Frees what @size owns and zeroes it. */
void size_clear(struct size *size);
/* A deep copy of @size. */
struct size size_copy(const struct size *size);
/* Whether @offer has at least what @want says in amounts. */
bool size_fits(const struct size *want, const struct size *offer);
/* "2 cpus, 4GiB, 20GiB disk", or the name where there is one; to be freed by the caller. */
char *size_text(const struct size *size);

AUTO_DEFINE(spec, spec_unref);
