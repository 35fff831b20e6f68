/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "deployment.spec.components.ready": a walk through the rows. Lists and maps of the user's keys
 * are stepped over, as their keys are not in the path. */
#include "reconcile/manifest/check.h"
#include "reconcile/manifest/describe.h"
#include "reconcile/manifest/schema.h"
#include "reconcile/model/fault.h"

#include <string.h>

/* Where a path leads. */
struct spot {
	const struct describe_root *root; /* NULL: the path is empty */
	const struct row *row;            /* NULL: the root itself */
	const struct shape *fields;       /* what is below; NULL: nothing */
};

static const struct describe_root *root_find(const char *name)
{
	for (const struct describe_root *root = describe_roots; root->name != NULL; root++)
		if (g_ascii_strcasecmp(root->name, name) == 0)
			return root;
	return NULL;
}

static char **spot_names(const struct spot *spot)
{
	GPtrArray *names = g_ptr_array_new();

	for (const struct describe_root *root = describe_roots;
	     spot->root == NULL && root->name != NULL; root++)
		g_ptr_array_add(names, g_strdup(root->name));
	for (const struct row *row = spot->fields == NULL ? NULL : spot->fields->rows;
	     row != NULL && row->name != NULL; row++)
		g_ptr_array_add(names, g_strdup(row->name));
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

static bool spot_step(struct spot *spot, const char *word)
{
	if (spot->root == NULL) {
		spot->root = root_find(word);
		spot->fields = spot->root == NULL ? NULL : spot->root->shape;
		return spot->root != NULL;
	}
	const struct row *row = spot->fields == NULL ? NULL : check_find_row(spot->fields, word);

	if (row == NULL)
		return false;
	spot->row = row;
	spot->fields = describe_inner(row->shape);
	return true;
}

static bool spot_find(const char *path, struct spot *ret_spot, GError **error)
{
	g_auto(GStrv) words = g_strsplit(path, ".", -1);
	struct spot spot = { 0 };

	for (char **word = words; *word != NULL; word++) {
		struct spot before = spot;

		if (**word == '\0' || spot_step(&spot, *word))
			continue;
		g_auto(GStrv) names = spot_names(&before);
		g_autofree char *hint = check_hint(*word, (const char *const *)names);
		g_set_error(error, FAULT_DOMAIN, FAULT_NOT_FOUND, "no field \"%s\" in \"%s\"%s",
		            *word, path, hint);
		return false;
	}
	*ret_spot = spot;
	return true;
}

static size_t names_width(const struct shape *fields)
{
	size_t width = 0;

	for (const struct row *row = fields->rows; row->name != NULL; row++)
		width = MAX(width, strlen(row->name));
	return width;
}

static void fields_append(GString *text, const struct shape *fields)
{
	int width = (int)names_width(fields);

	g_string_append(text, "\nFields:\n");
	for (const struct row *row = fields->rows; row->name != NULL; row++) {
		g_autofree char *type = describe_type(row->shape);

		g_string_append_printf(text, "  %-*s  %s%s\n  %*s  %s\n", width, row->name, type,
		                       row->is_required ? " (required)" : "", width, "", row->help);
	}
}

static void row_append(GString *text, const struct row *row)
{
	g_autofree char *type = describe_type(row->shape);

	g_string_append_printf(text, "Type:     %s%s\n", type,
	                       row->is_required ? ", required" : "");
	if (row->fallback != NULL)
		g_string_append_printf(text, "Default:  %s\n", row->fallback);
	g_string_append_printf(text, "Example:  %s: %s\n\n%s\n", row->name, row->example,
	                       row->help);
}

static char *roots_text(void)
{
	GString *text = g_string_new("");

	for (const struct describe_root *root = describe_roots; root->name != NULL; root++)
		g_string_append_printf(text, "%-10s  %s\n", root->name, root->help);
	return g_string_free(text, FALSE);
}

char *schema_explain(const char *path, GError **error)
{
	struct spot spot = { 0 };

	if (!spot_find(path, &spot, error))
		return NULL;
	if (spot.root == NULL)
		return roots_text();
	GString *text = g_string_new("");

	g_string_append_printf(text, "%s\n\n", path);
	if (spot.row == NULL)
		g_string_append_printf(text, "%s\n", spot.root->help);
	else
		row_append(text, spot.row);
	if (spot.fields != NULL)
		fields_append(text, spot.fields);
	return g_string_free(text, FALSE);
}

char **schema_children(const char *path)
{
	struct spot spot = { 0 };

	return spot_find(path, &spot, NULL) ? spot_names(&spot) : g_new0(char *, 1);
}
