/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Templates: what parses, what does not and where, and how values go in. */
#include "reconcile/manifest/template.h"

#include "reconcile/model/fault.h"

#include <string.h>

/* Each name's value is the name in capitals; an address of "later" is not known yet. */
static char *lookup(const char *name, void *data)
{
	unsigned *asked = data;

	(*asked)++;
	return strstr(name, "later") != NULL ? NULL : g_ascii_strup(name, -1);
}

static const struct {
	const char *text, *names, *resolved, *missing;
} rows[] = {
	{ "", "", "", NULL },
	{ "plain $HOME $(x) $ { } }", "", "plain $HOME $(x) $ { } }", NULL },
	{ "${self.key}", "self.key", "SELF.KEY", NULL },
	{ "a${self.name}b${self.ordinal}c", "self.name self.ordinal", "aSELF.NAMEbSELF.ORDINALc",
	  NULL },
	{ "${self.key}${self.key}", "self.key", "SELF.KEYSELF.KEY", NULL },
	{ "${labels.a.b/c} ${deployment.name}", "deployment.name labels.a.b/c",
	  "LABELS.A.B/C DEPLOYMENT.NAME", NULL },
	{ "${components.db.1.address}", "components.db.1.address", "COMPONENTS.DB.1.ADDRESS",
	  NULL },
	{ "$${self.key}", "", "${self.key}", NULL },
	{ "$$${self.key}", "", "$${self.key}", NULL },
	{ "$$ $", "", "$$ $", NULL },
	{ "x ${components.later.1.address}", "components.later.1.address", NULL,
	  "components.later.1.address" },
};

static void test_resolve(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		size_t offset = 0;
		unsigned asked = 0;
		const char *missing = NULL;
		autoptr(template) template = template_new(rows[i].text, &offset, &error);

		g_assert_no_error(error);
		g_autofree char *names = g_strjoinv(" ", (char **)template_names(template));
		g_autofree char *text = template_resolve(template, lookup, &asked, &missing);
		g_assert_cmpstr(names, ==, rows[i].names);
		g_assert_cmpstr(text, ==, rows[i].resolved);
		g_assert_cmpstr(missing, ==, rows[i].missing);
		g_assert_cmpstr(template_source(template), ==, rows[i].text);
	}
}

static const struct {
	const char *text;
	size_t offset;
} bad[] = {
	{ "${", 0 },
	{ "ab ${self.key", 3 },
	{ "${self.key\n}", 0 },
	{ "${}", 0 },
	{ "${self}", 0 },
	{ "${self.keys}", 0 },
	{ "${ self.key }", 0 },
	{ "ok ${self.key} ${HOME}", 15 },
	{ "${labels.}", 0 },
	{ "${labels.a b}", 0 },
	{ "${components.db.address}", 0 },
	{ "${components.db.1.name}", 0 },
	{ "${components.db.1.address.x}", 0 },
	{ "${components.DB.1.address}", 0 },
	{ "${self.${self.key}}", 0 },
};

static void test_bad(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		size_t offset = 99;

		g_test_message("%s", bad[i].text);
		g_assert_null(template_new(bad[i].text, &offset, &error));
		g_assert_error(error, FAULT_DOMAIN, FAULT_INVALID);
		g_assert_cmpuint(offset, ==, bad[i].offset);
	}
}

/* What goes in is never looked at again. */
static char *lookup_template(const char *name, void *data)
{
	(void)name;
	(void)data;
	return g_strdup("${self.key}");
}

static void test_values_are_no_templates(void)
{
	autoptr(template) template = template_new("${self.name}", NULL, NULL);
	g_autofree char *text = template_resolve(template, lookup_template, NULL, NULL);

	g_assert_cmpstr(text, ==, "${self.key}");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/template/resolve", test_resolve);
	g_test_add_func("/template/bad", test_bad);
	g_test_add_func("/template/values-are-no-templates", test_values_are_no_templates);
	return g_test_run();
}
