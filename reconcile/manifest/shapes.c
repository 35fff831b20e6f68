/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of texts that have a form. The patterns say the same to the JSON Schema. */
#include "reconcile/manifest/shapes.h"

#include "reconcile/model/key.h"

#include <string.h>

/* The nearest good name: what is no name character becomes "-". */
static char *name_mend(const char *text)
{
	g_autofree char *name = g_ascii_strdown(text, -1);
	size_t len = strlen(name);

	g_strcanon(name, "abcdefghijklmnopqrstuvwxyz0123456789-", '-');
	name[MIN(len, (size_t)KEY_NAME_MAX)] = '\0';
	for (len = strlen(name); len > 0 && name[len - 1] == '-'; len--)
		name[len - 1] = '\0';
	return g_strdup(name + strspn(name, "-"));
}

static void check_name(struct source *source, const struct shape *shape, const struct node *node)
{
	size_t len = strlen(node->text);

	(void)shape;
	if (key_name_is_valid(node->text))
		return;
	if (len > KEY_NAME_MAX) {
		source_find(source, node,
		            "a name must be at most %d characters long, not %" G_GSIZE_FORMAT,
		            KEY_NAME_MAX, len);
		return;
	}
	g_autofree char *mended = name_mend(node->text);

	if (*mended == '\0') {
		source_find(source, node, "a name must be of a-z, 0-9 and \"-\", not \"%s\"",
		            node->text);
	} else {
		source_find(
			source, node,
			"a name must be of a-z, 0-9 and \"-\", not \"%s\"; did you mean \"%s\"?",
			node->text, mended);
	}
}

static void check_line(struct source *source, const struct shape *shape, const struct node *node)
{
	for (const char *at = node->text; *at != '\0'; at++) {
		if (g_ascii_iscntrl(*at)) {
			source_find(source, node, "%s must be one line without control characters",
			            shape->title);
			return;
		}
	}
}

static void check_path(struct source *source, const struct shape *shape, const struct node *node)
{
	if (node->text[0] != '/') {
		source_find(source, node, "a path must begin with \"/\", not \"%s\"", node->text);
		return;
	}
	check_line(source, shape, node);
}

const struct shape shape_name = {
	.kind = SHAPE_TEXT,
	.title = "a name",
	.min = 1,
	.pattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
	.check = check_name,
};

const struct shape shape_word = {
	.kind = SHAPE_TEXT,
	.title = "a word",
	.min = 1,
	.max = 255,
	.pattern = "^[^\\x00-\\x1f\\x7f]*$",
	.check = check_line,
};

const struct shape shape_text = {
	.kind = SHAPE_TEXT,
	.title = "a text",
	.max = 16384,
	.pattern = "^[^\\x00-\\x1f\\x7f]*$",
	.check = check_line,
};

const struct shape shape_path = {
	.kind = SHAPE_TEXT,
	.title = "a path",
	.min = 1,
	.max = 4095,
	.pattern = "^/[^\\x00-\\x1f\\x7f]*$",
	.check = check_path,
};

const struct shape shape_bool = { .kind = SHAPE_BOOL, .title = "true or false" };

const struct shape shape_port = {
	.kind = SHAPE_INTEGER,
	.title = "a port",
	.min = 1,
	.max = 65535,
};

static const char *const api_versions[] = { "muster/v1", NULL };

const struct shape shape_api_version = {
	.kind = SHAPE_WORD,
	.title = "apiVersion",
	.words = api_versions,
};

static const char *const kind_words[] = { "Cloud", "Deployment", NULL };

const struct shape shape_kind = { .kind = SHAPE_WORD, .title = "kind", .words = kind_words };

const struct shape shape_cpus = {
	.kind = SHAPE_INTEGER,
	.title = "a number of cpus",
	.min = 1,
	.max = 65536,
};

const struct shape shape_memory = {
	.kind = SHAPE_BYTES,
	.title = "a size",
	.min = 1 << 20,
	.max = INT64_C(1) << 50,
};

const struct shape shape_disk = {
	.kind = SHAPE_BYTES,
	.title = "a size",
	.min = 1 << 20,
	.max = INT64_C(1) << 60,
};
