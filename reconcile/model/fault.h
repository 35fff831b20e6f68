/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong, as what the caller should do about it. Every GError of this program has
 * FAULT_DOMAIN as its domain and one of these classes as its code; the text is for people.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum fault {
	FAULT_NONE,      /* nothing failed; never the code of a GError */
	FAULT_TRANSIENT, /* try again after a backoff that grows with jitter */
	FAULT_THROTTLED, /* slow down; try again when the cloud says, else after a backoff */
	FAULT_QUOTA,     /* the account is full: try again rarely, or when something was removed */
	FAULT_CAPACITY,  /* the cloud is full here: try again rarely, or in another place */
	FAULT_CONFLICT,  /* the object is busy or has changed: look again, then plan anew */
	FAULT_NOT_FOUND, /* the object is gone: for a destruction, success */
	FAULT_EXISTS,    /* the name or token is taken: look whether by an earlier try of ours */
	FAULT_AUTH,      /* credentials refused: hold the whole cloud until they change */
	FAULT_INVALID,   /* the request is wrong: hold the member until its manifest changes */
	FAULT_UNSUPPORTED, /* the cloud cannot do this at all: choose another way, or say so */
	FAULT_INTERNAL,    /* a fault of ours: report it; try again as for a transient one */
};

#define FAULT_DOMAIN (fault_domain())

/* The error domain of every GError that this program makes; its codes are enum fault. */
GQuark fault_domain(void);

/* The word for a class in logs, in the API and in the plugin protocol: "not-found". Static. */
const char *fault_name(enum fault fault);

/* The inverse of fault_name. False, leaving ret_fault alone, where name is no class. */
bool fault_parse(const char *name, enum fault *ret_fault);
