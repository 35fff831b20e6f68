/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What schema_json_test.py asks: the schema, the bad manifests, what is found in a file. */
#include "reconcile/manifest/config.h"
#include "reconcile/manifest/manifests.h"
#include "reconcile/manifest/schema.h"
#include "tests/reconcile/manifest/bad_manifests.h"

#include <jansson.h>
#include <stdio.h>

static int print_schema(void)
{
	g_autofree char *text = schema_to_json();

	fputs(text, stdout);
	return 0;
}

/* As { name: text }; what is no UTF-8 is left out, as JSON cannot hold it. */
static int print_bad(void)
{
	json_t *all = json_object();

	for (size_t i = 0; i < G_N_ELEMENTS(bad_manifests); i++)
		json_object_set_new(all, bad_manifests[i].name, json_string(bad_manifests[i].text));
	json_dumpf(all, stdout, 0);
	json_decref(all);
	return 0;
}

static int print_findings(const GPtrArray *findings)
{
	for (guint i = 0; i < findings->len; i++) {
		g_autofree char *text = finding_format(findings->pdata[i], false);
		fputs(text, stdout);
	}
	return findings->len > 0;
}

static int check_manifest(const char *path, GBytes *bytes)
{
	autoptr(manifests) manifests = manifests_new(&manifests_limits_default);
	g_autoptr(GPtrArray) findings = NULL;

	manifests_put(manifests, path, bytes);
	autoptr(fleet) fleet = manifests_fleet(manifests, &findings);
	return print_findings(findings);
}

static int check_config(const char *path, GBytes *bytes)
{
	g_autoptr(GPtrArray) findings = finding_array_new();
	struct config config;

	if (config_decode(bytes, path, &config, findings))
		config_clear(&config);
	return print_findings(findings);
}

int main(int argc, char **argv)
{
	char *text = NULL;
	size_t len = 0;

	if (argc == 2 && g_str_equal(argv[1], "schema"))
		return print_schema();
	if (argc == 2 && g_str_equal(argv[1], "bad"))
		return print_bad();
	if (argc != 3 || !g_file_get_contents(argv[2], &text, &len, NULL)) {
		fputs("usage: schema_probe schema | bad | manifest FILE | config FILE\n", stderr);
		return 2;
	}
	g_autoptr(GBytes) bytes = g_bytes_new_take(text, len);

	return g_str_equal(argv[1], "config") ? check_config(argv[2], bytes)
	                                      : check_manifest(argv[2], bytes);
}
