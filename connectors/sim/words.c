/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small languages in the values of settings.
 */
#include "connectors/sim/words.h"

#include "connectors/sim/lot.h"
#include "reconcile/model/quantity.h"
#include "reconcile/model/traits.h"

#include <string.h>

static const char *const deaths[DEATHS] = {
	[DEATH_STOP] = "stop",
	[DEATH_FAIL] = "fail",
	[DEATH_VANISH] = "vanish",
};

static bool refuse(GError **error, const char *what, const char *text)
{
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "\"%s\" is not %s", text, what);
	return false;
}

bool words_parse_number(const char *text, uint64_t *ret_number, GError **error)
{
	if (!g_ascii_string_to_unsigned(text, 10, 0, 1000000000, ret_number, NULL))
		return refuse(error, "a whole number up to 1000000000", text);
	return true;
}

bool words_parse_ppm(const char *text, uint64_t *ret_ppm, GError **error)
{
	bool is_percent = g_str_has_suffix(text, "%");
	uint64_t unit = is_percent ? LOT_MILLION / 100 : LOT_MILLION, sum = 0;
	const char *c = text;

	for (; g_ascii_isdigit(*c) && sum < LOT_MILLION * (uint64_t)1000; c++)
		sum = sum * 10 + (uint64_t)(*c - '0') * unit;
	if (c == text)
		return refuse(error, "a chance such as 0.05 or 5%", text);
	if (*c == '.')
		for (c++; g_ascii_isdigit(*c); c++)
			sum += (uint64_t)(*c - '0') * (unit /= 10);
	if (is_percent ? c[0] != '%' || c[1] : *c != '\0')
		return refuse(error, "a chance such as 0.05 or 5%", text);
	*ret_ppm = sum;
	return true;
}

static char **split_words(const char *text)
{
	char **words = g_strsplit_set(text, ", \t\n", -1);
	size_t kept = 0;

	for (size_t i = 0; words[i]; i++)
		if (words[i][0])
			words[kept++] = words[i];
		else
			g_free(words[i]);
	words[kept] = NULL;
	return words;
}

/* One "name=value" of a list, split in place. */
static bool split_rate(char *word, char **ret_value, GError **error)
{
	char *equals = strchr(word, '=');

	if (!equals)
		return refuse(error, "of the form name=rate", word);
	*equals = '\0';
	*ret_value = equals + 1;
	return true;
}

bool words_parse_errors(const char *text, uint64_t ret_ppm[FAULT_INTERNAL + 1], GError **error)
{
	g_auto(GStrv) words = split_words(text);
	uint64_t ppm[FAULT_INTERNAL + 1] = { 0 };

	for (size_t i = 0; words[i]; i++) {
		enum fault fault = FAULT_NONE;
		char *value = NULL;

		if (!split_rate(words[i], &value, error))
			return false;
		if (!fault_parse(words[i], &fault) || fault == FAULT_NONE)
			return refuse(error, "a class of errors", words[i]);
		if (!words_parse_ppm(value, &ppm[fault], error))
			return false;
	}
	memcpy(ret_ppm, ppm, sizeof(ppm));
	return true;
}

static bool death_parse(const char *name, enum death *ret_death)
{
	for (size_t i = 0; i < DEATHS; i++) {
		if (g_str_equal(name, deaths[i])) {
			*ret_death = (enum death)i;
			return true;
		}
	}
	return false;
}

bool words_parse_deaths(const char *text, uint64_t ret_ppm[DEATHS], GError **error)
{
	g_auto(GStrv) words = split_words(text);
	uint64_t ppm[DEATHS] = { 0 };

	for (size_t i = 0; words[i]; i++) {
		enum death death = DEATH_STOP;
		char *value = NULL;

		if (!split_rate(words[i], &value, error))
			return false;
		if (!death_parse(words[i], &death))
			return refuse(error, "stop, fail or vanish", words[i]);
		if (!words_parse_ppm(value, &ppm[death], error))
			return false;
	}
	memcpy(ret_ppm, ppm, sizeof(ppm));
	return true;
}

bool words_parse_abilities(const char *text, unsigned *abilities, GError **error)
{
	g_auto(GStrv) words = split_words(text);
	unsigned bits = words[0] && !strchr("+-", words[0][0]) ? 0 : *abilities;

	for (size_t i = 0; words[i]; i++) {
		bool is_less = words[i][0] == '-';
		const char *name = words[i] + (is_less || words[i][0] == '+' ? 1 : 0);
		enum ability ability;

		if (!ability_parse(name, &ability))
			return refuse(error, "an ability", words[i]);
		bits = is_less ? bits & ~(unsigned)ability : bits | (unsigned)ability;
	}
	*abilities = bits;
	return true;
}

static void size_element_clear(void *size)
{
	size_clear(size);
}

static bool size_parse(char *word, struct size *ret_size, GError **error)
{
	g_auto(GStrv) parts = NULL;
	uint64_t cpus = 0, price = 0;
	char *value = NULL;

	if (!split_rate(word, &value, error))
		return false;
	parts = g_strsplit(value, ":", -1);
	if (g_strv_length(parts) < 3 || g_strv_length(parts) > 4)
		return refuse(error, "of the form cpus:memory:disk or cpus:memory:disk:price",
		              value);
	if (!words_parse_number(parts[0], &cpus, error) ||
	    !quantity_parse_bytes(parts[1], &ret_size->memory_bytes, error) ||
	    !quantity_parse_bytes(parts[2], &ret_size->disk_bytes, error) ||
	    (parts[3] && !words_parse_number(parts[3], &price, error)))
		return false;
	ret_size->name = g_strdup(word);
	ret_size->cpus = (unsigned)cpus;
	ret_size->price_micros = (int64_t)price;
	return true;
}

GArray *words_parse_sizes(const char *text, GError **error)
{
	g_auto(GStrv) words = split_words(text);
	g_autoptr(GArray) sizes = g_array_new(false, true, sizeof(struct size));

	g_array_set_clear_func(sizes, size_element_clear);
	for (size_t i = 0; words[i]; i++) {
		struct size size = { 0 };

		if (!size_parse(words[i], &size, error))
			return NULL;
		g_array_append_val(sizes, size);
	}
	return g_steal_pointer(&sizes);
}
