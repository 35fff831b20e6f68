/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any text is refused with a fault, or is a quantity that survives being written and read again.
 */
#include "reconcile/model/fault.h"
#include "reconcile/model/quantity.h"
#include "tests/fuzz/fuzz.h"

static void bytes_check(const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *written = NULL;
	int64_t value = -1;
	int64_t again = -1;

	if (!quantity_parse_bytes(text, &value, &error)) {
		g_assert_error(error, FAULT_DOMAIN, FAULT_INVALID);
		return;
	}
	g_assert_cmpint(value, >=, 0);
	written = quantity_format_bytes(value);
	g_assert_true(quantity_parse_bytes(written, &again, NULL));
	g_assert_cmpint(again, ==, value);
}

static void duration_check(const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *written = NULL;
	int64_t value = -1;
	int64_t again = -1;

	if (!quantity_parse_duration(text, &value, &error)) {
		g_assert_error(error, FAULT_DOMAIN, FAULT_INVALID);
		return;
	}
	g_assert_cmpint(value, >=, 0);
	written = quantity_format_duration(value);
	g_assert_true(quantity_parse_duration(written, &again, NULL));
	g_assert_cmpint(again, ==, value);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	g_autofree char *text = g_strndup((const char *)bytes, len);

	bytes_check(text);
	duration_check(text);
	return 0;
}
