/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of a Deployment. */
#include "reconcile/manifest/decode.h"
#include "reconcile/manifest/graph.h"
#include "reconcile/manifest/rows.h"
#include "reconcile/manifest/shapes.h"
#include "reconcile/manifest/shapes_member.h"
#include "reconcile/manifest/template.h"
#include "reconcile/model/key.h"

#include <string.h>

#define IN_COMPONENT(member) offsetof(struct component, member)
#define IN_SPEC(member) offsetof(struct spec, member)
#define IN_BUILD(member) offsetof(struct build, member)

/* A deployment, and what its components inherit. */
struct build {
	struct deployment *deployment;
	char *cloud;
	struct place cloud_place;
};

static void *build_deployment(void *target)
{
	return ((struct build *)target)->deployment;
}

static void *component_spec(void *target)
{
	return ((struct component *)target)->spec;
}

static void take_size(const struct row *row, const struct source *source, const struct node *node,
                      void *target)
{
	struct spec *spec = target;

	if (node->kind == NODE_MAP)
		decode_struct(row->shape->item, source, node, &spec->size);
	else
		spec->size.name = g_strdup(node->text);
}

static void take_firewall(const struct row *row, const struct source *source,
                          const struct node *node, void *target)
{
	struct spec *spec = target;

	spec->openings = g_new0(struct opening, node->len + 1);
	spec->openings_len = node->len;
	for (size_t i = 0; i < node->len; i++)
		decode_struct(row->shape->item, source, node->items[i], &spec->openings[i]);
}

static void take_user_data(const struct row *row, const struct source *source,
                           const struct node *node, void *target)
{
	size_t offset = 0;

	(void)row;
	(void)source;
	((struct spec *)target)->user_data = template_new(node->text, &offset, NULL);
}

static void take_protect(const struct row *row, const struct source *source,
                         const struct node *node, void *target)
{
	struct component *component = target;

	(void)row;
	(void)source;
	component->is_protected = g_str_equal(node->text, "true");
	component->says_unprotected = !component->is_protected;
}

static const struct row component_rows[] = {
	{ .name = "cloud",
	  .shape = &shape_name,
	  .help = "The cloud of these members.",
	  .fallback = "the deployment's",
	  .example = "lab",
	  .take = take_text,
	  .offset = IN_COMPONENT(cloud),
	  .place_offset = IN_COMPONENT(cloud_place) },
	{ .name = "count",
	  .shape = &shape_count,
	  .help = "How many members there are; they are called 1, 2, and so on.",
	  .fallback = "1",
	  .example = "3",
	  .take = take_unsigned,
	  .offset = IN_COMPONENT(count),
	  .place_offset = IN_COMPONENT(count_place) },
	{ .name = "members",
	  .shape = &shape_members,
	  .help = "The names of the members, instead of a count.",
	  .example = "[blue, green]",
	  .take = take_names,
	  .offset = IN_COMPONENT(names),
	  .place_offset = IN_COMPONENT(count_place) },
	{ .name = "image",
	  .shape = &shape_word,
	  .help = "What they boot: a word of the cloud's images.",
	  .example = "debian-12",
	  .is_required = true,
	  .take = take_text,
	  .inner = component_spec,
	  .offset = IN_SPEC(image),
	  .place_offset = IN_SPEC(places[SPEC_IMAGE]) },
	{ .name = "size",
	  .shape = &shape_size,
	  .help = "How big they are: a word of the cloud's sizes, or the least amounts; the smallest "
	          "size that has them is taken, or the cheapest where prices are known.",
	  .example = "{ cpus: 2, memory: 4GiB, disk: 20GiB }",
	  .is_required = true,
	  .take = take_size,
	  .inner = component_spec,
	  .place_offset = IN_SPEC(places[SPEC_SIZE]) },
	{ .name = "sshKeys",
	  .shape = &shape_ssh_keys,
	  .help = "Keys that may log in: their names at the cloud, or public keys written out.",
	  .example = "[ops]",
	  .take = take_texts,
	  .inner = component_spec,
	  .offset = IN_SPEC(ssh_keys),
	  .place_offset = IN_SPEC(places[SPEC_SSH_KEYS]) },
	{ .name = "networks",
	  .shape = &shape_networks,
	  .help = "Networks of the cloud, the first for the first interface.",
	  .fallback = "the cloud's choice",
	  .example = "[front]",
	  .take = take_texts,
	  .inner = component_spec,
	  .offset = IN_SPEC(networks),
	  .place_offset = IN_SPEC(places[SPEC_NETWORKS]) },
	{ .name = "labels",
	  .shape = &shape_labels,
	  .help = "Labels of the instances, beside the deployment's; of one name, these win.",
	  .example = "{ tier: front }",
	  .take = take_pairs,
	  .inner = component_spec,
	  .offset = IN_SPEC(labels),
	  .place_offset = IN_SPEC(places[SPEC_LABELS]) },
	{ .name = "firewall",
	  .shape = &shape_firewall,
	  .help = "Ports that are open from outside; all others are closed where the cloud can do that.",
	  .example = "[{ port: 80 }, { port: 22, from: 10.0.0.0/8 }]",
	  .take = take_firewall,
	  .inner = component_spec,
	  .place_offset = IN_SPEC(places[SPEC_FIREWALL]) },
	{ .name = "after",
	  .shape = &shape_after,
	  .help = "Components whose members must be ready first. Removal goes the other way round.",
	  .example = "[db]",
	  .take = take_names,
	  .offset = IN_COMPONENT(after),
	  .place_offset = IN_COMPONENT(after_place) },
	{ .name = "userData",
	  .shape = &shape_user_data,
	  .help = "What the guest gets at its first boot (cloud-init). ${self.key}, ${self.ordinal}, "
	          "${self.name}, ${deployment.name}, ${labels.NAME} and "
	          "${components.X.N.address} are replaced; $${ stands for ${ itself.",
	  .example = "\"#cloud-config\"",
	  .take = take_user_data,
	  .inner = component_spec,
	  .place_offset = IN_SPEC(places[SPEC_USER_DATA]) },
	{ .name = "ready",
	  .shape = &shape_ready,
	  .help = "When a member counts as ready.",
	  .fallback = "as soon as it runs",
	  .example = "{ tcp: 5432, within: 5m }",
	  .take = take_struct,
	  .inner = component_spec,
	  .offset = IN_SPEC(ready) },
	{ .name = "protect",
	  .shape = &shape_bool,
	  .help = "Never destroy these members. It outlives its line: lifting it takes \"protect: "
	          "false\".",
	  .fallback = "false",
	  .example = "true",
	  .take = take_protect,
	  .place_offset = IN_COMPONENT(protect_place) },
	{ 0 },
};

static const char *const count_keys[] = { "count", "members", NULL };

static const struct shape shape_component = {
	.kind = SHAPE_STRUCT,
	.title = "a component",
	.rows = component_rows,
	.exclusive = count_keys,
};

static const struct shape shape_components = {
	.kind = SHAPE_MAP,
	.title = "components",
	.min = 1,
	.key = &shape_name,
	.item = &shape_component,
};

static void take_components(const struct row *row, const struct source *source,
                            const struct node *node, void *target)
{
	struct deployment *deployment = target;

	(void)row;
	for (size_t i = 0; i < node->len; i++) {
		struct component *component = component_new(node_key(node, i)->text);

		component->place = source_place(source, node_key(node, i));
		component->spec = spec_new();
		for (size_t field = 0; field < SPEC_FIELDS; field++)
			component->spec->places[field] = component->place;
		component->count_place = component->place;
		component->count = 1;
		decode_struct(&shape_component, source, node_value(node, i), component);
		g_ptr_array_add(deployment->components, component);
	}
}

static const struct row spec_rows[] = {
	{ .name = "cloud",
	  .shape = &shape_name,
	  .help = "The cloud of all components that name none themselves.",
	  .example = "lab",
	  .take = take_text,
	  .offset = IN_BUILD(cloud),
	  .place_offset = IN_BUILD(cloud_place) },
	{ .name = "components",
	  .shape = &shape_components,
	  .help = "The tiers of the application by name, each a set of equal members.",
	  .example = "{ web: { count: 3, image: debian-12, size: small } }",
	  .is_required = true,
	  .take = take_components,
	  .inner = build_deployment },
	{ 0 },
};

static const struct shape shape_spec = {
	.kind = SHAPE_STRUCT,
	.title = "the spec of a deployment",
	.rows = spec_rows,
};

static const char *const state_words[] = { "present", "absent", NULL };

static const struct shape shape_state = {
	.kind = SHAPE_WORD,
	.title = "state",
	.words = state_words,
};

static void take_state(const struct row *row, const struct source *source, const struct node *node,
                       void *target)
{
	(void)row;
	(void)source;
	((struct deployment *)target)->is_absent = g_str_equal(node->text, "absent");
}

static const struct row metadata_rows[] = {
	{ .name = "name",
	  .shape = &shape_name,
	  .help = "What the application is called; the first part of its members' keys.",
	  .example = "shop",
	  .is_required = true,
	  .take = take_text,
	  .offset = offsetof(struct deployment, name) },
	{ .name = "labels",
	  .shape = &shape_labels,
	  .help = "Labels of all its instances.",
	  .example = "{ team: web }",
	  .take = take_pairs,
	  .offset = offsetof(struct deployment, labels) },
	{ .name = "state",
	  .shape = &shape_state,
	  .help = "With \"absent\" all its members are to be destroyed, and spec may be left out.",
	  .fallback = "present",
	  .example = "absent",
	  .take = take_state },
	{ 0 },
};

static const struct shape shape_metadata = {
	.kind = SHAPE_STRUCT,
	.title = "the metadata of a deployment",
	.rows = metadata_rows,
};

static const struct row deployment_rows[] = {
	{ .name = "apiVersion",
	  .shape = &shape_api_version,
	  .help = "The version of this form.",
	  .example = "muster/v1",
	  .is_required = true },
	{ .name = "kind",
	  .shape = &shape_kind,
	  .help = "What the document describes.",
	  .example = "Deployment",
	  .is_required = true },
	{ .name = "metadata",
	  .shape = &shape_metadata,
	  .help = "The deployment's name, labels and state.",
	  .example = "{ name: shop }",
	  .is_required = true,
	  .take = take_struct,
	  .inner = build_deployment },
	{ .name = "spec",
	  .shape = &shape_spec,
	  .help = "What shall run. It may be left out when metadata.state is \"absent\".",
	  .example = "{ cloud: lab, components: { web: { image: debian-12, size: small } } }",
	  .take = take_struct },
	{ 0 },
};

const struct shape shape_deployment = {
	.kind = SHAPE_STRUCT,
	.title = "a Deployment",
	.rows = deployment_rows,
	.schema_extra = "{\"if\": {\"properties\": {\"metadata\": {\"required\": [\"state\"],"
			" \"properties\": {\"state\": {\"const\": \"absent\"}}}}},"
			" \"else\": {\"required\": [\"spec\"]}}",
};

/* The component's labels over the deployment's. */
static void labels_inherit(struct spec *spec, struct pairs *labels)
{
	if (labels == NULL)
		return;
	struct pairs *own = spec->labels;
	size_t own_len = own == NULL ? 0 : own->len;
	g_autofree struct pair *items = g_new(struct pair, labels->len + own_len + 1);

	memcpy(items, labels->items, labels->len * sizeof(*items));
	if (own_len > 0)
		memcpy(items + labels->len, own->items, own_len * sizeof(*items));
	spec->labels = own_len == 0 ? pairs_ref(labels) : pairs_new(items, labels->len + own_len);
	pairs_unref(own);
}

static void component_inherit(struct component *component, const struct build *build)
{
	if (component->cloud == NULL) {
		component->cloud = g_strdup(build->cloud);
		component->cloud_place = build->cloud_place;
	}
	labels_inherit(component->spec, build->deployment->labels);
}

static int component_compare(const void *a, const void *b)
{
	return key_compare((*(const struct component *const *)a)->name,
	                   (*(const struct component *const *)b)->name);
}

static size_t component_index(GHashTable *indices, const char *name)
{
	return GPOINTER_TO_SIZE(g_hash_table_lookup(indices, name));
}

/* The check has seen that there is no cycle. */
static void components_rank(GPtrArray *components)
{
	g_autoptr(GHashTable) indices = g_hash_table_new(g_str_hash, g_str_equal);
	autoptr(graph) graph = graph_new(components->len);

	for (guint i = 0; i < components->len; i++) {
		struct component *component = components->pdata[i];
		g_hash_table_insert(indices, component->name, GSIZE_TO_POINTER(i));
	}
	for (guint i = 0; i < components->len; i++) {
		char **after = ((struct component *)components->pdata[i])->after;
		for (; after != NULL && *after != NULL; after++)
			graph_add(graph, i, component_index(indices, *after));
	}
	g_autofree unsigned *ranks = graph_ranks(graph, NULL);

	for (guint i = 0; i < components->len; i++)
		((struct component *)components->pdata[i])->rank = ranks[i];
}

void *deployment_decode(const struct source *source, const struct node *root)
{
	struct build build = { .deployment = deployment_new(NULL) };
	GPtrArray *components = build.deployment->components;

	build.deployment->place = source_place(source, root);
	decode_struct(&shape_deployment, source, root, &build);
	if (build.deployment->is_absent)
		g_ptr_array_set_size(components, 0);
	for (guint i = 0; i < components->len; i++)
		component_inherit(components->pdata[i], &build);
	g_ptr_array_sort(components, component_compare);
	components_rank(components);
	g_free(build.cloud);
	return build.deployment;
}
