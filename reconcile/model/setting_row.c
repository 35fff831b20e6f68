/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of the types of settings.
 */
#include "reconcile/model/setting_row.h"

#include <glib.h>

static const char *const names[SETTING_TYPES] = {
	[SETTING_TEXT] = "text",   [SETTING_BOOL] = "bool",         [SETTING_NUMBER] = "number",
	[SETTING_BYTES] = "bytes", [SETTING_DURATION] = "duration", [SETTING_PATH] = "path",
	[SETTING_URL] = "url",
};

const char *setting_type_name(enum setting_type type)
{
	g_assert((size_t)type < SETTING_TYPES);
	return names[type];
}

bool setting_type_parse(const char *name, enum setting_type *ret_type)
{
	for (size_t i = 0; i < SETTING_TYPES; i++) {
		if (g_str_equal(name, names[i])) {
			*ret_type = (enum setting_type)i;
			return true;
		}
	}
	return false;
}
