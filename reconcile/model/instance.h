/* SPDX-License-Identifier: GPL-2.0-or-later */
/* instance - one actual VM at a cloud, as a list showed it, and the marks that make it ours. */
#pragma once

#include "reconcile/model/auto.h"
#include "reconcile/model/pairs.h"
#include "reconcile/model/spec.h"

#include <stdint.h>

enum instance_state {
	INSTANCE_UNKNOWN, /* the cloud said something that we do not know; no action rests on it */
	INSTANCE_PENDING, /* being made or started */
	INSTANCE_RUNNING,
	INSTANCE_STOPPING,
	INSTANCE_STOPPED,
	INSTANCE_DELETING, /* going; counts as gone once it is off the lists */
	INSTANCE_FAILED,   /* the cloud gave it up */
	INSTANCE_STATES,   /* how many */
};

/* Our ownership data, as it is on the cloud's object (DESIGN: muster-owner, muster-member, …). */
struct marks {
	char *owner;       /* the installation's id; NULL or another's: not ours, never touched */
	char *member;      /* key; NULL where the cloud could not carry it at creation */
	char *uid;         /* unique to this creation */
	char *spec;        /* fingerprint of what was asked for (reconcile/model/fingerprint.h) */
	bool is_protected; /* muster-protect */
};

/* A port of the guest that is reached elsewhere (forwarded). */
struct forward {
	uint16_t port;
	char *host;
	uint16_t host_port;
};

struct instance {
	char *id;   /* the cloud's, stable for the life of the VM */
	char *name; /* at the cloud */
	enum instance_state state;
	struct marks marks;
	struct size size;       /* as observed; name is the provider's type where it has types */
	unsigned live_cpus_max; /* it can grow to this while running; 0: it cannot */
	int64_t live_memory_max_bytes; /* likewise */
	char **addresses;              /* best first; NULL: none known yet */
	struct forward *forwards;
	size_t forwards_len;
	struct pairs *labels;  /* the user's, without our marks */
	int64_t created_at_ms; /* by the cloud's word; 0 unknown */
	char *zone;            /* NULL unknown */
	char *fault;           /* what the cloud says went wrong; NULL: nothing */
};

/* An instance of which only the id is known; the caller owns it. */
struct instance *instance_new(const char *id);
/* NULL is fine. */
void instance_free(struct instance *instance);
/* A deep copy. */
struct instance *instance_copy(const struct instance *instance);
/* Whether both show the same; used to find what is dirty after a list. */
bool instance_equal(const struct instance *a, const struct instance *b);
/* A deep copy, to be cleared. */
struct marks marks_copy(const struct marks *marks);
/* Frees what @marks owns and zeroes it. */
void marks_clear(struct marks *marks);
/* "running", …; a const table. */
const char *instance_state_name(enum instance_state state);
bool instance_state_parse(const char *name, enum instance_state *ret_state);
/* Where @port of the guest is reached from here: a forward, else the first address. False when no
 * address is known yet. @ret_host is borrowed from @instance. */
bool instance_endpoint(const struct instance *instance, uint16_t port, const char **ret_host,
                       uint16_t *ret_port);

AUTO_DEFINE(instance, instance_free);
