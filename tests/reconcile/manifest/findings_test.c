/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each way in which a manifest can be wrong is found, at its place and in words that help. */
#include "reconcile/manifest/manifests.h"
#include "tests/reconcile/manifest/bad_manifests.h"

#include <string.h>

static void put(struct manifests *manifests, const char *file, const char *text, size_t len)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, len);

	manifests_put(manifests, file, bytes);
}

static GPtrArray *findings_of(const char *text, size_t len)
{
	autoptr(manifests) manifests = manifests_new(&manifests_limits_default);
	GPtrArray *findings = NULL;

	put(manifests, "cloud.yaml", CLOUD, strlen(CLOUD));
	put(manifests, "shop.yaml", text, len);
	autoptr(fleet) fleet = manifests_fleet(manifests, &findings);
	g_assert_cmpuint(fleet->clouds->len, >=, 1);
	for (guint i = 0; i < findings->len; i++) {
		g_autofree char *shown = finding_format(findings->pdata[i], false);
		g_test_message("%s", shown);
	}
	return findings;
}

/* The line that is shown is the one that is named. */
static void line_check(const struct finding *finding, const char *text)
{
	g_auto(GStrv) lines = g_strsplit_set(text, "\n", -1);

	if (finding->line != NULL) {
		g_assert_cmpuint(finding->place.line, <=, g_strv_length(lines));
		g_strchomp(lines[finding->place.line - 1]);
		if (strpbrk(lines[finding->place.line - 1], "\x01\t") == NULL)
			g_assert_cmpstr(finding->line, ==, lines[finding->place.line - 1]);
	}
}

static void test_row(const void *data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(GPtrArray) findings =
		findings_of(bad_manifests[i].text, strlen(bad_manifests[i].text));
	const struct finding *first = findings->len == 0 ? NULL : findings->pdata[0];

	g_assert_cmpuint(findings->len, ==, 1);
	if (first == NULL)
		return;
	g_assert_cmpstr(first->place.file, ==, "shop.yaml");
	g_assert_nonnull(strstr(first->text, bad_manifests[i].expected));
	g_assert_cmpuint(first->place.line, ==, bad_manifests[i].line);
	g_assert_cmpuint(first->place.column, ==, bad_manifests[i].column);
	line_check(first, bad_manifests[i].text);
}

static void test_all_at_once(void)
{
	static const char text[] = WEB("cuont: 3, cloud: lba, after: [db], ready: { within: 5 }");
	g_autoptr(GPtrArray) findings = findings_of(text, strlen(text));

	/* The cloud's name is looked up once the document itself is good. */
	g_assert_cmpuint(findings->len, ==, 3);
	for (guint i = 1; i < findings->len; i++) {
		g_assert_cmpint(finding_compare(&findings->pdata[i - 1], &findings->pdata[i]), <,
		                0);
	}
	g_assert_cmpstr(((struct finding *)findings->pdata[0])->document, ==, "Deployment shop");
}

static void test_two_with_one_name(void)
{
	autoptr(manifests) manifests = manifests_new(&manifests_limits_default);
	g_autoptr(GPtrArray) findings = NULL;

	put(manifests, "a.yaml", CLOUD, strlen(CLOUD));
	put(manifests, "b.yaml", CLOUD, strlen(CLOUD));
	autoptr(fleet) fleet = manifests_fleet(manifests, &findings);
	const struct finding *first = findings->pdata[0];

	g_assert_cmpuint(fleet->clouds->len, ==, 0);
	g_assert_cmpuint(findings->len, ==, 2);
	g_assert_cmpstr(first->text, ==,
	                "Cloud \"lab\" is here twice; the other is at b.yaml:3:19");
	g_assert_cmpstr(first->also.file, ==, "b.yaml");
	g_assert_cmpuint(first->also.line, ==, 3);
}

static void test_nul_byte(void)
{
	static const char text[] = "a: b\nc: \0d\n";
	g_autoptr(GPtrArray) findings = findings_of(text, sizeof(text) - 1);

	g_assert_cmpuint(findings->len, ==, 1);
	g_assert_nonnull(strstr(((struct finding *)findings->pdata[0])->text, "NUL"));
	g_assert_cmpuint(((struct finding *)findings->pdata[0])->place.line, ==, 2);
}

/* Texts that are cheap to write and could be dear to read: each must fail, and at once. */
static void assert_refused(const GString *text, const char *expected)
{
	gint64 start = g_get_monotonic_time();
	g_autoptr(GPtrArray) findings = findings_of(text->str, text->len);

	g_assert_cmpuint(findings->len, >=, 1);
	g_assert_nonnull(strstr(((struct finding *)findings->pdata[0])->text, expected));
	g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
}

static void repeat(GString *text, const char *part, size_t times)
{
	for (size_t i = 0; i < times; i++)
		g_string_append(text, part);
}

static void test_nesting(void)
{
	static const char *const parts[] = { "[", "{a: ", "- ", "[[{", "? " };

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autoptr(GString) text = g_string_new("");
		repeat(text, parts[i], 200000);
		assert_refused(text, "nested more than 32 levels deep");
	}
	g_autoptr(GString) big = g_string_new("");
	repeat(big, "[", 10 << 20);
	assert_refused(big, "10485760 bytes long; at most 1048576 are taken");
}

static void test_alias_bomb(void)
{
	g_autoptr(GString) text = g_string_new("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");

	for (int i = 1; i < 10; i++) {
		g_string_append_printf(text, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			g_string_append_printf(text, "%s*a%d", j == 0 ? "" : ", ", i - 1);
		g_string_append(text, "]\n");
	}
	assert_refused(text, "more than 100000 values in one file");
	g_autoptr(GString) many = g_string_new("a: &a x\nb: [");
	repeat(many, "*a, ", 101);
	g_string_append(many, "]\n");
	assert_refused(many, "more than 100 aliases in one file");
}

static void test_too_much(void)
{
	g_autoptr(GString) values = g_string_new("a: [");
	g_autoptr(GString) documents = g_string_new("");
	g_autoptr(GString) keys = g_string_new("");

	repeat(values, "1,", 200000);
	assert_refused(values, "more than 100000 values in one file");
	repeat(documents, "---\na: b\n", 1001);
	assert_refused(documents, "more than 1000 documents in one file");
	g_string_truncate(documents, 0);
	repeat(documents, "---\n", 250000);
	assert_refused(documents, "more than 1000 documents in one file");
	for (int i = 0; i < 20000; i++)
		g_string_append_printf(keys, "k%d: 1\nk%d: 2\n", i, i);
	assert_refused(keys, "is here twice");
}

/* A chain of thousands of components, and one that closes into a circle. */
static void test_long_chain(void)
{
	g_autoptr(GString) text = g_string_new(SHOP);

	for (int i = 0; i < 6000; i++) {
		g_string_append_printf(text,
		                       "    c%d: { image: debian-12, size: small, after: [c%d] }\n",
		                       i, (i + 1) % 6000);
	}
	assert_refused(text, "c0 → c1 → c2 → c3 → c4 → c5 → c6 → c7 → ... → c0");
}

/* Each looks for the nearest of thousands of names: only as many as are shown may do so. */
static void test_many_unknown(void)
{
	g_autoptr(GString) text = g_string_new(SHOP);

	for (int i = 0; i < 6000; i++) {
		g_string_append_printf(
			text,
			"    component-%d: { image: debian-12, size: small, after: [komponent-%d] }\n",
			i, i);
	}
	assert_refused(text,
	               "no component is called \"komponent-0\"; did you mean \"component-0\"?");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (size_t i = 0; i < G_N_ELEMENTS(bad_manifests); i++) {
		g_autofree char *path = g_strconcat("/findings/", bad_manifests[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_row);
	}
	g_test_add_func("/findings/all-at-once", test_all_at_once);
	g_test_add_func("/findings/two-with-one-name", test_two_with_one_name);
	g_test_add_func("/findings/nul-byte", test_nul_byte);
	g_test_add_func("/findings/nesting", test_nesting);
	g_test_add_func("/findings/alias-bomb", test_alias_bomb);
	g_test_add_func("/findings/too-much", test_too_much);
	g_test_add_func("/findings/long-chain", test_long_chain);
	g_test_add_func("/findings/many-unknown", test_many_unknown);
	return g_test_run();
}
