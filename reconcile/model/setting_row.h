/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setting_row - one setting or credential that a connector takes, as a row of its table. */
#pragma once

#include <stdbool.h>

enum setting_type {
	SETTING_TEXT,
	SETTING_BOOL,     /* true, false */
	SETTING_NUMBER,   /* a whole number from 0 */
	SETTING_BYTES,    /* 4GiB */
	SETTING_DURATION, /* 5m */
	SETTING_PATH,
	SETTING_URL,
	SETTING_TYPES, /* how many */
};

/* One row; a table ends with a row whose name is NULL. */
struct setting_row {
	const char *name;
	enum setting_type type;
	bool is_required;
	bool is_secret;       /* a credential, not a setting */
	const char *fallback; /* when not written; NULL: none */
	const char *help;     /* one line */
};

/* "text", "bool", …: as in PROTOCOL.md and in explain. */
const char *setting_type_name(enum setting_type type);
bool setting_type_parse(const char *name, enum setting_type *ret_type);
