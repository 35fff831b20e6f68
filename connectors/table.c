/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All connectors inside the process, one row each.
 */
#include "connectors/connector.h"
#include "connectors/sim/sim.h"

#include <glib.h>

const struct connector *const connectors[] = {
	&connector_sim,
	NULL,
};

const struct connector *connector_find(const char *name)
{
	for (size_t i = 0; connectors[i]; i++)
		if (g_str_equal(connectors[i]->name, name))
			return connectors[i];
	return NULL;
}
