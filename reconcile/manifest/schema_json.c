/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows as JSON Schema. Where the decoder takes a plain scalar for a text, a number, true and
 * false are texts too: editors see them as such before we do. */
#include "reconcile/manifest/row.h"
#include "reconcile/manifest/schema.h"

#include <jansson.h>

static json_t *shape_json(const struct shape *shape);

static void set_integer(json_t *json, const char *name, int64_t value)
{
	json_object_set_new(json, name, json_integer(value));
}

/* The bounds of a length or number, where there are any. */
static void set_bounds(json_t *json, const struct shape *shape, const char *min, const char *max)
{
	if (shape->min > 0)
		set_integer(json, min, shape->min);
	if (shape->max > 0)
		set_integer(json, max, shape->max);
}

static json_t *text_json(const struct shape *shape)
{
	json_t *json = json_pack("{s:[s,s,s]}", "type", "string", "number", "boolean");

	set_bounds(json, shape, "minLength", "maxLength");
	if (shape->pattern != NULL)
		json_object_set_new(json, "pattern", json_string(shape->pattern));
	return json;
}

static json_t *bool_json(const struct shape *shape)
{
	(void)shape;
	return json_pack("{s:s}", "type", "boolean");
}

static json_t *integer_json(const struct shape *shape)
{
	json_t *json = json_pack("{s:s}", "type", "integer");

	set_integer(json, "minimum", shape->min);
	if (shape->max > 0)
		set_integer(json, "maximum", shape->max);
	return json;
}

static json_t *bytes_json(const struct shape *shape)
{
	json_t *json = json_pack("{s:[s,s],s:s}", "type", "string", "integer", "pattern",
	                         "^[0-9]+(\\.[0-9]{1,6})?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)?$");

	set_bounds(json, shape, "minimum", "maximum");
	return json;
}

static json_t *duration_json(const struct shape *shape)
{
	(void)shape;
	return json_pack("{s:s,s:s}", "type", "string", "pattern",
	                 "^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$");
}

static json_t *word_json(const struct shape *shape)
{
	json_t *words = json_array();

	for (size_t i = 0; shape->words[i] != NULL; i++)
		json_array_append_new(words, json_string(shape->words[i]));
	return json_pack("{s:o}", "enum", words);
}

static json_t *list_json(const struct shape *shape)
{
	json_t *json = json_pack("{s:s,s:o}", "type", "array", "items", shape_json(shape->item));

	set_bounds(json, shape, "minItems", "maxItems");
	if (shape->is_unique)
		json_object_set_new(json, "uniqueItems", json_true());
	return json;
}

static json_t *map_json(const struct shape *shape)
{
	json_t *json =
		json_pack("{s:s,s:o,s:o}", "type", "object", "propertyNames",
	                  shape_json(shape->key), "additionalProperties", shape_json(shape->item));

	set_bounds(json, shape, "minProperties", "maxProperties");
	return json;
}

static json_t *row_json(const struct row *row)
{
	json_t *json = shape_json(row->shape);
	g_autofree char *text =
		row->fallback == NULL
			? g_strdup_printf("%s Example: %s: %s", row->help, row->name, row->example)
			: g_strdup_printf("%s Default: %s. Example: %s: %s", row->help,
	                                  row->fallback, row->name, row->example);

	json_object_set_new(json, "description", json_string(text));
	return json;
}

/* No two of the exclusive keys; where one is needed, at least one. */
static void set_exclusive(json_t *json, const struct shape *shape)
{
	json_t *pairs = json_array(), *any = json_array();
	const char *const *keys = shape->exclusive;

	for (size_t i = 0; keys[i] != NULL; i++) {
		json_array_append_new(any, json_pack("{s:[s]}", "required", keys[i]));
		for (size_t j = i + 1; keys[j] != NULL; j++) {
			json_array_append_new(pairs, json_pack("{s:{s:[s,s]}}", "not", "required",
			                                       keys[i], keys[j]));
		}
	}
	json_object_set_new(json, "allOf", pairs);
	if (shape->needs_one)
		json_object_set(json, "anyOf", any);
	json_decref(any);
}

static json_t *struct_json(const struct shape *shape)
{
	json_t *properties = json_object(), *required = json_array();
	json_t *json = json_pack("{s:s,s:o,s:o,s:b}", "type", "object", "properties", properties,
	                         "required", required, "additionalProperties", 0);

	for (const struct row *row = shape->rows; row->name != NULL; row++) {
		json_object_set_new(properties, row->name, row_json(row));
		if (row->is_required)
			json_array_append_new(required, json_string(row->name));
	}
	set_bounds(json, shape, "minProperties", "maxProperties");
	if (shape->exclusive != NULL)
		set_exclusive(json, shape);
	return json;
}

static json_t *either_json(const struct shape *shape)
{
	return json_pack("{s:[o,o]}", "anyOf", shape_json(shape->scalar), shape_json(shape->item));
}

static json_t *(*const makers[])(const struct shape *) = {
	[SHAPE_TEXT] = text_json,         [SHAPE_BOOL] = bool_json,
	[SHAPE_INTEGER] = integer_json,   [SHAPE_BYTES] = bytes_json,
	[SHAPE_DURATION] = duration_json, [SHAPE_WORD] = word_json,
	[SHAPE_LIST] = list_json,         [SHAPE_MAP] = map_json,
	[SHAPE_STRUCT] = struct_json,     [SHAPE_EITHER] = either_json,
};

/* Recursion is as deep as the tables, which are ours. */
static json_t *shape_json(const struct shape *shape)
{
	json_t *json = makers[shape->kind](shape);

	if (shape->schema_extra != NULL) {
		json_t *extra = json_loads(shape->schema_extra, 0, NULL);

		g_assert(extra != NULL);
		json_object_update(json, extra);
		json_decref(extra);
	}
	return json;
}

char *schema_to_json(void)
{
	json_t *cases = json_array(), *names = json_array();

	for (size_t i = 0; i < KINDS; i++) {
		json_array_append_new(names, json_string(kinds[i].name));
		json_array_append_new(cases, json_pack("{s:{s:{s:{s:s}}},s:o}", "if", "properties",
		                                       "kind", "const", kinds[i].name, "then",
		                                       shape_json(kinds[i].shape)));
	}
	json_t *json = json_pack("{s:s,s:s,s:s,s:[s,s],s:{s:{s:o}},s:o}", "$schema",
	                         "https://json-schema.org/draft/2020-12/schema", "title",
	                         "A manifest of Muster", "type", "object", "required", "apiVersion",
	                         "kind", "properties", "kind", "enum", names, "allOf", cases);
	char *dumped = json_dumps(json, JSON_INDENT(2));
	char *text = g_strconcat(dumped, "\n", NULL);

	free(dumped);
	json_decref(json);
	return text;
}
