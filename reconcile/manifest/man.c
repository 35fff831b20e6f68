/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster.yaml(5) from the rows. */
#include "reconcile/manifest/describe.h"
#include "reconcile/manifest/schema.h"

#include <string.h>

static const char head[] =
	".TH MUSTER.YAML 5 2026-11-22 Muster \"File formats\"\n"
	".SH NAME\n"
	"muster.yaml \\- manifests of Muster, and the agent's configuration\n"
	".SH DESCRIPTION\n"
	"A manifest says which virtual machines an application needs (kind Deployment), or how a cloud\n"
	"is reached (kind Cloud). It is a YAML document; a file may hold many, divided by lines of\n"
	"\"---\", and a directory any depth of files that end in .yaml or .yml.\n"
	".PP\n"
	"Names of clouds, deployments, components and members are 1 to 63 characters of a\\-z, 0\\-9 and\n"
	"\"\\-\". Sizes take the units B, kB, MB, GB, TB, KiB, MiB, GiB and TiB; durations ms, s, m, h\n"
	"and d. Types are not guessed: where a text is meant, no, on and 0755 are texts. A key that is\n"
	"not listed here is an error. Anchors and aliases are taken, merge keys and tags are not.\n"
	".PP\n"
	"A document that is wrong hurts only itself: its last good version stays in force until it is\n"
	"mended. \"muster validate\" shows all that is wrong; \"muster explain\" shows one field.\n"
	".PP\n"
	"A file may hold at most 1 MiB, 1000 documents, 100000 values, 100 aliases and 32 levels of\n"
	"nesting; a component at most 100000 members.\n";

static const char tail[] = ".SH EXAMPLE\n"
			   ".nf\n"
			   "apiVersion: muster/v1\n"
			   "kind: Cloud\n"
			   "metadata: { name: here }\n"
			   "spec:\n"
			   "  connector: sim\n"
			   "\\-\\-\\-\n"
			   "apiVersion: muster/v1\n"
			   "kind: Deployment\n"
			   "metadata: { name: shop }\n"
			   "spec:\n"
			   "  cloud: here\n"
			   "  components:\n"
			   "    web: { count: 3, image: debian\\-12, size: small }\n"
			   ".fi\n"
			   ".SH SEE ALSO\n"
			   ".BR muster (1)\n";

/* Text as roff shows it: no escapes, no requests. */
static void text_append(GString *man, const char *text)
{
	if (*text == '.' || *text == '\'')
		g_string_append(man, "\\&");
	for (const char *at = text; *at != '\0'; at++)
		if (*at == '\\')
			g_string_append(man, "\\e");
		else if (*at == '-')
			g_string_append(man, "\\-");
		else
			g_string_append_c(man, *at);
}

static void row_append(GString *man, const struct row *row)
{
	g_autofree char *type = describe_type(row->shape);

	g_string_append(man, ".TP\n.BR ");
	text_append(man, row->name);
	g_string_append(man, " \" (");
	g_auto(GStrv) parts = g_strsplit(type, "\"", -1);
	g_autofree char *quoted = g_strjoinv("\\(dq", parts);
	g_string_append(man, quoted);
	g_string_append(man, row->is_required ? "; required)\"\n" : ")\"\n");
	text_append(man, row->help);
	if (row->fallback != NULL) {
		g_string_append(man, "\nDefault: ");
		text_append(man, row->fallback);
		g_string_append_c(man, '.');
	}
	g_string_append(man, "\n.br\nExample: ");
	text_append(man, row->name);
	g_string_append(man, ": ");
	text_append(man, row->example);
	g_string_append_c(man, '\n');
}

/* Recursion is as deep as the tables, which are ours. */
static void fields_append(GString *man, const struct shape *fields)
{
	for (const struct row *row = fields->rows; row->name != NULL; row++) {
		const struct shape *inner = describe_inner(row->shape);

		row_append(man, row);
		if (inner != NULL) {
			g_string_append(man, ".RS\n");
			fields_append(man, inner);
			g_string_append(man, ".RE\n");
		}
	}
}

char *schema_to_man(void)
{
	GString *man = g_string_new(head);

	for (const struct describe_root *root = describe_roots; root->name != NULL; root++) {
		g_autofree char *title = g_ascii_strup(root->name, -1);

		g_string_append_printf(man, ".SH %s\n", title);
		text_append(man, root->help);
		g_string_append_c(man, '\n');
		fields_append(man, root->shape);
	}
	g_string_append(man, tail);
	return g_string_free(man, FALSE);
}
