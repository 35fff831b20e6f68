/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans as aligned lines of text. */
#include "reconcile/plan/explain.h"

char *explain_text(GPtrArray *plans, const struct explain_options *options)
{
	(void)options;
	return g_strdup_printf("%u plans\n", plans->len);
}

bool explain_has_changes(GPtrArray *plans)
{
	return plans->len > 0;
}
