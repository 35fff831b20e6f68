/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of a Cloud. */
#include "reconcile/manifest/decode.h"
#include "reconcile/manifest/rows.h"
#include "reconcile/manifest/shapes.h"
#include "reconcile/model/key.h"

#include <string.h>

#define IN_CLOUD(member) offsetof(struct cloud, member)

/* A setting may have lines: a script is one. */
static const struct shape shape_setting = {
	.kind = SHAPE_TEXT,
	.title = "a text",
	.max = 65536,
};

static const struct shape shape_settings = {
	.kind = SHAPE_MAP,
	.title = "settings",
	.key = &shape_word,
	.item = &shape_setting,
};

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

static void check_environment(struct source *source, const struct shape *shape,
                              const struct node *node)
{
	const char *text = node->text;

	(void)shape;
	if (g_ascii_isdigit(*text) ||
	    text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")] !=
	            '\0') {
		source_find(source, node, "\"%s\" is no name of an environment variable", text);
	}
}

static const struct shape shape_environment = {
	.kind = SHAPE_TEXT,
	.title = "a variable's name",
	.min = 1,
	.max = 255,
	.pattern = "^[A-Za-z_][A-Za-z0-9_]*$",
	.check = check_environment,
};

/* It becomes a file's name in a directory, and must stay in there. */
static void check_credential_name(struct source *source, const struct shape *shape,
                                  const struct node *node)
{
	(void)shape;
	if (strchr(node->text, '/') != NULL || node->text[0] == '.') {
		source_find(source, node, "\"%s\" is no name of a credential", node->text);
	}
}

static const struct shape shape_credential_name = {
	.kind = SHAPE_TEXT,
	.title = "a credential's name",
	.min = 1,
	.max = 255,
	.pattern = "^[^./][^/]*$",
	.check = check_credential_name,
};

static const struct shape shape_command = {
	.kind = SHAPE_LIST,
	.title = "a command",
	.min = 1,
	.max = 64,
	.item = &shape_text,
};

static const char *const credential_keys[] = { "env", "file", "credential", "command", NULL };

static void take_credential_word(const struct row *row, const struct source *source,
                                 const struct node *node, void *target)
{
	struct credential *credential = target;

	(void)source;
	for (int i = 0; credential_keys[i] != NULL; i++) {
		if (g_str_equal(credential_keys[i], row->name)) {
			credential->kind = (enum credential_kind)i;
		}
	}
	if (node->kind == NODE_LIST) {
		credential->words = decode_texts(node);
	} else {
		credential->words = g_new0(char *, 2);
		credential->words[0] = g_strdup(node->text);
	}
}

static const struct row credential_rows[] = {
	{ .name = "env",
	  .shape = &shape_environment,
	  .help = "An environment variable of the agent.",
	  .example = "OS_USERNAME",
	  .take = take_credential_word },
	{ .name = "file",
	  .shape = &shape_path,
	  .help = "A file, read whole; one newline at its end is dropped.",
	  .example = "/etc/muster/os-password",
	  .take = take_credential_word },
	{ .name = "credential",
	  .shape = &shape_credential_name,
	  .help = "A credential that systemd passes to the agent's unit.",
	  .example = "os-password",
	  .take = take_credential_word },
	{ .name = "command",
	  .shape = &shape_command,
	  .help = "A program and its arguments, run without a shell; what it prints is the secret.",
	  .example = "[pass, show, lab]",
	  .take = take_credential_word },
	{ 0 },
};

static const struct shape shape_credential = {
	.kind = SHAPE_STRUCT,
	.title = "a credential",
	.rows = credential_rows,
	.exclusive = credential_keys,
	.needs_one = true,
};

static const struct shape shape_credentials = {
	.kind = SHAPE_MAP,
	.title = "credentials",
	.key = &shape_word,
	.item = &shape_credential,
};

static void take_credentials(const struct row *row, const struct source *source,
                             const struct node *node, void *target)
{
	struct cloud *cloud = target;

	(void)row;
	for (size_t i = 0; i < node->len; i++) {
		struct credential *credential = g_new0(struct credential, 1);

		credential->name = g_strdup(node_key(node, i)->text);
		credential->place = source_place(source, node_key(node, i));
		decode_struct(&shape_credential, source, node_value(node, i), credential);
		g_ptr_array_add(cloud->credentials, credential);
	}
}

static const struct shape shape_image_options = {
	.kind = SHAPE_MAP,
	.title = "an image's options",
	.min = 1,
	.key = &shape_word,
	.item = &shape_text,
};

static const struct shape shape_image = {
	.kind = SHAPE_EITHER,
	.title = "the provider's name for the image, or a map of options",
	.scalar = &shape_word,
	.item = &shape_image_options,
};

static const struct shape shape_images = {
	.kind = SHAPE_MAP,
	.title = "images",
	.key = &shape_word,
	.item = &shape_image,
};

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

enum {
	PRICE_WHOLE = 6,    /* digits before the point */
	PRICE_FRACTION = 6, /* and after it: millionths */
};

static bool price_parse(const char *text, int64_t *ret_micros)
{
	size_t whole = strspn(text, "0123456789");
	const char *fraction = text[whole] == '.' ? text + whole + 1 : "";
	size_t digits = strspn(fraction, "0123456789");
	int64_t micros = 0;

	if (whole == 0 || whole > PRICE_WHOLE || digits > PRICE_FRACTION ||
	    (text[whole] != '\0' && text[whole] != '.') || fraction[digits] != '\0' ||
	    (text[whole] == '.' && digits == 0)) {
		return false;
	}
	for (size_t i = 0; i < whole; i++) {
		micros = micros * 10 + (text[i] - '0');
	}
	for (size_t i = 0; i < PRICE_FRACTION; i++) {
		micros = micros * 10 + (i < digits ? fraction[i] - '0' : 0);
	}
	*ret_micros = micros;
	return true;
}

static void check_price(struct source *source, const struct shape *shape, const struct node *node)
{
	int64_t micros = 0;

	(void)shape;
	if (!price_parse(node->text, &micros)) {
		source_find(source, node,
		            "\"%s\" is no price; write one as 0.0104, with at most %d digits after "
		            "the point",
		            node->text, PRICE_FRACTION);
	}
}

static void take_price(const struct row *row, const struct source *source, const struct node *node,
                       void *target)
{
	(void)source;
	price_parse(node->text, (int64_t *)((char *)target + row->offset));
}

static const struct shape shape_price = {
	.kind = SHAPE_TEXT,
	.title = "a price",
	.pattern = "^[0-9]{1,6}(\\.[0-9]{1,6})?$",
	.check = check_price,
};

static const struct row size_rows[] = {
	{ .name = "type",
	  .shape = &shape_word,
	  .help = "The provider's name for the size; without it the connector chooses by the amounts.",
	  .example = "m1.small",
	  .take = take_text,
	  .offset = offsetof(struct size_word, type) },
	{ .name = "cpus",
	  .shape = &shape_cpus,
	  .help = "Virtual CPUs.",
	  .example = "2",
	  .take = take_unsigned,
	  .offset = offsetof(struct size_word, size.cpus) },
	{ .name = "memory",
	  .shape = &shape_memory,
	  .help = "Memory.",
	  .example = "4GiB",
	  .take = take_quantity,
	  .offset = offsetof(struct size_word, size.memory_bytes) },
	{ .name = "disk",
	  .shape = &shape_disk,
	  .help = "The root disk.",
	  .example = "20GiB",
	  .take = take_quantity,
	  .offset = offsetof(struct size_word, size.disk_bytes) },
	{ .name = "price",
	  .shape = &shape_price,
	  .help = "What it costs an hour, in the account's currency. Of several sizes that fit, the cheapest is taken.",
	  .example = "0.0104",
	  .take = take_price,
	  .offset = offsetof(struct size_word, size.price_micros) },
	{ 0 },
};

static const struct shape shape_size_fields = {
	.kind = SHAPE_STRUCT,
	.title = "a size of a cloud",
	.min = 1,
	.rows = size_rows,
};

static const struct shape shape_cloud_size = {
	.kind = SHAPE_EITHER,
	.title = "the provider's name for the size, or a map",
	.scalar = &shape_word,
	.item = &shape_size_fields,
};

static const struct shape shape_sizes = {
	.kind = SHAPE_MAP,
	.title = "sizes",
	.key = &shape_word,
	.item = &shape_cloud_size,
};

static void take_sizes(const struct row *row, const struct source *source, const struct node *node,
                       void *target)
{
	struct cloud *cloud = target;

	(void)row;
	for (size_t i = 0; i < node->len; i++) {
		const struct node *value = node_value(node, i);
		struct size_word *size = g_new0(struct size_word, 1);

		size->word = g_strdup(node_key(node, i)->text);
		size->place = source_place(source, node_key(node, i));
		if (value->kind == NODE_MAP) {
			decode_struct(&shape_size_fields, source, value, size);
		} else {
			size->type = g_strdup(value->text);
		}
		size->size.name = g_strdup(size->type);
		g_ptr_array_add(cloud->sizes, size);
	}
}

static const struct shape shape_limit = {
	.kind = SHAPE_INTEGER,
	.title = "a limit",
	.min = 1,
	.max = 1000000,
};

static const struct row limit_rows[] = {
	{ .name = "instances",
	  .shape = &shape_limit,
	  .help = "At most this many instances of ours at this cloud; the rest is held.",
	  .fallback = "no limit",
	  .example = "200",
	  .take = take_unsigned,
	  .offset = offsetof(struct cloud_limits, instances) },
	{ .name = "requestsPerSecond",
	  .shape = &shape_limit,
	  .help = "At most this many requests a second to this cloud.",
	  .fallback = "what the connector says",
	  .example = "20",
	  .take = take_unsigned,
	  .offset = offsetof(struct cloud_limits, requests_per_second) },
	{ .name = "inFlight",
	  .shape = &shape_limit,
	  .help = "At most this many requests at once.",
	  .fallback = "what the connector says",
	  .example = "16",
	  .take = take_unsigned,
	  .offset = offsetof(struct cloud_limits, in_flight) },
	{ 0 },
};

static const struct shape shape_limits = {
	.kind = SHAPE_STRUCT,
	.title = "limits",
	.rows = limit_rows,
};

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
