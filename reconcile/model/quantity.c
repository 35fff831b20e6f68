/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes and durations: a table of units each, and integers with checked overflow. */
#include "reconcile/model/quantity.h"

#include "reconcile/model/fault.h"

#include <string.h>

struct unit {
	const char *name;
	int64_t factor;
};

enum {
	FRACTION_DIGITS = 6
}; /* 999999 x TiB still fits 63 bits */

static const struct unit byte_units[] = {
	{ "TiB", INT64_C(1) << 40 },
	{ "GiB", INT64_C(1) << 30 },
	{ "MiB", INT64_C(1) << 20 },
	{ "KiB", INT64_C(1) << 10 },
	{ "TB", INT64_C(1000000000000) },
	{ "GB", INT64_C(1000000000) },
	{ "MB", INT64_C(1000000) },
	{ "kB", INT64_C(1000) },
	{ "B", 1 },
};

/* What people write, in lower case, and what they are told to write. */
static const struct {
	const char *wrong;
	const char *right;
} byte_hints[] = {
	{ "k", "KiB" },   { "ki", "KiB" },  { "kib", "KiB" }, { "kb", "KiB" }, { "m", "MiB" },
	{ "mi", "MiB" },  { "mib", "MiB" }, { "mb", "MiB" },  { "g", "GiB" },  { "gi", "GiB" },
	{ "gib", "GiB" }, { "gb", "GiB" },  { "t", "TiB" },   { "ti", "TiB" }, { "tib", "TiB" },
	{ "tb", "TiB" },  { "b", "B" },
};

/* From the largest down: the parts of a duration come in this order. */
static const struct unit time_units[] = {
	{ "d", INT64_C(86400000) }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 },
};

static bool digits_read(const char **text, int64_t *ret_value)
{
	const char *at = *text;
	int64_t value = 0;

	for (; g_ascii_isdigit(*at); at++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *at - '0', &value))
			return false;
	if (at == *text)
		return false;
	*text = at;
	*ret_value = value;
	return true;
}

static const char *byte_hint(const char *unit)
{
	g_autofree char *lower = g_ascii_strdown(unit, -1);

	for (size_t i = 0; i < G_N_ELEMENTS(byte_hints); i++)
		if (g_str_equal(byte_hints[i].wrong, g_strstrip(lower)))
			return byte_hints[i].right;
	return NULL;
}

static bool bytes_fail_unit(const char *text, const char *unit, GError **error)
{
	const char *hint = byte_hint(unit);

	if (hint == NULL) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
		            "\"%s\" is no size; write one as \"4GiB\" or \"512MiB\"", text);
	} else {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
		            "\"%s\" is no size; did you mean \"%.*s%s\"?", text, (int)(unit - text),
		            text, hint);
	}
	return false;
}

static bool bytes_fail(const char *text, const char *why, GError **error)
{
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "\"%s\" %s", text, why);
	return false;
}

static const struct unit *unit_find(const struct unit *units, size_t len, const char *name)
{
	for (size_t i = 0; i < len; i++)
		if (g_str_equal(units[i].name, name))
			return &units[i];
	return NULL;
}

/* The digits after the point, as their value and the power of ten below it. */
static bool fraction_read(const char **text, int64_t *ret_value, int64_t *ret_scale)
{
	const char *start = *text + 1;
	const char *at = start;

	*ret_value = 0;
	*ret_scale = 1;
	if (**text != '.')
		return true;
	if (!digits_read(&at, ret_value) || at - start > FRACTION_DIGITS)
		return false;
	for (const char *digit = start; digit < at; digit++)
		*ret_scale *= 10;
	*text = at;
	return true;
}

bool quantity_parse_bytes(const char *text, int64_t *ret_bytes, GError **error)
{
	int64_t whole = 0, fraction = 0, scale = 1, bytes = 0;
	const char *at = text;
	static const struct unit plain = { "", 1 };

	if (*text == '-' || *text == '+')
		return bytes_fail(text, "is no size: it has a sign", error);
	if (!g_ascii_isdigit(*text))
		return bytes_fail(text, "is no size; write one as \"4GiB\" or \"512MiB\"", error);
	if (!digits_read(&at, &whole) || !fraction_read(&at, &fraction, &scale))
		return bytes_fail(text, "is no size: it has too many digits", error);
	const struct unit *unit =
		*at == '\0' ? &plain : unit_find(byte_units, G_N_ELEMENTS(byte_units), at);
	if (unit == NULL)
		return bytes_fail_unit(text, at, error);
	if (fraction * unit->factor % scale != 0)
		return bytes_fail(text, "is not a whole number of bytes", error);
	if (__builtin_mul_overflow(whole, unit->factor, &bytes) ||
	    __builtin_add_overflow(bytes, fraction * unit->factor / scale, &bytes))
		return bytes_fail(text, "is too large", error);
	*ret_bytes = bytes;
	return true;
}

/* One "30m" of a duration; @from is the first unit that may still come. */
static bool time_part_read(const char **text, size_t *from, int64_t *total)
{
	int64_t value = 0;

	if (!digits_read(text, &value))
		return false;
	size_t len = strspn(*text, "dhms");

	for (; *from < G_N_ELEMENTS(time_units); (*from)++) {
		const struct unit *unit = &time_units[*from];
		if (strlen(unit->name) == len && strncmp(unit->name, *text, len) == 0) {
			*text += len;
			(*from)++;
			return !__builtin_mul_overflow(value, unit->factor, &value) &&
			       !__builtin_add_overflow(*total, value, total);
		}
	}
	return false;
}

bool quantity_parse_duration(const char *text, int64_t *ret_ms, GError **error)
{
	const char *at = text;
	int64_t total = 0;
	size_t from = 0;

	if (*text != '\0' && text[strspn(text, "0123456789")] == '\0') {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
		            "\"%s\" has no unit; did you mean \"%ss\"?", text, text);
		return false;
	}
	do {
		if (!time_part_read(&at, &from, &total)) {
			g_set_error(
				error, FAULT_DOMAIN, FAULT_INVALID,
				"\"%s\" is no duration; write one as \"30s\", \"5m\" or \"1h30m\"",
				text);
			return false;
		}
	} while (*at != '\0');
	*ret_ms = total;
	return true;
}

char *quantity_format_bytes(int64_t bytes)
{
	for (size_t i = 0; bytes != 0 && i < 4; i++) {
		if (bytes % byte_units[i].factor == 0) {
			return g_strdup_printf("%" G_GINT64_FORMAT "%s",
			                       bytes / byte_units[i].factor, byte_units[i].name);
		}
	}
	return g_strdup_printf("%" G_GINT64_FORMAT "B", bytes);
}

char *quantity_format_duration(int64_t ms)
{
	g_autoptr(GString) text = g_string_new(ms < 0 ? "-" : "");
	uint64_t left = ms < 0 ? -(uint64_t)ms : (uint64_t)ms;

	if (left == 0)
		return g_strdup("0s");
	for (size_t i = 0; i < G_N_ELEMENTS(time_units); i++) {
		uint64_t factor = (uint64_t)time_units[i].factor;
		if (left >= factor) {
			g_string_append_printf(text, "%" G_GUINT64_FORMAT "%s", left / factor,
			                       time_units[i].name);
			left %= factor;
		}
	}
	return g_strdup(text->str);
}
