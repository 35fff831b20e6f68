/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drift - what differs between what a member should be and the instance that is seen.
 *
 * What is not observed (0, NULL) is no drift. Memory within 1 MiB and a disk within 1 GiB above are
 * the same: clouds count in these units and round. */
#pragma once

#include "reconcile/model/instance.h"

#include <stdbool.h>

enum drift {
	DRIFT_CPUS = 1 << 0,
	DRIFT_MEMORY = 1 << 1,
	DRIFT_TYPE = 1 << 2,        /* the provider's type */
	DRIFT_DISK = 1 << 3,        /* to grow */
	DRIFT_DISK_SHRINK = 1 << 4, /* cannot be done */
	DRIFT_LABELS = 1 << 5,
	DRIFT_MEMBER = 1 << 6, /* the marks, and so on */
	DRIFT_UID = 1 << 7,
	DRIFT_SPEC = 1 << 8,
	DRIFT_PROTECT = 1 << 9,
};

enum {
	DRIFT_SIZE = DRIFT_CPUS | DRIFT_MEMORY | DRIFT_TYPE | DRIFT_DISK | DRIFT_DISK_SHRINK,
	DRIFT_MARKS = DRIFT_MEMBER | DRIFT_UID | DRIFT_SPEC | DRIFT_PROTECT,
};

/* What should be, and what our marks should say. NULL texts are not compared. */
struct wish {
	const struct size *size;  /* resolved; NULL: not known */
	const struct size *asked; /* amounts that size is only today's choice for, and that were
	                           * asked before too: then all that has them is good; else NULL */
	bool is_by_word;          /* else by amounts: then another type of equal amounts is good */
	const struct pairs *labels; /* NULL: none */
	const char *member;
	const char *uid;
	const char *spec; /* the fingerprint that the instance was made of */
	bool is_protected;
};

/* The differences, enum drift or'ed. */
unsigned drift_find(const struct wish *wish, const struct instance *seen);
/* "member, uid": the marks in @drift, for people; freed by the caller. */
char *drift_marks_text(unsigned drift);
