/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any text is refused with a place inside it, or is a template that resolves once all is known.
 */
#include "reconcile/manifest/template.h"
#include "reconcile/model/fault.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static char *value_of(const char *name G_GNUC_UNUSED, void *data)
{
	return g_strdup(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	g_autofree char *text = g_strndup((const char *)bytes, len);
	g_autoptr(GError) error = NULL;
	size_t offset = 0;
	autoptr(template) template = template_new(text, &offset, &error);

	if (!template) {
		g_assert_error(error, FAULT_DOMAIN, FAULT_INVALID);
		g_assert_cmpint(offset, <=, strlen(text));
		return 0;
	}
	g_assert_cmpstr(template_source(template), ==, text);
	g_autofree char *whole = template_resolve(template, value_of, (void *)"${self.key}", NULL);
	g_assert_nonnull(whole);
	return 0;
}
