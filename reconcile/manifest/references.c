/* SPDX-License-Identifier: GPL-2.0-or-later */
/* References inside of a deployment are checked on its tree, so that each has its place and broken
 * documents are checked as far as they go; those to clouds are checked on what was decoded. */
#include "reconcile/manifest/references.h"

#include "reconcile/manifest/check.h"
#include "reconcile/manifest/graph.h"
#include "reconcile/manifest/rows.h"
#include "reconcile/manifest/template.h"

#include <string.h>

enum {
	WORDS_SHOWN = 8 /* of what a cloud has, in a message */
};

/* A deployment's tree while it is looked at. */
struct look {
	struct source *source;
	const struct node *root;
	const struct node *components; /* a map */
	GHashTable *indices;           /* name → index + 1 */
	struct graph *graph;           /* of after and of addresses */
};

static size_t look_index(const struct look *look, const char *name)
{
	return GPOINTER_TO_SIZE(g_hash_table_lookup(look->indices, name));
}

static char *component_hint(const struct look *look, const char *name)
{
	g_autofree const char **names = g_new0(const char *, look->components->len + 1);

	for (size_t i = 0; i < look->components->len; i++)
		names[i] = node_key(look->components, i)->text;
	return check_hint(name, names);
}

static void after_check(struct look *look, size_t component, const struct node *after)
{
	for (size_t i = 0; after != NULL && after->kind == NODE_LIST && i < after->len &&
	                   !source_is_full(look->source);
	     i++) {
		const char *name = node_text(after->items[i]);
		size_t index = name == NULL ? 0 : look_index(look, name);

		if (index > 0) {
			graph_add(look->graph, component, index - 1);
		} else if (name != NULL) {
			g_autofree char *hint = component_hint(look, name);
			source_find(look->source, after->items[i],
			            "no component is called \"%s\"%s", name, hint);
		}
	}
}

static bool member_is_there(const struct node *component, const char *member)
{
	const struct node *members = node_get(component, "members");
	const char *count_text = node_text(node_get(component, "count"));
	int64_t count = 1, ordinal = 0;

	if (members == NULL || members->kind != NODE_LIST) {
		check_integer(count_text == NULL ? "1" : count_text, &count);
		return check_integer(member, &ordinal) && ordinal >= 1 && ordinal <= count;
	}
	for (size_t i = 0; i < members->len; i++)
		if (g_strcmp0(node_text(members->items[i]), member) == 0)
			return true;
	return false;
}

/* What is wrong with "components.X.N.address" in the user data of @component, or NULL. */
static char *address_check(struct look *look, size_t component, const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, ".", 4);
	size_t index = look_index(look, parts[1]);

	if (index == 0) {
		g_autofree char *hint = component_hint(look, parts[1]);
		return g_strdup_printf("no component is called \"%s\"%s", parts[1], hint);
	}
	if (index - 1 == component) {
		return g_strdup_printf(
			"a member of \"%s\" cannot wait for an address of \"%s\" itself", parts[1],
			parts[1]);
	}
	if (!member_is_there(node_value(look->components, index - 1), parts[2]))
		return g_strdup_printf("component \"%s\" has no member \"%s\"", parts[1], parts[2]);
	graph_add(look->graph, component, index - 1);
	return NULL;
}

static char *label_check(const struct look *look, const struct node *component, const char *label)
{
	const struct node *inherited = node_get(node_get(look->root, "metadata"), "labels");

	if (node_get(node_get(component, "labels"), label) != NULL ||
	    node_get(inherited, label) != NULL)
		return NULL;
	return g_strdup_printf("no label is called \"%s\" here", label);
}

static void template_check(struct look *look, size_t component, const struct node *user_data)
{
	size_t offset = 0;
	autoptr(template) template = template_new(user_data->text, &offset, NULL);
	const char *const *names = template == NULL ? NULL : template_names(template);

	for (; names != NULL && *names != NULL; names++) {
		g_autofree char *reference = g_strdup_printf("${%s}", *names);
		const char *at = strstr(user_data->text, reference);
		char *problem = NULL;

		if (g_str_has_prefix(*names, "components.")) {
			problem = address_check(look, component, *names);
		} else if (g_str_has_prefix(*names, "labels.")) {
			problem = label_check(look, node_value(look->components, component),
			                      *names + strlen("labels."));
		}
		if (problem != NULL) {
			source_find_inside(look->source, user_data, (size_t)(at - user_data->text),
			                   problem);
		}
	}
}

static void component_check(struct look *look, size_t i, bool has_cloud)
{
	const struct node *key = node_key(look->components, i);
	const struct node *component = node_value(look->components, i);
	const struct node *user_data = node_get(component, "userData");

	if (component->kind != NODE_MAP)
		return;
	if (!has_cloud && node_get(component, "cloud") == NULL) {
		source_find(look->source, key,
		            "component \"%s\" has no cloud; give it one, or give spec one for all",
		            key->text);
	}
	after_check(look, i, node_get(component, "after"));
	if (node_text(user_data) != NULL)
		template_check(look, i, user_data);
}

static void cycle_check(struct look *look)
{
	GArray *cycle = NULL;
	g_autofree unsigned *ranks = graph_ranks(look->graph, &cycle);

	if (ranks != NULL)
		return;
	g_autoptr(GString) text = g_string_new("components wait for each other in a circle: ");
	size_t first = g_array_index(cycle, size_t, 0);

	for (guint i = 0; i < cycle->len && i < WORDS_SHOWN; i++) {
		size_t index = g_array_index(cycle, size_t, i);
		g_string_append_printf(text, "%s → ", node_key(look->components, index)->text);
	}
	g_string_append(text, cycle->len > WORDS_SHOWN ? "... → " : "");
	g_string_append(text, node_key(look->components, first)->text);
	source_find(look->source, node_key(look->components, first), "%s", text->str);
	g_array_unref(cycle);
}

static void spec_check_presence(struct source *source, const struct node *root)
{
	const char *state = node_text(node_get(node_get(root, "metadata"), "state"));

	if (root->kind == NODE_MAP && node_get(root, "spec") == NULL &&
	    (state == NULL || g_str_equal(state, "present"))) {
		source_find(source, root,
		            "a Deployment needs \"spec\", unless metadata.state is "
		            "\"absent\"");
	}
}

void deployment_check(struct source *source, const struct node *root)
{
	const struct node *spec = node_get(root, "spec");
	struct look look = { .source = source,
		             .root = root,
		             .components = node_get(spec, "components") };

	spec_check_presence(source, root);
	if (look.components == NULL || look.components->kind != NODE_MAP)
		return;
	look.indices = g_hash_table_new(g_str_hash, g_str_equal);
	look.graph = graph_new(look.components->len);
	for (size_t i = 0; i < look.components->len; i++) {
		g_hash_table_insert(look.indices, node_key(look.components, i)->text,
		                    GSIZE_TO_POINTER(i + 1));
	}
	for (size_t i = 0; i < look.components->len && !source_is_full(source); i++)
		component_check(&look, i, node_get(spec, "cloud") != NULL);
	cycle_check(&look);
	graph_free(look.graph);
	g_hash_table_unref(look.indices);
}

static void find_at(struct source *source, const struct place *place, char *own_text)
{
	source_find_at(source, place->line, place->column, own_text);
}

/* "it has \"a\", \"b\" and 3 more" and the nearest of @words. */
static char *words_text(const char *word, const GPtrArray *words)
{
	g_autoptr(GString) text = g_string_new("it has ");
	g_autofree char *hint = check_hint(word, (const char *const *)words->pdata);

	for (guint i = 0; i < words->len - 1 && i < WORDS_SHOWN; i++) {
		g_string_append_printf(text, "%s\"%s\"", i == 0 ? "" : ", ",
		                       (const char *)words->pdata[i]);
	}
	if (words->len - 1 > WORDS_SHOWN)
		g_string_append_printf(text, " and %u more", words->len - 1 - WORDS_SHOWN);
	g_string_append(text, hint);
	return g_strdup(text->str);
}

static void image_check(struct source *source, const struct component *component,
                        const struct cloud *cloud)
{
	const char *word = component->spec->image;
	g_autoptr(GPtrArray) words = g_ptr_array_new();

	if (cloud->images->len == 0 || cloud_find_image(cloud, word) != NULL)
		return;
	for (guint i = 0; i < cloud->images->len; i++)
		g_ptr_array_add(words, ((struct image *)cloud->images->pdata[i])->word);
	g_ptr_array_add(words, NULL);
	g_autofree char *known = words_text(word, words);

	find_at(source, &component->spec->places[SPEC_IMAGE],
	        g_strdup_printf("cloud \"%s\" has no image \"%s\"; %s", cloud->name, word, known));
}

static void size_check(struct source *source, const struct component *component,
                       const struct cloud *cloud)
{
	const char *word = component->spec->size.name;
	g_autoptr(GPtrArray) words = g_ptr_array_new();

	if (word == NULL || cloud->sizes->len == 0 || cloud_find_size(cloud, word) != NULL)
		return;
	for (guint i = 0; i < cloud->sizes->len; i++)
		g_ptr_array_add(words, ((struct size_word *)cloud->sizes->pdata[i])->word);
	g_ptr_array_add(words, NULL);
	g_autofree char *known = words_text(word, words);

	find_at(source, &component->spec->places[SPEC_SIZE],
	        g_strdup_printf("cloud \"%s\" has no size \"%s\"; %s", cloud->name, word, known));
}

static void cloud_unknown(struct source *source, const struct component *component,
                          const struct fleet *fleet)
{
	g_autofree const char **names = g_new0(const char *, fleet->clouds->len + 1);
	size_t len = 0;

	for (guint i = 0; i < fleet->clouds->len; i++) {
		const struct cloud *cloud = fleet->clouds->pdata[i];

		if (!cloud->is_gone)
			names[len++] = cloud->name;
	}
	g_autofree char *hint = check_hint(component->cloud, names);

	find_at(source, &component->cloud_place,
	        g_strdup_printf("no cloud is called \"%s\"%s", component->cloud, hint));
}

void references_check(struct source *source, const struct deployment *deployment,
                      const struct fleet *fleet, bool is_partial)
{
	for (guint i = 0; i < deployment->components->len && !source_is_full(source); i++) {
		const struct component *component = deployment->components->pdata[i];
		const struct cloud *cloud = fleet_find_cloud(fleet, component->cloud);

		if (cloud != NULL && !cloud->is_gone) {
			image_check(source, component, cloud);
			size_check(source, component, cloud);
		} else if (!is_partial) {
			cloud_unknown(source, component, fleet);
		}
	}
}
