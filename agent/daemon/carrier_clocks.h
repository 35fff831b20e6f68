/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carrier_clocks - the times and caps of carriers; tests make them short. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct carrier_clocks {
	int64_t hello_ms;         /* until hello is answered */
	int64_t open_ms;          /* until open is answered */
	int64_t credential_ms;    /* until a credential's command has ended */
	int64_t ask_ms;           /* until an ask is answered that names no deadline */
	int64_t backoff_first_ms; /* before the first restart; doubled for each further one */
	int64_t backoff_max_ms;
	int64_t good_life_ms; /* a plugin that was up for so long begins anew with the backoff */
	int64_t grace_ms;     /* between closing its input, SIGTERM and SIGKILL */
	int64_t window_ms;    /* of notes_max */
	unsigned notes_max;   /* lines of standard error in a window */
	unsigned missed_max;  /* deadlines missed in a row before a restart */
	size_t queue_bytes;   /* requests that a plugin has not read yet */
	size_t line_bytes;    /* the longest line from a plugin */
};

extern const struct carrier_clocks carrier_clocks_usual;
