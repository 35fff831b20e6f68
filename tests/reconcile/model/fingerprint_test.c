/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fingerprint tells which field differs, fits a mark, and does not change with the program. */
#include "reconcile/model/fingerprint.h"

#include "reconcile/manifest/template.h"

#include <string.h>

static struct spec *spec_plain(void)
{
	struct spec *spec = spec_new();

	spec->image = g_strdup("debian-12");
	return spec;
}

static void change_image(struct spec *spec)
{
	g_free(spec->image);
	spec->image = g_strdup("debian-13");
}

static void change_user_data(struct spec *spec)
{
	spec->user_data = template_new("x=${self.key}", NULL, NULL);
}

static void change_keys(struct spec *spec)
{
	spec->ssh_keys = g_strsplit("ops", ",", 0);
}

static void change_networks(struct spec *spec)
{
	spec->networks = g_strsplit("front,back", ",", 0);
}

static void change_firewall(struct spec *spec)
{
	spec->openings = g_new0(struct opening, 1);
	spec->openings_len = 1;
	spec->openings[0].port = 80;
}

static void change_size(struct spec *spec)
{
	spec->size.cpus = 4;
}

static void change_labels(struct spec *spec)
{
	spec->labels = pairs_new(&(struct pair){ "a", "b" }, 1);
}

static const struct {
	void (*change)(struct spec *spec);
	unsigned fields;
} rows[] = {
	{ change_image, 1U << SPEC_IMAGE },
	{ change_user_data, 1U << SPEC_USER_DATA },
	{ change_keys, 1U << SPEC_SSH_KEYS },
	{ change_networks, 1U << SPEC_NETWORKS },
	{ change_firewall, 1U << SPEC_FIREWALL },
	{ change_size, 1U << SPEC_SIZE },
	{ change_labels, 0 },
};

static void test_each_field(void)
{
	autoptr(spec) plain = spec_plain();
	g_autofree char *before = fingerprint_make(plain, NULL, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		autoptr(spec) spec = spec_plain();

		rows[i].change(spec);
		g_autofree char *after = fingerprint_make(spec, NULL, NULL);
		g_assert_cmpuint(fingerprint_diff(before, after), ==, rows[i].fields);
		g_assert_cmpuint(fingerprint_diff(after, before), ==, rows[i].fields);
		g_assert_cmpuint(fingerprint_diff(after, after), ==, 0);
		g_assert_cmpuint(strlen(after), <=, 63);
		g_assert_cmpuint(strspn(after, "abcdefghijklmnopqrstuvwxyz0123456789-"), ==,
		                 strlen(after));
	}
}

/* These stand on clouds: a change here would replace every VM. */
static void test_it_stays(void)
{
	autoptr(spec) spec = spec_plain();
	g_autofree char *bare = fingerprint_make(spec, NULL, NULL);

	change_user_data(spec);
	change_keys(spec);
	change_networks(spec);
	change_firewall(spec);
	g_autofree char *full = fingerprint_make(spec, NULL, NULL);
	g_assert_cmpstr(bare, ==, "ia06bac82-u00000000-k00000000-n00000000-f00000000-s00000000");
	g_assert_cmpstr(full, ==, "ia06bac82-u83e3e82c-kf2f06f2b-nf6b5e773-fa104ebd4-s00000000");
}

static char *keys_fingerprint(const char *keys)
{
	autoptr(spec) spec = spec_plain();

	spec->ssh_keys = g_strsplit(keys, ",", 0);
	return fingerprint_make(spec, NULL, NULL);
}

static void test_order_of_keys_is_no_change(void)
{
	g_autofree char *one = keys_fingerprint("a,b");
	g_autofree char *two = keys_fingerprint("b,a");
	g_autofree char *three = keys_fingerprint("ab");

	g_assert_cmpstr(one, ==, two);
	g_assert_cmpuint(fingerprint_diff(one, three), ==, 1U << SPEC_SSH_KEYS);
}

static void test_what_the_cloud_says_of_the_image_counts(void)
{
	autoptr(spec) spec = spec_plain();
	autoptr(pairs) same = pairs_new(&(struct pair){ "name", "debian-12" }, 1);
	autoptr(pairs) other = pairs_new(&(struct pair){ "name", "debian-12-2" }, 1);
	g_autofree char *none = fingerprint_make(spec, NULL, NULL);
	g_autofree char *first = fingerprint_make(spec, same, NULL);
	g_autofree char *second = fingerprint_make(spec, other, NULL);

	g_assert_cmpstr(none, ==, first);
	g_assert_cmpuint(fingerprint_diff(first, second), ==, 1U << SPEC_IMAGE);
}

static const struct {
	const char *a, *b;
	unsigned fields;
} foreign[] = {
	{ "", "", 0 },
	{ "i00000001", "", 0 },
	{ "i00000001", "i00000002", 1U << SPEC_IMAGE },
	{ "i00000001-z1", "u00000001", 0 },
	{ "f00000001-i00000001", "i00000001-f00000002", 1U << SPEC_FIREWALL },
	{ "i0001", "i0002", 0 },
	{ "---", "-i", 0 },
	{ "i00000001-s00000001", "i00000001", 0 },
	{ "i00000001-s00000001", "i00000001-s00000002", 1U << SPEC_SIZE },
	{ "i00000001-", "i00000001", 0 },
};

static void test_fields_that_one_does_not_name(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++) {
		g_assert_cmpuint(fingerprint_diff(foreign[i].a, foreign[i].b), ==,
		                 foreign[i].fields);
	}
}

static const struct {
	const char *before, *after;
} resized[] = {
	{ "i00000001-f00000002", "i00000001-f00000002-s0000000a" },
	{ "i00000001-s00000003", "i00000001-s0000000a" },
	{ "s00000003-i00000001", "s0000000a-i00000001" },
};

static void test_one_field_follows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(resized); i++) {
		g_autofree char *after =
			fingerprint_with(resized[i].before, SPEC_SIZE, "i0000000b-s0000000a");

		g_assert_cmpstr(after, ==, resized[i].after);
		g_assert_true(fingerprint_names(after, SPEC_SIZE));
	}
	g_assert_false(fingerprint_names(resized[0].before, SPEC_SIZE));
}

static void test_a_word_counts_as_what_it_means(void)
{
	autoptr(spec) spec = spec_plain();
	const struct size two = { .cpus = 2 }, four = { .cpus = 4 };

	spec->size.name = g_strdup("small");
	g_autofree char *word = fingerprint_make(spec, NULL, NULL);
	g_autofree char *before = fingerprint_make(spec, NULL, &two);
	g_autofree char *after = fingerprint_make(spec, NULL, &four);
	g_assert_cmpuint(fingerprint_diff(before, after), ==, 1U << SPEC_SIZE);
	g_assert_cmpuint(fingerprint_diff(before, word), ==, 1U << SPEC_SIZE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fingerprint/each-field", test_each_field);
	g_test_add_func("/fingerprint/it-stays", test_it_stays);
	g_test_add_func("/fingerprint/order-of-keys-is-no-change", test_order_of_keys_is_no_change);
	g_test_add_func("/fingerprint/what-the-cloud-says-of-the-image-counts",
	                test_what_the_cloud_says_of_the_image_counts);
	g_test_add_func("/fingerprint/fields-that-one-does-not-name",
	                test_fields_that_one_does_not_name);
	g_test_add_func("/fingerprint/one-field-follows", test_one_field_follows);
	g_test_add_func("/fingerprint/a-word-counts-as-what-it-means",
	                test_a_word_counts_as_what_it_means);
	return g_test_run();
}
