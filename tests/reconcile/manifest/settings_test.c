/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A cloud's settings against a connector's rows. */
#include "reconcile/manifest/settings.h"

#include "reconcile/manifest/manifests.h"

#include <string.h>

static const struct setting_row rows[] = {
	{ "authUrl", SETTING_URL, true, false, NULL, "where the cloud answers" },
	{ "region", SETTING_TEXT, false, false, "RegionOne", "the region" },
	{ "insecure", SETTING_BOOL, false, false, "false", "whether any certificate will do" },
	{ "retries", SETTING_NUMBER, false, false, NULL, "how often" },
	{ "disk", SETTING_BYTES, false, false, NULL, "how big" },
	{ "timeout", SETTING_DURATION, false, false, "30s", "how long" },
	{ "cache", SETTING_PATH, false, false, NULL, "where" },
	{ "password", SETTING_TEXT, true, true, NULL, "the secret" },
	{ 0 },
};

#define URL "authUrl: \"https://cloud.example.org:5000/v3\""
#define SECRET "password: { env: PASSWORD }"

static const struct {
	const char *settings, *credentials;
	const char *expected; /* NULL: nothing is wrong */
} cases[] = {
	{ URL, SECRET, NULL },
	{ URL ", insecure: true, retries: 3, disk: 1GiB, timeout: 5m, cache: ./x", SECRET, NULL },
	{ URL ", rejion: x", SECRET,
	  "connector \"x\" knows no setting \"rejion\"; did you mean \"region\"?" },
	{ "region: x", SECRET,
	  "connector \"x\" needs the setting \"authUrl\": where the cloud answers" },
	{ URL, "", "connector \"x\" needs the credential \"password\"" },
	{ URL, SECRET ", pasword: { env: X }",
	  "knows no credential \"pasword\"; did you mean \"password\"?" },
	{ URL ", password: hunter2", SECRET,
	  "\"password\" is a secret; it belongs under credentials" },
	{ URL, SECRET ", region: { env: X }",
	  "\"region\" is a setting; it belongs under settings" },
	{ "authUrl: cloud.example.org", SECRET, "setting \"authUrl\": must be an address" },
	{ "authUrl: \"ftp://x\"", SECRET, "must be an address" },
	{ "authUrl: \"https://[x\"", SECRET, "must be an address" },
	{ URL ", insecure: yes", SECRET,
	  "setting \"insecure\": must be true or false, not \"yes\"" },
	{ URL ", retries: -1", SECRET, "must be a whole number, not \"-1\"" },
	{ URL ", disk: 4Gb", SECRET, "did you mean \"4GiB\"?" },
	{ URL ", timeout: 5", SECRET, "did you mean \"5s\"?" },
	{ URL ", cache: \"\"", SECRET, "must be a path" },
};

static struct fleet *fleet_of(const char *settings, const char *credentials)
{
	autoptr(manifests) manifests = manifests_new(&manifests_limits_default);
	g_autofree char *text = g_strdup_printf("apiVersion: muster/v1\nkind: Cloud\n"
	                                        "metadata: { name: lab }\nspec:\n"
	                                        "  connector: x\n  settings: { %s }\n"
	                                        "  credentials: { %s }\n",
	                                        settings, credentials);
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

	manifests_put(manifests, "a.yaml", bytes);
	return manifests_fleet(manifests, NULL);
}

static void test_check(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		autoptr(fleet) fleet = fleet_of(cases[i].settings, cases[i].credentials);
		const struct cloud *lab = fleet_find_cloud(fleet, "lab");
		g_autoptr(GPtrArray) findings = finding_array_new();

		g_test_message("%s", cases[i].settings);
		g_assert_cmpint(settings_check(lab, rows, findings), ==, cases[i].expected == NULL);
		g_assert_cmpuint(findings->len, ==, cases[i].expected != NULL);
		if (findings->len > 0) {
			const struct finding *first = findings->pdata[0];
			g_assert_nonnull(strstr(first->text, cases[i].expected));
			g_assert_cmpstr(first->document, ==, "Cloud lab");
			g_assert_cmpuint(first->place.line, >=, 5);
		}
	}
}

static void test_resolve(void)
{
	autoptr(fleet) fleet = fleet_of(URL ", timeout: 5m", SECRET);
	autoptr(pairs) settings = settings_resolve(fleet_find_cloud(fleet, "lab"), rows);

	g_assert_cmpuint(settings->len, ==, 4);
	g_assert_cmpstr(pairs_get(settings, "authUrl"), ==, "https://cloud.example.org:5000/v3");
	g_assert_cmpstr(pairs_get(settings, "region"), ==, "RegionOne");
	g_assert_cmpstr(pairs_get(settings, "insecure"), ==, "false");
	g_assert_cmpstr(pairs_get(settings, "timeout"), ==, "5m");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/settings/check", test_check);
	g_test_add_func("/settings/resolve", test_resolve);
	return g_test_run();
}
