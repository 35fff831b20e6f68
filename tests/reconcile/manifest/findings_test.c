/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each way in which a manifest can be wrong is found, at its place and in words that help. */
#include "reconcile/manifest/manifests.h"

#include <string.h>

#define CLOUD                                                           \
	"apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: lab }\n" \
	"spec: { connector: sim, images: { debian-12: d12 }, sizes: { small: s } }\n"
/* Lines 1 to 6; a component of one more key each follows in line 7 and on. */
#define SHOP                                                                  \
	"apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: shop }\n" \
	"spec:\n  cloud: lab\n  components:\n"
#define WEB(fields) SHOP "    web: { image: debian-12, size: small, " fields " }\n"

/* What is expected of the first finding; the cloud is always there. */
static const struct {
	const char *name;
	const char *text;
	uint32_t line, column;
	const char *expected; /* part of the text */
} rows[] = {
	{ "unknown-key",
	  SHOP "    web:\n      cuont: 3\n      image: debian-12\n      size: small\n", 8, 7,
	  "unknown key \"cuont\" in a component; did you mean \"count\"?" },
	{ "unknown-key-far", WEB("rollout: { surge: 1 }"), 7, 43,
	  "unknown key \"rollout\" in a component" },
	{ "later-key", WEB("publicAddress: true"), 7, 43, "unknown key \"publicAddress\"" },
	{ "unknown-version",
	  "apiVersion: muster/v2\nkind: Deployment\nmetadata: { name: a, state: absent }\n", 1, 13,
	  "apiVersion must be one of \"muster/v1\", not \"muster/v2\"" },
	{ "unknown-kind", "apiVersion: muster/v1\nkind: Deploymnet\nmetadata: { name: a }\n", 2, 7,
	  "kind must be one of \"Cloud\", \"Deployment\", not \"Deploymnet\"; did you mean \"Deployment\"?" },
	{ "later-kind", "apiVersion: muster/v1\nkind: Image\nmetadata: { name: a }\n", 2, 7,
	  "not \"Image\"" },
	{ "no-kind", "apiVersion: muster/v1\nmetadata: { name: a }\n", 1, 1, "needs \"kind\"" },
	{ "no-version", "kind: Deployment\nmetadata: { name: a, state: absent }\n", 1, 1,
	  "a Deployment needs \"apiVersion\"" },
	{ "no-name", "apiVersion: muster/v1\nkind: Deployment\nmetadata: { state: absent }\n", 3,
	  11, "needs \"name\"" },
	{ "no-spec", "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: a }\n", 1, 1,
	  "needs \"spec\", unless" },
	{ "no-image", SHOP "    web: { size: small }\n", 7, 10, "a component needs \"image\"" },
	{ "no-components",
	  "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { cloud: lab, components: {} }\n",
	  4, 33, "components must not be empty" },
	{ "no-cloud",
	  "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { components: { web: { image: debian-12, size: small } } }\n",
	  4, 23, "component \"web\" has no cloud" },
	{ "list-as-document", "- a\n- b\n", 1, 1, "a document must be a map" },
	{ "text-as-document", "hello\n", 1, 1, "not a text" },
	{ "bad-state",
	  "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: a, state: abset }\n", 3, 29,
	  "did you mean \"absent\"?" },

	/* Wrong types. */
	{ "count-text", WEB("count: three"), 7, 50, "a whole number from 0, not \"three\"" },
	{ "count-quoted", WEB("count: \"3\""), 7, 50, "not the text \"3\"" },
	{ "count-negative", WEB("count: -1"), 7, 50, "a whole number from 0, not \"-1\"" },
	{ "count-float", WEB("count: 1e3"), 7, 50, "not \"1e3\"" },
	{ "count-octal", WEB("count: 0755"), 7, 50, "not \"0755\"" },
	{ "count-list", WEB("count: [3]"), 7, 50, "not a list" },
	{ "count-million", WEB("count: 1000000"), 7, 50,
	  "count 1000000 is over the limit of 100000 members" },
	{ "count-huge", WEB("count: 99999999999999999999"), 7, 50, "is over the limit" },
	{ "count-and-members", WEB("count: 1, members: [a]"), 7, 62,
	  "\"count\" and \"members\" exclude each other" },
	{ "member-zero", WEB("members: [\"01\"]"), 7, 53, "must not begin with 0" },
	{ "member-twice", WEB("members: [a, b, a]"), 7, 59, "\"a\" is in this list twice" },
	{ "nothing", WEB("count: "), 7, 51, "not nothing" },
	{ "nothing-null", WEB("cloud: null"), 7, 50, "a name, not nothing" },
	{ "protect-yes", WEB("protect: yes"), 7, 52, "true or false, not \"yes\"" },
	{ "labels-list", WEB("labels: [a]"), 7, 51, "a map, not a list" },
	{ "label-map", WEB("labels: { a: { b: c } }"), 7, 56, "a label's value, not a map" },
	{ "label-ours", WEB("labels: { muster-owner: x }"), 7, 53, "Muster's own" },
	{ "label-name", WEB("labels: { \"a b\": x }"), 7, 53, "a label's name must be" },
	{ "label-lines", WEB("labels: { a: \"x\\ny\" }"), 7, 56, "one line" },
	{ "keys-text", WEB("sshKeys: ops"), 7, 52, "a list, not \"ops\"" },
	{ "port-zero", WEB("firewall: [{ port: 0 }]"), 7, 62, "from 1 to 65535, not \"0\"" },
	{ "port-missing", WEB("firewall: [{ from: 10.0.0.0/8 }]"), 7, 54, "needs \"port\"" },
	{ "network", WEB("firewall: [{ port: 1, from: 10.0.0.0 }]"), 7, 71, "is no network" },
	{ "network-bits", WEB("firewall: [{ port: 1, from: 10.0.0.0/33 }]"), 7, 71,
	  "is no network" },
	{ "ready-two", WEB("ready: { tcp: 1, http: \":80/\" }"), 7, 66, "exclude each other" },
	{ "ready-http", WEB("ready: { http: \"80/x\" }"), 7, 58, "\":80/healthz\"" },
	{ "ready-running", WEB("ready: { running: false }"), 7, 61, "says nothing" },
	{ "within-bare", WEB("ready: { within: 30 }"), 7, 60, "did you mean \"30s\"?" },
	{ "within-little", WEB("ready: { within: 10ms }"), 7, 60, "at least 1s" },

	/* Quantities. */
	{ "memory-unit", SHOP "    web: { image: debian-12, size: { memory: 4Gb } }\n", 7, 46,
	  "\"4Gb\" is no size; did you mean \"4GiB\"?" },
	{ "memory-negative", SHOP "    web: { image: debian-12, size: { memory: -1 } }\n", 7, 46,
	  "it has a sign" },
	{ "memory-exponent", SHOP "    web: { image: debian-12, size: { memory: 1e99 } }\n", 7, 46,
	  "\"1e99\" is no size" },
	{ "memory-little", SHOP "    web: { image: debian-12, size: { memory: 4 } }\n", 7, 46,
	  "at least 1MiB" },
	{ "memory-huge", SHOP "    web: { image: debian-12, size: { memory: 99999999999TiB } }\n",
	  7, 46, "too large" },
	{ "size-empty", SHOP "    web: { image: debian-12, size: {} }\n", 7, 36,
	  "a size must not be empty" },
	{ "size-list", SHOP "    web: { image: debian-12, size: [2] }\n", 7, 36,
	  "a size's name or a map" },

	/* Names. */
	{ "name-capitals",
	  "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: Shop, state: absent }\n", 3,
	  19, "did you mean \"shop\"?" },
	{ "name-space",
	  "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: my shop_, state: absent }\n",
	  3, 19, "did you mean \"my-shop\"?" },
	{ "name-long",
	  "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg, state: absent }\n",
	  3, 19, "at most 63 characters long, not 64" },
	{ "component-name", SHOP "    Web: { image: debian-12, size: small }\n", 7, 5,
	  "did you mean \"web\"?" },

	/* References. */
	{ "cloud-unknown", WEB("cloud: lba"), 7, 50,
	  "no cloud is called \"lba\"; did you mean \"lab\"?" },
	{ "image-unknown", SHOP "    web: { image: debian-13, size: small }\n", 7, 19,
	  "cloud \"lab\" has no image \"debian-13\"; it has \"debian-12\"; did you mean \"debian-12\"?" },
	{ "size-unknown", SHOP "    web: { image: debian-12, size: smal }\n", 7, 36,
	  "cloud \"lab\" has no size \"smal\"; it has \"small\"" },
	{ "after-unknown", WEB("after: [db]"), 7, 51, "no component is called \"db\"" },
	{ "after-itself", WEB("after: [web]"), 7, 5, "in a circle: web → web" },
	{ "after-circle",
	  WEB("after: [db]") "    db: { image: debian-12, size: small, after: [web] }\n", 7, 5,
	  "in a circle: web → db → web" },
	{ "address-circle",
	  WEB("userData: \"${components.db.1.address}\"") "    db: { image: debian-12, size: small, after: [web] }\n",
	  7, 5, "in a circle: web → db → web" },
	{ "address-component", WEB("userData: \"${components.db.1.address}\""), 7, 53,
	  "no component is called \"db\"" },
	{ "address-itself", WEB("count: 2, userData: \"${components.web.1.address}\""), 7, 63,
	  "of \"web\" itself" },
	{ "address-member",
	  WEB("userData: \"${components.db.2.address}\"") "    db: { image: debian-12, size: small }\n",
	  7, 53, "component \"db\" has no member \"2\"" },
	{ "label-reference", WEB("userData: \"${labels.none}\""), 7, 53,
	  "no label is called \"none\"" },
	{ "template-name", WEB("userData: \"${HOME}\""), 7, 53,
	  "write \"$${HOME}\" for the text itself" },
	{ "template-brace", WEB("userData: \"${self.key\""), 7, 53, "without a \"}\"" },
	{ "template-place",
	  SHOP
	  "    web:\n      image: debian-12\n      size: small\n      userData: |\n        #!/bin/sh\n        echo é ${self.keys} x\n",
	  12, 16, "\"${self.keys}\" is not a known name" },

	/* Bytes and syntax. */
	{ "not-utf-8", "# a\n# \xFF\xFE\n", 2, 1, "not UTF-8: byte 0xff at offset 6" },
	{ "utf-16",
	  "\xFF\xFE"
	  "a",
	  1, 1, "not UTF-8 but UTF-16" },
	{ "latin-1", "name: caf\xE9\n", 1, 1, "not UTF-8: byte 0xe9" },
	{ "control", "a: \x01\n", 1, 4, "a control character" },
	{ "tab", "a:\n\tb: 1\n", 2, 1, "a tab in the indentation" },
	{ "indentation", "a: 1\n b: 2\n", 2, 3, "is the indentation right" },
	{ "quote", "a: \"b\n", 2, 1, "is a quote missing?" },
	{ "at-sign", "a: @b\n", 1, 4, "begins with \"@\" needs quotes" },
	{ "colon", "a: b: c\n", 1, 5, "is the indentation right" },
	{ "flow-list", "a: [b, c\n", 2, 1, "a \",\" or \"]\" is missing" },
	{ "twice", WEB("count: 1, count: 2"), 7, 53, "\"count\" is here twice; first in line 7" },
	{ "merge", SHOP "    web: { <<: { image: debian-12 }, image: debian-12, size: small }\n", 7,
	  12, "merge keys are not supported; write the keys out" },
	{ "tag", WEB("count: !!int 3"), 7, 50, "tags are not supported" },
	{ "complex-key", "? [a]\n: b\n", 1, 3, "a key must be a text, not a list" },
	{ "alias-unknown", "a: *b\n", 1, 4, "no value has the anchor \"&b\"" },
	{ "alias-in-itself", "a: &b [*b]\n", 1, 8, "no value has the anchor \"&b\"" },
	{ "nul-escape", WEB("cloud: \"a\\0b\""), 7, 50, "a NUL character" },

	/* Clouds. */
	{ "secret",
	  "apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: x }\nspec: { connector: sim, credentials: { password: hunter2 } }\n",
	  4, 50, "this must be a map" },
	{ "credential-none",
	  "apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: x }\nspec: { connector: sim, credentials: { password: {} } }\n",
	  4, 50, "needs one of \"env\", \"file\"" },
	{ "credential-two",
	  "apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: x }\nspec: { connector: sim, credentials: { password: { env: A, file: /b } } }\n",
	  4, 66, "\"env\" and \"file\" exclude each other" },
	{ "credential-path",
	  "apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: x }\nspec: { connector: sim, credentials: { password: { file: b } } }\n",
	  4, 58, "a path must begin with \"/\"" },
	{ "credential-name",
	  "apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: x }\nspec: { connector: sim, credentials: { password: { credential: ../x } } }\n",
	  4, 64, "is no name of a credential" },
	{ "environment",
	  "apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: x }\nspec: { connector: sim, credentials: { password: { env: A-B } } }\n",
	  4, 57, "is no name of an environment variable" },
	{ "price",
	  "apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: x }\nspec: { connector: sim, sizes: { s: { price: 1e3 } } }\n",
	  4, 46, "is no price" },
	{ "setting-map",
	  "apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: x }\nspec: { connector: sim, settings: { a: { b: c } } }\n",
	  4, 40, "this must be a text, not a map" },
	{ "no-connector", "apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: x }\nspec: {}\n",
	  4, 7, "needs \"connector\"" },
	{ "limit-zero",
	  "apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: x }\nspec: { connector: sim, limits: { inFlight: 0 } }\n",
	  4, 45, "from 1 to 1000000" },
	{ "cloud-labels",
	  "apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: x, labels: {} }\nspec: { connector: sim }\n",
	  3, 22, "unknown key \"labels\" in the metadata of a cloud" },
};

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

static void test_row(const void *data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(GPtrArray) findings = findings_of(rows[i].text, strlen(rows[i].text));
	const struct finding *first = findings->len == 0 ? NULL : findings->pdata[0];

	g_assert_cmpuint(findings->len, ==, 1);
	if (first == NULL) {
		return;
	}
	g_assert_cmpstr(first->place.file, ==, "shop.yaml");
	g_assert_nonnull(strstr(first->text, rows[i].expected));
	g_assert_cmpuint(first->place.line, ==, rows[i].line);
	g_assert_cmpuint(first->place.column, ==, rows[i].column);
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
	for (size_t i = 0; i < times; i++) {
		g_string_append(text, part);
	}
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
		for (int j = 0; j < 10; j++) {
			g_string_append_printf(text, "%s*a%d", j == 0 ? "" : ", ", i - 1);
		}
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
	for (int i = 0; i < 20000; i++) {
		g_string_append_printf(keys, "k%d: 1\nk%d: 2\n", i, i);
	}
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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strconcat("/findings/", rows[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_row);
	}
	g_test_add_func("/findings/all-at-once", test_all_at_once);
	g_test_add_func("/findings/two-with-one-name", test_two_with_one_name);
	g_test_add_func("/findings/nul-byte", test_nul_byte);
	g_test_add_func("/findings/nesting", test_nesting);
	g_test_add_func("/findings/alias-bomb", test_alias_bomb);
	g_test_add_func("/findings/too-much", test_too_much);
	g_test_add_func("/findings/long-chain", test_long_chain);
	return g_test_run();
}
