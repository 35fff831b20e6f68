/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings, credentials, images, sizes and limits of clouds. */
#include "reconcile/manifest/shapes_cloud.h"

#include "reconcile/manifest/decode.h"
#include "reconcile/manifest/shapes.h"

#include <string.h>

/* A setting may have lines: a script is one. */
static const struct shape shape_setting = {
	.kind = SHAPE_TEXT,
	.title = "a text",
	.max = 65536,
};

const struct shape shape_settings = {
	.kind = SHAPE_MAP,
	.title = "settings",
	.key = &shape_word,
	.item = &shape_setting,
};

static void check_environment(struct source *source, const struct shape *shape,
                              const struct node *node)
{
	const char *text = node->text;

	(void)shape;
	if (g_ascii_isdigit(*text) ||
	    text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")] !=
	            '\0')
		source_find(source, node, "\"%s\" is no name of an environment variable", text);
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
	if (strchr(node->text, '/') != NULL || node->text[0] == '.')
		source_find(source, node, "\"%s\" is no name of a credential", node->text);
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
	for (int i = 0; credential_keys[i] != NULL; i++)
		if (g_str_equal(credential_keys[i], row->name))
			credential->kind = (enum credential_kind)i;
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

const struct shape shape_credentials = {
	.kind = SHAPE_MAP,
	.title = "credentials",
	.key = &shape_word,
	.item = &shape_credential,
};

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

const struct shape shape_images = {
	.kind = SHAPE_MAP,
	.title = "images",
	.key = &shape_word,
	.item = &shape_image,
};

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
	    (text[whole] == '.' && digits == 0))
		return false;
	for (size_t i = 0; i < whole; i++)
		micros = micros * 10 + (text[i] - '0');
	for (size_t i = 0; i < PRICE_FRACTION; i++)
		micros = micros * 10 + (i < digits ? fraction[i] - '0' : 0);
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

const struct shape shape_sizes = {
	.kind = SHAPE_MAP,
	.title = "sizes",
	.key = &shape_word,
	.item = &shape_cloud_size,
};

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

const struct shape shape_limits = {
	.kind = SHAPE_STRUCT,
	.title = "limits",
	.rows = limit_rows,
};
