/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes and durations: what is taken, what is refused with which advice, how they are written. */
#include "reconcile/model/quantity.h"

#include "reconcile/model/fault.h"

#include <string.h>

static const struct {
	const char *text;
	int64_t bytes;
} sizes[] = {
	{ "0", 0 },
	{ "1048576", 1048576 },
	{ "1B", 1 },
	{ "1kB", 1000 },
	{ "1KiB", 1024 },
	{ "512MiB", INT64_C(512) << 20 },
	{ "4GiB", INT64_C(4) << 30 },
	{ "20GB", INT64_C(20000000000) },
	{ "1.5GiB", INT64_C(3) << 29 },
	{ "0.5KiB", 512 },
	{ "1.25TB", INT64_C(1250000000000) },
	{ "2TiB", INT64_C(2) << 40 },
	{ "8388607TiB", INT64_C(8388607) << 40 },
	{ "9223372036854775807", INT64_MAX },
};

static void test_sizes(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autoptr(GError) error = NULL;
		int64_t bytes = -1;

		g_assert_true(quantity_parse_bytes(sizes[i].text, &bytes, &error));
		g_assert_no_error(error);
		g_assert_cmpint(bytes, ==, sizes[i].bytes);
	}
}

static const struct {
	const char *text, *advice;
} bad_sizes[] = {
	{ "4Gb", "did you mean \"4GiB\"?" },
	{ "4G", "did you mean \"4GiB\"?" },
	{ "4Gi", "did you mean \"4GiB\"?" },
	{ "512 MiB", "did you mean \"512MiB\"?" },
	{ "1.5gb", "did you mean \"1.5GiB\"?" },
	{ "16k", "did you mean \"16KiB\"?" },
	{ "-1", "has a sign" },
	{ "+1", "has a sign" },
	{ "1e99", "write one as" },
	{ "", "write one as" },
	{ "GiB", "write one as" },
	{ "four", "write one as" },
	{ "4GiBs", "write one as" },
	{ "0x10", "write one as" },
	{ "1.5", "not a whole number of bytes" },
	{ "1.0001KiB", "not a whole number of bytes" },
	{ "1.GiB", "too many digits" },
	{ "1.1234567GiB", "too many digits" },
	{ "8388608TiB", "too large" },
	{ "9223372036854775808", "too many digits" },
};

static void test_bad_sizes(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bad_sizes); i++) {
		g_autoptr(GError) error = NULL;
		int64_t bytes = -7;

		g_test_message("%s", bad_sizes[i].text);
		g_assert_false(quantity_parse_bytes(bad_sizes[i].text, &bytes, &error));
		g_assert_error(error, FAULT_DOMAIN, FAULT_INVALID);
		g_assert_nonnull(strstr(error->message, bad_sizes[i].advice));
		g_assert_cmpint(bytes, ==, -7);
	}
}

static const struct {
	const char *text;
	int64_t ms;
} durations[] = {
	{ "500ms", 500 },     { "30s", 30000 },    { "5m", 300000 },
	{ "1h30m", 5400000 }, { "2d", 172800000 }, { "1m500ms", 60500 },
	{ "0s", 0 },          { "90m", 5400000 },  { "1d1h1m1s1ms", 90061001 },
};

static void test_durations(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(durations); i++) {
		g_autoptr(GError) error = NULL;
		int64_t ms = -1;

		g_assert_true(quantity_parse_duration(durations[i].text, &ms, &error));
		g_assert_no_error(error);
		g_assert_cmpint(ms, ==, durations[i].ms);
	}
}

static void test_bad_durations(void)
{
	static const char *const texts[] = {
		"30",
		"",
		"s",
		"-5m",
		"1.5h",
		"30m1h",
		"5m5m",
		"5 m",
		"5min",
		"5M",
		"1h ",
		"1e3s",
		"5m30",
		"ms",
		"d",
		"9223372036854775807s",
		"106751991168d",
		"99999999999999999999s",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		int64_t ms = -7;

		g_test_message("%s", texts[i]);
		g_assert_false(quantity_parse_duration(texts[i], &ms, &error));
		g_assert_error(error, FAULT_DOMAIN, FAULT_INVALID);
		g_assert_cmpint(ms, ==, -7);
	}
	g_autoptr(GError) error = NULL;
	int64_t ms = 0;
	g_assert_false(quantity_parse_duration("30", &ms, &error));
	g_assert_nonnull(strstr(error->message, "did you mean \"30s\"?"));
}

static const struct {
	int64_t bytes;
	const char *text;
} shown_sizes[] = {
	{ 0, "0B" },
	{ 1, "1B" },
	{ 1024, "1KiB" },
	{ 1025, "1025B" },
	{ INT64_C(4) << 30, "4GiB" },
	{ INT64_C(3) << 29, "1536MiB" },
	{ INT64_C(1) << 40, "1TiB" },
};

static const struct {
	int64_t ms;
	const char *text;
} shown_durations[] = {
	{ 0, "0s" },
	{ 250, "250ms" },
	{ 5400000, "1h30m" },
	{ 60000, "1m" },
	{ 90061001, "1d1h1m1s1ms" },
	{ -1500, "-1s500ms" },
};

static void test_format(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(shown_sizes); i++) {
		g_autofree char *text = quantity_format_bytes(shown_sizes[i].bytes);
		g_assert_cmpstr(text, ==, shown_sizes[i].text);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(shown_durations); i++) {
		g_autofree char *text = quantity_format_duration(shown_durations[i].ms);
		g_assert_cmpstr(text, ==, shown_durations[i].text);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/quantity/sizes", test_sizes);
	g_test_add_func("/quantity/bad-sizes", test_bad_sizes);
	g_test_add_func("/quantity/durations", test_durations);
	g_test_add_func("/quantity/bad-durations", test_bad_durations);
	g_test_add_func("/quantity/format", test_format);
	return g_test_run();
}
