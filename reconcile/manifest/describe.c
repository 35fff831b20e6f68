/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One sentence for each kind of shape. */
#include "reconcile/manifest/describe.h"

#include "reconcile/model/quantity.h"

#include <string.h>

const struct describe_root describe_roots[] = {
	{ "cloud", "An account at a provider, reached through a connector.", &shape_cloud },
	{ "deployment", "An application: one or more components, each a set of equal members.",
	  &shape_deployment },
	{ "config", "The agent's configuration file.", &shape_config },
	{ 0 },
};

const struct shape *describe_inner(const struct shape *shape)
{
	while (shape != NULL && shape->kind != SHAPE_STRUCT)
		shape = shape->item;
	return shape;
}

static char *range_text(const char *noun, const struct shape *shape, char *(*format)(int64_t))
{
	g_autofree char *min = format(shape->min);
	g_autofree char *max = format(shape->max);

	if (shape->max == 0)
		return g_strdup_printf("%s from %s", noun, min);
	return g_strdup_printf("%s from %s to %s", noun, min, max);
}

static char *integer_format(int64_t value)
{
	return g_strdup_printf("%" G_GINT64_FORMAT, value);
}

/* "a name" is a "name" here. */
static char *title_text(const char *title)
{
	if (g_str_has_prefix(title, "a "))
		title += 2;
	else if (g_str_has_prefix(title, "an "))
		title += 3;
	return g_strdup(title);
}

static char *words_text(const struct shape *shape)
{
	g_autofree char *words = g_strjoinv("\" or \"", (char **)shape->words);

	return g_strdup_printf("\"%s\"", words);
}

static char *of_text(const char *noun, const struct shape *item)
{
	g_autofree char *type = describe_type(item);

	return g_strdup_printf("%s of %s", noun, type);
}

static char *either_text(const struct shape *shape)
{
	g_autofree char *scalar = describe_type(shape->scalar);
	g_autofree char *item = describe_type(shape->item);

	return g_strdup_printf("%s, or %s", scalar, item);
}

char *describe_type(const struct shape *shape)
{
	switch (shape->kind) {
	case SHAPE_TEXT:
		return title_text(shape->title);
	case SHAPE_BOOL:
		return g_strdup(shape->title);
	case SHAPE_INTEGER:
		return range_text("whole number", shape, integer_format);
	case SHAPE_BYTES:
		return g_strdup("size as 4GiB");
	case SHAPE_DURATION:
		return g_strdup("duration as 30s or 1h30m");
	case SHAPE_WORD:
		return words_text(shape);
	case SHAPE_LIST:
		return of_text("list", shape->item);
	case SHAPE_MAP:
		return of_text("map", shape->item);
	case SHAPE_STRUCT:
		return g_strdup("fields");
	case SHAPE_EITHER:
		return either_text(shape);
	}
	return NULL;
}
