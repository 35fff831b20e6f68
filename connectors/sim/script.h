/* SPDX-License-Identifier: GPL-2.0-or-later */
/* script - what happens in a world when, as lines of text. */
#pragma once

#include <stdint.h>

enum {
	SCRIPT_WORDS = 2
};

/* One parsed line; its words are owned by the array. */
struct script_line {
	int64_t at_ms;    /* from the world's beginning */
	int64_t every_ms; /* again after this; 0: once */
	const struct script_verb *verb;
	char *words[SCRIPT_WORDS];
};
