/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of a Cloud. */
#include "reconcile/manifest/decode.h"
#include "reconcile/manifest/rows.h"
#include "reconcile/manifest/shapes.h"
#include "reconcile/manifest/shapes_cloud.h"
#include "reconcile/model/key.h"

#include <string.h>

#define IN_CLOUD(member) offsetof(struct cloud, member)

static void take_settings(const struct row *row, const struct source *source,
                          const struct node *node, void *target)
{
	struct cloud *cloud = target;

	(void)row;
	for (size_t i = 0; i < node->len; i++) {
		struct setting *setting = g_new0(struct setting, 1);

		setting->name = g_strdup(node_key(node, i)->text);
		setting->value = g_strdup(node_value(node, i)->text);
		setting->place = source_place(source, node_key(node, i));
		g_ptr_array_add(cloud->settings, setting);
	}
}

static void take_credentials(const struct row *row, const struct source *source,
                             const struct node *node, void *target)
{
	struct cloud *cloud = target;

	for (size_t i = 0; i < node->len; i++) {
		struct credential *credential = g_new0(struct credential, 1);

		credential->name = g_strdup(node_key(node, i)->text);
		credential->place = source_place(source, node_key(node, i));
		decode_struct(row->shape->item, source, node_value(node, i), credential);
		g_ptr_array_add(cloud->credentials, credential);
	}
}

static void take_images(const struct row *row, const struct source *source, const struct node *node,
                        void *target)
{
	struct cloud *cloud = target;

	(void)row;
	for (size_t i = 0; i < node->len; i++) {
		const struct node *value = node_value(node, i);
		struct image *image = g_new0(struct image, 1);
		struct pair name = { "name", value->text };

		image->word = g_strdup(node_key(node, i)->text);
		image->options =
			value->kind == NODE_MAP ? decode_pairs(value) : pairs_new(&name, 1);
		image->place = source_place(source, node_key(node, i));
		g_ptr_array_add(cloud->images, image);
	}
}

static void take_sizes(const struct row *row, const struct source *source, const struct node *node,
                       void *target)
{
	struct cloud *cloud = target;

	for (size_t i = 0; i < node->len; i++) {
		const struct node *value = node_value(node, i);
		struct size_word *size = g_new0(struct size_word, 1);

		size->word = g_strdup(node_key(node, i)->text);
		size->place = source_place(source, node_key(node, i));
		if (value->kind == NODE_MAP)
			decode_struct(row->shape->item->item, source, value, size);
		else
			size->type = g_strdup(value->text);
		size->size.name = g_strdup(size->type);
		g_ptr_array_add(cloud->sizes, size);
	}
}

static const struct row spec_rows[] = {
	{ .name = "connector",
	  .shape = &shape_name,
	  .help = "Which connector speaks to this cloud: \"sim\", \"qemu\", or another that is installed.",
	  .example = "qemu",
	  .is_required = true,
	  .take = take_text,
	  .offset = IN_CLOUD(connector),
	  .place_offset = IN_CLOUD(connector_place) },
	{ .name = "settings",
	  .shape = &shape_settings,
	  .help = "Settings of the connector; each connector says which it takes.",
	  .example = "{ authUrl: \"https://cloud.example.org:5000/v3\", project: demo }",
	  .take = take_settings },
	{ .name = "credentials",
	  .shape = &shape_credentials,
	  .help = "Where each secret is read when it is needed; never the secret itself.",
	  .example = "{ password: { file: /etc/muster/password } }",
	  .take = take_credentials },
	{ .name = "images",
	  .shape = &shape_images,
	  .help = "Our words for images, and what this cloud calls them: its name, or options that the connector takes. "
	          "Without this map any word is passed on as it is.",
	  .example = "{ debian-12: \"Debian 12\" }",
	  .take = take_images },
	{ .name = "sizes",
	  .shape = &shape_sizes,
	  .help = "Our words for sizes, and this cloud's: its name for one, or amounts. Without this map any word is "
	          "passed on as it is.",
	  .example = "{ small: m1.small, big: { cpus: 8, memory: 32GiB } }",
	  .take = take_sizes },
	{ .name = "limits",
	  .shape = &shape_limits,
	  .help = "What we may ask of this cloud.",
	  .example = "{ instances: 200 }",
	  .take = take_struct,
	  .offset = IN_CLOUD(limits) },
	{ 0 },
};

static const struct shape shape_cloud_spec = {
	.kind = SHAPE_STRUCT,
	.title = "the spec of a cloud",
	.rows = spec_rows,
};

static const struct row metadata_rows[] = {
	{ .name = "name",
	  .shape = &shape_name,
	  .help = "What deployments call this cloud.",
	  .example = "lab",
	  .is_required = true,
	  .take = take_text,
	  .offset = IN_CLOUD(name) },
	{ 0 },
};

static const struct shape shape_cloud_metadata = {
	.kind = SHAPE_STRUCT,
	.title = "the metadata of a cloud",
	.rows = metadata_rows,
};

static const struct row cloud_rows[] = {
	{ .name = "apiVersion",
	  .shape = &shape_api_version,
	  .help = "The version of this form.",
	  .example = "muster/v1",
	  .is_required = true },
	{ .name = "kind",
	  .shape = &shape_kind,
	  .help = "What the document describes.",
	  .example = "Cloud",
	  .is_required = true },
	{ .name = "metadata",
	  .shape = &shape_cloud_metadata,
	  .help = "The cloud's name.",
	  .example = "{ name: lab }",
	  .is_required = true,
	  .take = take_struct },
	{ .name = "spec",
	  .shape = &shape_cloud_spec,
	  .help = "How to reach the cloud, and what it has.",
	  .example = "{ connector: qemu }",
	  .is_required = true,
	  .take = take_struct },
	{ 0 },
};

const struct shape shape_cloud = {
	.kind = SHAPE_STRUCT,
	.title = "a Cloud",
	.rows = cloud_rows,
};

static int setting_compare(const void *a, const void *b)
{
	return strcmp((*(const struct setting *const *)a)->name,
	              (*(const struct setting *const *)b)->name);
}

static int credential_compare(const void *a, const void *b)
{
	return strcmp((*(const struct credential *const *)a)->name,
	              (*(const struct credential *const *)b)->name);
}

/* As fleet.c looks words up. */
static int image_compare(const void *a, const void *b)
{
	return key_compare((*(const struct image *const *)a)->word,
	                   (*(const struct image *const *)b)->word);
}

static int size_compare(const void *a, const void *b)
{
	return key_compare((*(const struct size_word *const *)a)->word,
	                   (*(const struct size_word *const *)b)->word);
}

void *cloud_decode(const struct source *source, const struct node *root)
{
	struct cloud *cloud = cloud_new(NULL);

	cloud->place = source_place(source, root);
	decode_struct(&shape_cloud, source, root, cloud);
	g_ptr_array_sort(cloud->settings, setting_compare);
	g_ptr_array_sort(cloud->credentials, credential_compare);
	g_ptr_array_sort(cloud->images, image_compare);
	g_ptr_array_sort(cloud->sizes, size_compare);
	return cloud;
}
