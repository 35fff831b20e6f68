/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two units are enough: who wants to know more reads the JSON. */
#include "agent/output/age.h"

#include <glib.h>
#include <inttypes.h>

struct unit {
	int64_t seconds;
	char letter;
};

static const struct unit units[] = {
	{ 86400, 'd' },
	{ 3600, 'h' },
	{ 60, 'm' },
	{ 1, 's' },
};

char *age_text(int64_t span_ms)
{
	int64_t seconds = MAX(span_ms, 0) / 1000;
	size_t i = 0;

	while (i + 1 < G_N_ELEMENTS(units) && seconds < units[i].seconds)
		i++;
	int64_t rest = seconds % units[i].seconds;
	GString *text = g_string_new(NULL);
	g_string_printf(text, "%" PRId64 "%c", seconds / units[i].seconds, units[i].letter);
	if (i + 1 < G_N_ELEMENTS(units) && rest >= units[i + 1].seconds) {
		g_string_append_printf(text, "%" PRId64 "%c", rest / units[i + 1].seconds,
		                       units[i + 1].letter);
	}
	return g_string_free(text, FALSE);
}

char *age_until(int64_t until_ms, int64_t now_ms)
{
	if (until_ms <= now_ms)
		return g_strdup("now");
	/* Rounded up: "in 0s" would look like a clock that has stopped. */
	g_autofree char *span = age_text(until_ms - now_ms + 999);
	return g_strconcat("in ", span, NULL);
}

char *age_moment(int64_t at_ms)
{
	g_autoptr(GDateTime) moment = g_date_time_new_from_unix_local(at_ms / 1000);

	return moment == NULL ? g_strdup("?") : g_date_time_format(moment, "%Y-%m-%d %H:%M:%S");
}
