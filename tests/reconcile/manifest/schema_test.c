/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What explain says, which words complete a path, and that the manual names each field. */
#include "reconcile/manifest/schema.h"

#include "reconcile/model/fault.h"

#include <string.h>

static const struct {
	const char *path, *expected;
} rows[] = {
	{ "", "deployment" },
	{ "deployment", "apiVersion" },
	{ "Deployment.metadata", "What the application is called" },
	{ "deployment.spec.components.ready", "Default:  as soon as it runs" },
	{ "deployment.spec.components.ready.within", "duration as 30s" },
	{ "deployment.spec.components.size.memory", "At least this much memory" },
	{ "deployment.spec.components.firewall.port", "whole number from 1 to 65535, required" },
	{ "cloud.spec.sizes.price", "currency" },
	{ "cloud.spec.credentials", "command" },
	{ "config.limits.deletions.window", "Default:  1h" },
};

static void test_explain(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *text = schema_explain(rows[i].path, &error);

		g_assert_no_error(error);
		g_assert_nonnull(strstr(text, rows[i].expected));
	}
}

static const struct {
	const char *path, *expected;
} unknown[] = {
	{ "deploymnt", "no field \"deploymnt\" in \"deploymnt\"; did you mean \"deployment\"?" },
	{ "deployment.spec.components.redy", "did you mean \"ready\"?" },
	{ "deployment.spec.components.ready.tcp.x", "no field \"x\"" },
};

static void test_unknown(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(schema_explain(unknown[i].path, &error));
		g_assert_error(error, FAULT_DOMAIN, FAULT_NOT_FOUND);
		g_assert_nonnull(strstr(error->message, unknown[i].expected));
	}
}

/* Each field is explained, has a place in the manual, and an end. */
static void walk(const char *path, const char *man, unsigned depth)
{
	g_auto(GStrv) children = schema_children(path);

	g_assert_cmpuint(depth, <, 10);
	for (char **child = children; *child != NULL; child++) {
		g_autofree char *below = g_strconcat(path, *path == '\0' ? "" : ".", *child, NULL);
		g_autofree char *entry = g_strdup_printf(depth == 0 ? ".SH " : ".BR %s ", *child);
		g_autofree char *text = schema_explain(below, NULL);

		g_assert_nonnull(text);
		g_assert_nonnull(strstr(man, entry));
		walk(below, man, depth + 1);
	}
}

static void test_each_field(void)
{
	g_autofree char *man = schema_to_man();
	g_auto(GStrv) roots = schema_children("");
	g_auto(GStrv) none = schema_children("nothing.at.all");

	g_assert_cmpuint(g_strv_length(roots), ==, 3);
	g_assert_cmpuint(g_strv_length(none), ==, 0);
	walk("", man, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/schema/explain", test_explain);
	g_test_add_func("/schema/unknown", test_unknown);
	g_test_add_func("/schema/each-field", test_each_field);
	return g_test_run();
}
