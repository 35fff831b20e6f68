/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent's configuration: its defaults, its values, and what is wrong with it. */
#include "reconcile/manifest/config.h"

#include "reconcile/model/finding.h"

#include <string.h>

static bool decode(const char *text, struct config *config, GPtrArray *findings)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));

	return config_decode(bytes, "agent.yaml", config, findings);
}

static void test_defaults(void)
{
	static const char *const texts[] = { "", "# nothing\n", "---\n", "{}\n", "limits: {}\n" };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GPtrArray) findings = finding_array_new();
		struct config config;

		g_assert_true(decode(texts[i], &config, findings));
		g_assert_null(config.manifests);
		g_assert_null(config.owner);
		g_assert_cmpint(config.log_format, ==, CONFIG_LOG_AUTO);
		g_assert_cmpint(config.log_level, ==, CONFIG_LOG_INFO);
		g_assert_cmpuint(config.limits.deletions, ==, 5);
		g_assert_cmpuint(config.limits.deletions_percent, ==, 10);
		g_assert_cmpint(config.limits.deletion_window_ms, ==, 3600000);
		g_assert_cmpint(config.limits.missing_grace_ms, ==, 600000);
		g_assert_cmpint(config.settle_ms, ==, 50);
		config_clear(&config);
	}
}

static void test_values(void)
{
	g_autoptr(GPtrArray) findings = finding_array_new();
	struct config config;

	g_assert_true(decode("manifests: /m\nstate: /s\nplugins: /p\nowner: lab-1\n"
	                     "log: { format: json, level: debug }\n"
	                     "limits:\n"
	                     "  deletions: { count: 0, percent: 100, window: 1m }\n"
	                     "  missingGrace: 5s\n"
	                     "  poll: { busy: 500ms, rest: 2m }\n"
	                     "  probesInFlight: 7\n"
	                     "  settle: 0s\n",
	                     &config, findings));
	g_assert_cmpstr(config.manifests, ==, "/m");
	g_assert_cmpstr(config.state, ==, "/s");
	g_assert_cmpstr(config.plugins, ==, "/p");
	g_assert_cmpstr(config.owner, ==, "lab-1");
	g_assert_cmpint(config.log_format, ==, CONFIG_LOG_JSON);
	g_assert_cmpint(config.log_level, ==, CONFIG_LOG_DEBUG);
	g_assert_cmpuint(config.limits.deletions, ==, 0);
	g_assert_cmpuint(config.limits.deletions_percent, ==, 100);
	g_assert_cmpint(config.limits.deletion_window_ms, ==, 60000);
	g_assert_cmpint(config.limits.missing_grace_ms, ==, 5000);
	g_assert_cmpint(config.limits.busy_ms, ==, 500);
	g_assert_cmpint(config.limits.rest_ms, ==, 120000);
	g_assert_cmpuint(config.limits.probes_in_flight, ==, 7);
	g_assert_cmpint(config.settle_ms, ==, 0);
	config_clear(&config);
}

static const struct {
	const char *text;
	uint32_t line, column;
	const char *expected;
} rows[] = {
	{ "limits:\n  missinggrace: 1m\n", 2, 3, "did you mean \"missingGrace\"?" },
	{ "manifest: /m\n", 1, 1, "unknown key \"manifest\" in the configuration; did you mean" },
	{ "manifests: m\n", 1, 12, "a path must begin with \"/\"" },
	{ "log: { level: loud }\n", 1, 15, "must be one of \"error\", \"warning\"" },
	{ "limits: { deletions: { percent: 101 } }\n", 1, 33, "from 0 to 100" },
	{ "limits: { missingGrace: 5 }\n", 1, 25, "did you mean \"5s\"?" },
	{ "limits: { poll: { busy: 2m } }\n", 1, 17, "must not be longer" },
	{ "a: 1\n---\nb: 2\n", 1, 1, "unknown key \"a\"" },
	{ "manifests: /m\n---\nstate: /s\n", 2, 1, "one document" },
	{ "- a\n", 1, 1, "a map, not a list" },
	{ "a: [", 1, 5, "a value is missing" },
	{ "\xFF", 1, 1, "not UTF-8" },
};

static void test_wrong(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) findings = finding_array_new();
		struct config config = { .settle_ms = 77 };

		g_test_message("%s", rows[i].text);
		g_assert_false(decode(rows[i].text, &config, findings));
		g_assert_cmpint(config.settle_ms, ==, 77);
		g_ptr_array_sort(findings, finding_compare);
		const struct finding *first = findings->pdata[0];
		g_assert_nonnull(strstr(first->text, rows[i].expected));
		g_assert_cmpstr(first->place.file, ==, "agent.yaml");
		g_assert_cmpuint(first->place.line, ==, rows[i].line);
		g_assert_cmpuint(first->place.column, ==, rows[i].column);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/config/defaults", test_defaults);
	g_test_add_func("/config/values", test_values);
	g_test_add_func("/config/wrong", test_wrong);
	return g_test_run();
}
