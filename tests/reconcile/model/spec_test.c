/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes are copied, compared and shown; a new spec says the defaults. */
#include "reconcile/model/spec.h"

#define GIB (INT64_C(1) << 30)

static const struct {
	struct size want, offer;
	bool fits;
} fits[] = {
	{ { .cpus = 2 }, { .cpus = 2 }, true },
	{ { .cpus = 2 }, { .cpus = 1 }, false },
	{ { .cpus = 2 }, { 0 }, false },
	{ { .memory_bytes = 4 * GIB }, { .cpus = 1, .memory_bytes = 8 * GIB }, true },
	{ { .memory_bytes = 4 * GIB }, { .cpus = 1, .memory_bytes = 4 * GIB - 1 }, false },
	{ { .disk_bytes = 4 * GIB }, { .disk_bytes = 3 * GIB }, false },
	{ { .disk_bytes = 4 * GIB }, { .cpus = 1 }, true },
	{ { 0 }, { 0 }, true },
};

static void test_fits(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(fits); i++)
		g_assert_cmpint(size_fits(&fits[i].want, &fits[i].offer), ==, fits[i].fits);
}

static const struct {
	struct size size;
	const char *text;
} texts[] = {
	{ { .cpus = 2, .memory_bytes = 4 * GIB, .disk_bytes = 20 * GIB },
	  "2 cpus, 4GiB, 20GiB disk" },
	{ { .cpus = 1 }, "1 cpu" },
	{ { .disk_bytes = GIB }, "1GiB disk" },
	{ { .name = (char *)"small", .cpus = 2 }, "small" },
	{ { 0 }, "any size" },
};

static void test_text(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *text = size_text(&texts[i].size);
		g_assert_cmpstr(text, ==, texts[i].text);
	}
}

static void test_copy(void)
{
	struct size size = { .name = g_strdup("small"), .cpus = 2 };
	struct size copy = size_copy(&size);

	g_assert_true(copy.name != size.name);
	g_assert_cmpstr(copy.name, ==, "small");
	size_clear(&size);
	g_assert_null(size.name);
	g_assert_cmpuint(size.cpus, ==, 0);
	size_clear(&copy);
}

static void test_new(void)
{
	struct spec *spec = spec_new();
	autoptr(spec) other = spec_ref(spec);

	spec_unref(spec);
	g_assert_cmpint(other->ready.kind, ==, READY_RUNNING);
	g_assert_cmpint(other->ready.within_ms, ==, 300000);
	g_assert_cmpstr(spec_field_name(SPEC_USER_DATA), ==, "userData");
	for (size_t i = 0; i < SPEC_FIELDS; i++)
		g_assert_nonnull(spec_field_name((enum spec_field)i));
	spec_unref(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/spec/fits", test_fits);
	g_test_add_func("/spec/text", test_text);
	g_test_add_func("/spec/copy", test_copy);
	g_test_add_func("/spec/new", test_new);
	return g_test_run();
}
