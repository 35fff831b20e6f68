/* SPDX-License-Identifier: GPL-2.0-or-later */
/* agenda - what is due at which time: a binary heap of entries that their owners embed. */
#pragma once

#include <glib.h>
#include <stdint.h>

/* In its owner; zeroed means: not on the agenda. */
struct agenda_entry {
	int64_t at_ms;
	guint position; /* from 1; 0: not on it */
};

/* Puts @entry at @at_ms, moving it when it is there already. */
void agenda_put(GPtrArray *agenda, struct agenda_entry *entry, int64_t at_ms);
/* Takes @entry off; fine when it is not there. */
void agenda_remove(GPtrArray *agenda, struct agenda_entry *entry);
/* The earliest entry, left where it is; NULL when there is none. */
struct agenda_entry *agenda_first(const GPtrArray *agenda);
