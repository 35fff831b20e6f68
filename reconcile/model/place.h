/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place - where in the manifests something is written.
 *
 * The file's name is interned for the life of the process (g_intern_string), so a place is a plain
 * value to copy. Lines and columns count from 1; line 0 means "nowhere". */
#pragma once

#include <stdint.h>

struct place {
	const char *file; /* relative to the manifest directory; NULL: nowhere */
	uint32_t line;
	uint32_t column; /* in characters, not bytes */
};
