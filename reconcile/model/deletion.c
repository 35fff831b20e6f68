/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life of a remembered destruction. */
#include "reconcile/model/deletion.h"

struct deletion *deletion_new(int64_t at_ms, const char *key, const char *cloud)
{
	struct deletion *deletion = g_new0(struct deletion, 1);

	deletion->at_ms = at_ms;
	deletion->key = g_strdup(key);
	deletion->cloud = g_strdup(cloud);
	return deletion;
}

void deletion_free(struct deletion *deletion)
{
	if (deletion == NULL)
		return;
	g_free(deletion->key);
	g_free(deletion->cloud);
	g_free(deletion);
}
