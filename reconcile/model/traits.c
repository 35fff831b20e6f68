/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of the abilities, as the plugin protocol writes them.
 */
#include "reconcile/model/traits.h"

#include <glib.h>

static const struct {
	enum ability ability;
	const char *name;
} rows[] = {
	{ ABILITY_BATCH_CREATE, "batch-create" },
	{ ABILITY_TOKEN, "token" },
	{ ABILITY_UNIQUE_NAME, "unique-name" },
	{ ABILITY_ATOMIC_MARKS, "atomic-marks" },
	{ ABILITY_POWER, "power" },
	{ ABILITY_RESIZE, "resize" },
	{ ABILITY_LIVE_RESIZE, "live-resize" },
	{ ABILITY_MARK, "mark" },
	{ ABILITY_CATALOG, "catalog" },
	{ ABILITY_ANY_SIZE, "any-size" },
	{ ABILITY_USER_DATA, "user-data" },
	{ ABILITY_SSH_KEYS, "ssh-keys" },
	{ ABILITY_NETWORKS, "networks" },
	{ ABILITY_FIREWALL, "firewall" },
	{ ABILITY_LABELS, "labels" },
	{ ABILITY_ALONE, "alone" },
};

const char *ability_name(enum ability ability)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (rows[i].ability == ability)
			return rows[i].name;
	return NULL;
}

bool ability_parse(const char *name, enum ability *ret_ability)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (g_str_equal(name, rows[i].name)) {
			*ret_ability = rows[i].ability;
			return true;
		}
	}
	return false;
}
