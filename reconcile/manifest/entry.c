/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file is cut at its "---" lines before anything is parsed, so that bad syntax in one document
 * leaves the others of its file alone. */
#include "reconcile/manifest/entry.h"

#include "reconcile/manifest/check.h"
#include "reconcile/manifest/rows.h"
#include "reconcile/manifest/shapes.h"
#include "reconcile/model/key.h"

#include <string.h>

static void cloud_free_cb(void *cloud)
{
	cloud_unref(cloud);
}

static void deployment_free_cb(void *deployment)
{
	deployment_unref(deployment);
}

const struct kind kinds[KINDS] = {
	[KIND_CLOUD] = { .name = "Cloud",
	                 .shape = &shape_cloud,
	                 .help = "An account at a provider, reached through a connector.",
	                 .decode = cloud_decode,
	                 .free = cloud_free_cb },
	[KIND_DEPLOYMENT] = { .name = "Deployment",
	                      .shape = &shape_deployment,
	                      .help = "An application: one or more components, each a set of equal "
	                              "members.",
	                      .decode = deployment_decode,
	                      .free = deployment_free_cb,
	                      .check = deployment_check },
};

static bool is_marker(const char *line, const char *end, const char *marker)
{
	return end - line >= 3 && memcmp(line, marker, 3) == 0 &&
	       (end - line == 3 || strchr(" \t\r\n", line[3]) != NULL);
}

/* Blank, a comment or a directive: what may stand before "---" and belongs to what follows it. */
static bool is_prologue(const char *line, const char *end)
{
	while (line < end && (*line == ' ' || *line == '\t'))
		line++;
	return line == end || *line == '#' || *line == '%' || source_break_len(line, end) > 0;
}

static const char *line_next(const char *at, const char *end)
{
	size_t len = 0;

	while (at < end && (len = source_break_len(at, end)) == 0)
		at++;
	return at + len;
}

bool piece_next(struct piece *piece, const char *end)
{
	const char *start = piece->text + piece->len;
	const char *next = start;
	bool has_content = false, is_over = false;
	uint32_t lines = 0;

	for (const char *at = piece->text; at < start; at = line_next(at, end))
		lines++;
	for (const char *at = start; at < end && !is_over; at = next) {
		if (has_content && is_marker(at, end, "---"))
			break;
		next = line_next(at, end);
		has_content = has_content || !is_prologue(at, end);
		is_over = is_marker(at, end, "...");
	}
	*piece = (struct piece){ start, (size_t)(next - start), piece->line + lines };
	return next > start;
}

static enum kind_id kind_find(const char *name)
{
	for (size_t i = 0; name != NULL && i < KINDS; i++)
		if (g_str_equal(kinds[i].name, name))
			return (enum kind_id)i;
	return KINDS;
}

/* A document of no known kind has only its head checked: what it means is not known. */
static void head_check(struct source *source, const struct node *root)
{
	const struct node *version = node_get(root, "apiVersion");
	const struct node *kind = node_get(root, "kind");

	if (root->kind != NODE_MAP) {
		source_find(source, root,
		            "a document must be a map with \"apiVersion\", \"kind\", \"metadata\" "
		            "and \"spec\", not %s",
		            check_node_title(root));
		return;
	}
	if (version == NULL)
		source_find(source, root, "a document needs \"apiVersion\"");
	else
		check_node(source, &shape_api_version, version);
	if (kind == NULL)
		source_find(source, root, "a document needs \"kind\"");
	else
		check_node(source, &shape_kind, kind);
}

/* The kind and name are wanted of bad documents too: their last good version goes by them. */
static void entry_identify(struct entry *entry, const struct node *root)
{
	const struct node *name = node_get(node_get(root, "metadata"), "name");

	entry->kind = kind_find(node_text(node_get(root, "kind")));
	if (entry->kind != KINDS && node_text(name) != NULL && key_name_is_valid(name->text)) {
		entry->name = g_strdup(name->text);
		entry->name_place = (struct place){ entry->file, name->line, name->column };
	}
}

static void entry_check(struct entry *entry, struct source *source, const struct node *root)
{
	if (entry->kind == KINDS) {
		head_check(source, root);
		return;
	}
	check_node(source, kinds[entry->kind].shape, root);
	if (kinds[entry->kind].check != NULL)
		kinds[entry->kind].check(source, root);
}

static void entry_label(struct entry *entry)
{
	for (guint i = 0; entry->name != NULL && i < entry->findings->len; i++) {
		struct finding *finding = entry->findings->pdata[i];
		finding->document = g_strdup_printf("%s %s", kinds[entry->kind].name, entry->name);
	}
}

struct source entry_source(const struct entry *entry, const struct manifest_limits *limits,
                           GPtrArray *findings)
{
	return (struct source){ .file = entry->file,
		                .text = entry->text,
		                .len = entry->len,
		                .line = entry->line,
		                .limits = limits,
		                .findings = findings };
}

struct entry *entry_new(const char *file, const struct piece *piece,
                        const struct manifest_limits *limits, struct yaml_usage *usage)
{
	struct entry *entry = g_new0(struct entry, 1);
	struct yaml_usage before = *usage;

	entry->file = g_intern_string(file);
	entry->line = piece->line;
	entry->text = g_ref_string_new_len(piece->text, (gssize)piece->len);
	entry->len = piece->len;
	entry->kind = KINDS;
	entry->findings = finding_array_new();

	struct source source = entry_source(entry, limits, entry->findings);
	autoptr(tree) tree = yaml_parse(&source, usage);

	entry->usage.nodes = usage->nodes - before.nodes;
	entry->usage.aliases = usage->aliases - before.aliases;
	if (tree->root != NULL && !node_is_null(tree->root)) {
		entry_identify(entry, tree->root);
		entry_check(entry, &source, tree->root);
		if (entry->findings->len == 0)
			entry->object = kinds[entry->kind].decode(&source, tree->root);
	}
	entry_label(entry);
	return entry;
}

void entry_free(struct entry *entry)
{
	if (entry == NULL)
		return;
	if (entry->object != NULL)
		kinds[entry->kind].free(entry->object);
	g_ref_string_release(entry->text);
	g_free(entry->name);
	g_ptr_array_unref(entry->findings);
	g_free(entry);
}

bool entry_is_empty(const struct entry *entry)
{
	return entry->object == NULL && entry->findings->len == 0;
}
