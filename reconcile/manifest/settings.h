/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings - a cloud's settings checked against the rows that its connector declares. */
#pragma once

#include "reconcile/model/fleet.h"

enum setting_type {
	SETTING_TEXT,
	SETTING_BOOL,     /* true, false */
	SETTING_NUMBER,   /* a whole number from 0 */
	SETTING_BYTES,    /* 4GiB */
	SETTING_DURATION, /* 5m */
	SETTING_PATH,     /* absolute, or relative to the working directory of the agent */
	SETTING_URL,
};

/* One row; a table ends with a row whose name is NULL. */
struct setting_row {
	const char *name;
	enum setting_type type;
	bool is_required;
	bool is_secret; /* a credential, not a setting */
	const char *fallback; /* when not written; NULL: none */
	const char *help;     /* one line */
};

/* "text", "bool", …: as in PROTOCOL.md and in explain. */
const char *setting_type_name(enum setting_type type);
bool setting_type_parse(const char *name, enum setting_type *ret_type);
/* Checks @cloud's settings and credentials: unknown, missing, wrong type. Appends struct finding to
 * @findings and says whether there were none. */
bool settings_check(const struct cloud *cloud, const struct setting_row *rows, GPtrArray *findings);
/* The settings as a set with the fallbacks filled in; only after settings_check. */
struct pairs *settings_resolve(const struct cloud *cloud, const struct setting_row *rows);
