/* SPDX-License-Identifier: GPL-2.0-or-later */
/* agenda - what is due when: a binary heap, in the order of time and then of entry. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum due_kind {
	DUE_BOOTED,
	DUE_STOPPED,
	DUE_DELETED,
	DUE_DEATH,
	DUE_FORGOTTEN, /* no list can show it any more */
	DUE_SCRIPT,
	DUE_LATE, /* a request that was long on its way */
};

struct due {
	int64_t at_ms;
	uint64_t entry; /* set by agenda_add */
	enum due_kind kind;
	uint64_t serial; /* of the vm, the line of the script, the late request */
	unsigned epoch;  /* of the vm: when it has moved on since, nothing happens */
};

struct agenda {
	GArray *heap; /* struct due */
	uint64_t entries;
};

/* Makes an empty agenda. */
void agenda_init(struct agenda *agenda);
/* Frees what it holds. */
void agenda_clear(struct agenda *agenda);
/* O(log n); what is due at one time happens in the order of adding. */
void agenda_add(struct agenda *agenda, struct due due);
/* The time of the first, INT64_MAX when there is none. */
int64_t agenda_next_at_ms(const struct agenda *agenda);
/* Takes the first when it is due at @now_ms. */
bool agenda_take(struct agenda *agenda, int64_t now_ms, struct due *ret_due);
