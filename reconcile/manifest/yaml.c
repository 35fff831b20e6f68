/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events are turned into nodes with a stack of our own, so that depth costs no C stack. */
#include "reconcile/manifest/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* A list or a map whose end has not been seen. */
struct open {
	struct node *node;
	GPtrArray *items;
	char *anchor;
};

struct parse {
	yaml_parser_t parser;
	struct source *source;
	struct yaml_usage *usage;
	struct tree *tree;
	GArray *open;        /* struct open */
	GHashTable *anchors; /* name → finished node */
	bool is_over;
};

/* What libyaml says, and what helps. */
static const struct {
	const char *problem;
	const char *text;
} problems[] = {
	{ "mapping values are not allowed in this context",
	  "a \":\" cannot stand here; is the indentation right, or does a text with \": \" need "
	  "quotes?" },
	{ "did not find expected key", "no key is found here; is the indentation right?" },
	{ "could not find expected ':'", "a key without \":\"" },
	{ "did not find expected '-' indicator",
	  "a list ends here unexpectedly; is the indentation right?" },
	{ "did not find expected ',' or ']'", "a \",\" or \"]\" is missing" },
	{ "did not find expected ',' or '}'", "a \",\" or \"}\" is missing" },
	{ "found unexpected end of stream", "the text ends in the middle; is a quote missing?" },
	{ "block sequence entries are not allowed in this context",
	  "a list cannot begin here; is the indentation right?" },
	{ "did not find expected node content", "a value is missing here" },
	{ "did not find expected <document start>",
	  "the document has ended above this; is the indentation right?" },
	{ "found unknown escape character",
	  "an unknown escape after \"\\\"; use single quotes to keep backslashes as they are" },
	{ "control characters are not allowed", "a control character; YAML takes only text" },
};

static void node_free(void *data)
{
	struct node *node = data;

	g_free(node->text);
	g_free(node->items);
	g_free(node);
}

/* What ends too early ends after the last line: the caret goes to the end of that line instead. */
static void mark_clamp(const struct source *source, uint32_t *line, uint32_t *column)
{
	g_autofree char *here = source_line(source, *line);
	g_autofree char *above = *line > source->line ? source_line(source, *line - 1) : NULL;

	if (here == NULL && above != NULL) {
		*line -= 1;
		*column = (uint32_t)g_utf8_strlen(above, -1) + 1;
	}
}

static void parse_fail(struct parse *parse, const yaml_mark_t *mark, const char *text)
{
	uint32_t line = parse->source->line + (uint32_t)mark->line;
	uint32_t column = (uint32_t)mark->column + 1;

	mark_clamp(parse->source, &line, &column);
	source_find_at(parse->source, line, column, g_strdup(text));
	parse->is_over = true;
}

static char *problem_text(const struct source *source, const yaml_mark_t *mark, const char *problem)
{
	g_autofree char *line = source_line(source, source->line + (uint32_t)mark->line);

	if (g_str_equal(problem, "found character that cannot start any token")) {
		glong column = MIN((glong)mark->column, line == NULL ? 0 : g_utf8_strlen(line, -1));
		gunichar c =
			line == NULL ? 0 : g_utf8_get_char(g_utf8_offset_to_pointer(line, column));
		return c == '\t' ? g_strdup("a tab in the indentation; YAML takes spaces only")
		                 : g_strdup_printf("a text that begins with \"%c\" needs quotes",
		                                   c > ' ' && c < 127 ? (int)c : '?');
	}
	for (size_t i = 0; i < G_N_ELEMENTS(problems); i++)
		if (g_str_equal(problem, problems[i].problem))
			return g_strdup(problems[i].text);
	return g_strdup(problem);
}

/* The reader's errors have a byte instead of a place. */
static yaml_mark_t mark_of_byte(const struct source *source, size_t offset)
{
	const char *line = source->text, *at = source->text;
	const char *end = source->text + MIN(offset, source->len);
	yaml_mark_t mark = { 0 };

	while (at < end) {
		size_t broken = source_break_len(at, source->text + source->len);

		at += broken > 0 ? broken : 1;
		mark.line += broken > 0;
		line = broken > 0 ? at : line;
	}
	mark.column = line < end ? (size_t)g_utf8_strlen(line, end - line) : 0;
	return mark;
}

static void parse_fail_syntax(struct parse *parse)
{
	const char *problem = parse->parser.problem == NULL ? "no YAML" : parse->parser.problem;
	yaml_mark_t mark = parse->parser.problem_mark;

	if (parse->parser.error == YAML_READER_ERROR)
		mark = mark_of_byte(parse->source, parse->parser.problem_offset);
	g_autofree char *text = problem_text(parse->source, &mark, problem);

	parse_fail(parse, &mark, text);
}

static struct node *node_new(struct parse *parse, enum node_kind kind, const yaml_mark_t *mark)
{
	struct node *node = g_new0(struct node, 1);

	node->kind = kind;
	node->weight = 1;
	node->line = parse->source->line + (uint32_t)mark->line;
	node->column = (uint32_t)mark->column + 1;
	g_ptr_array_add(parse->tree->nodes, node);
	return node;
}

/* Counts against the limit; over it the document is given up. */
static void nodes_count(struct parse *parse, const yaml_mark_t *mark, unsigned weight)
{
	const struct manifest_limits *limits = parse->source->limits;

	parse->usage->nodes += MIN(weight, limits->nodes + 1);
	if (parse->usage->nodes > limits->nodes && !parse->is_over) {
		g_autofree char *text =
			g_strdup_printf("more than %u values in one file; split it", limits->nodes);
		parse_fail(parse, mark, text);
	}
}

/* A tag would say the type, which the schema already says; "!" alone is YAML's "as it is". */
static void tag_check(struct parse *parse, const struct node *node, const yaml_char_t *tag)
{
	if (tag != NULL && strcmp((const char *)tag, "!") != 0) {
		source_find(parse->source, node,
		            "tags are not supported; leave out \"%s\", the schema says the type",
		            (const char *)tag);
	}
}

static void key_check(struct parse *parse, struct node *key)
{
	if (key->kind != NODE_SCALAR) {
		source_find(parse->source, key, "a key must be a text, not a %s",
		            key->kind == NODE_MAP ? "map" : "list");
		parse->is_over = true;
	} else if (key->is_plain && g_str_equal(key->text, "<<")) {
		source_find(parse->source, key,
		            "merge keys are not supported; write the keys out, or give a whole "
		            "value by an alias, as in \"size: *big\"");
	}
}

/* Puts a finished node where it belongs. */
static void node_place(struct parse *parse, struct node *node)
{
	if (parse->open->len == 0) {
		parse->tree->root = node;
		return;
	}
	struct open *open = &g_array_index(parse->open, struct open, parse->open->len - 1);

	if (open->node->kind == NODE_MAP && open->items->len % 2 == 0)
		key_check(parse, node);
	open->node->weight += node->weight;
	g_ptr_array_add(open->items, node);
}

static void anchor_keep(struct parse *parse, const char *anchor, struct node *node)
{
	if (anchor != NULL)
		g_hash_table_replace(parse->anchors, g_strdup(anchor), node);
}

static void take_scalar(struct parse *parse, const yaml_event_t *event)
{
	struct node *node = node_new(parse, NODE_SCALAR, &event->start_mark);
	const char *value = (const char *)event->data.scalar.value;

	node->text = g_strndup(value, event->data.scalar.length);
	node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	node->is_literal = event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE;
	nodes_count(parse, &event->start_mark, 1);
	tag_check(parse, node, event->data.scalar.tag);
	if (strlen(value) != event->data.scalar.length)
		source_find(parse->source, node, "a text must not hold a NUL character");
	anchor_keep(parse, (const char *)event->data.scalar.anchor, node);
	node_place(parse, node);
}

static void take_start(struct parse *parse, const yaml_event_t *event, enum node_kind kind)
{
	bool is_map = kind == NODE_MAP;
	struct node *node = node_new(parse, kind, &event->start_mark);
	const yaml_char_t *anchor =
		is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
	struct open open = { node, g_ptr_array_new(), g_strdup((const char *)anchor) };

	nodes_count(parse, &event->start_mark, 1);
	tag_check(parse, node,
	          is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag);
	g_array_append_val(parse->open, open);
	if (parse->open->len > parse->source->limits->depth && !parse->is_over) {
		g_autofree char *text = g_strdup_printf("nested more than %u levels deep",
		                                        parse->source->limits->depth);
		parse_fail(parse, &event->start_mark, text);
	}
}

static int key_compare_text(const void *a, const void *b)
{
	const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;
	int order = strcmp(x->text, y->text);

	if (order == 0)
		order = (x->line > y->line) - (x->line < y->line);
	return order != 0 ? order : (x->column > y->column) - (x->column < y->column);
}

static void keys_check_unique(struct parse *parse, const struct node *map)
{
	g_autofree const struct node **keys = g_new(const struct node *, map->len + 1);
	size_t first = 0;

	for (size_t i = 0; i < map->len; i++)
		keys[i] = node_key(map, i);
	if (map->len > 1)
		qsort(keys, map->len, sizeof(*keys), key_compare_text);
	for (size_t i = 1; i < map->len; i++) {
		if (g_str_equal(keys[first]->text, keys[i]->text)) {
			source_find(parse->source, keys[i],
			            "\"%s\" is here twice; first in line %u", keys[i]->text,
			            keys[first]->line);
		} else {
			first = i;
		}
	}
}

static void open_clear(void *data)
{
	struct open *open = data;

	if (open->items != NULL)
		g_ptr_array_unref(open->items);
	g_free(open->anchor);
}

static void take_end(struct parse *parse)
{
	struct open *open = &g_array_index(parse->open, struct open, parse->open->len - 1);
	struct node *node = open->node;
	g_autofree char *anchor = g_steal_pointer(&open->anchor);

	node->len = node->kind == NODE_MAP ? open->items->len / 2 : open->items->len;
	node->items = (struct node **)g_ptr_array_free(g_steal_pointer(&open->items), FALSE);
	g_array_set_size(parse->open, parse->open->len - 1);
	if (node->kind == NODE_MAP)
		keys_check_unique(parse, node);
	anchor_keep(parse, anchor, node);
	node_place(parse, node);
}

/* An anchor is known once its value has ended, so no value can hold itself. */
static void take_alias(struct parse *parse, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	struct node *node = g_hash_table_lookup(parse->anchors, name);
	const struct manifest_limits *limits = parse->source->limits;
	g_autofree char *text = NULL;

	if (node == NULL)
		text = g_strdup_printf("no value has the anchor \"&%s\" before this", name);
	else if (++parse->usage->aliases > limits->aliases)
		text = g_strdup_printf("more than %u aliases in one file", limits->aliases);
	if (text != NULL) {
		parse_fail(parse, &event->start_mark, text);
		return;
	}
	nodes_count(parse, &event->start_mark, node->weight);
	node_place(parse, node);
}

static void take_event(struct parse *parse, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		take_scalar(parse, event);
		break;
	case YAML_ALIAS_EVENT:
		take_alias(parse, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		take_start(parse, event, NODE_LIST);
		break;
	case YAML_MAPPING_START_EVENT:
		take_start(parse, event, NODE_MAP);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		take_end(parse);
		break;
	case YAML_STREAM_END_EVENT:
		parse->is_over = true;
		break;
	case YAML_DOCUMENT_START_EVENT:
		if (parse->tree->root != NULL)
			parse_fail(parse, &event->start_mark, "a second document without \"---\"");
		break;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
}

static void parse_run(struct parse *parse)
{
	while (!parse->is_over) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parse->parser, &event)) {
			parse_fail_syntax(parse);
			return;
		}
		take_event(parse, &event);
		yaml_event_delete(&event);
	}
}

struct tree *yaml_parse(struct source *source, struct yaml_usage *usage)
{
	struct parse parse = { .source = source, .usage = usage, .tree = g_new0(struct tree, 1) };

	parse.tree->nodes = g_ptr_array_new_with_free_func(node_free);
	parse.open = g_array_new(FALSE, FALSE, sizeof(struct open));
	g_array_set_clear_func(parse.open, open_clear);
	parse.anchors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	bool is_ready = yaml_parser_initialize(&parse.parser);

	g_assert(is_ready); /* it fails only without memory */
	yaml_parser_set_encoding(&parse.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parse.parser, (const unsigned char *)source->text,
	                             source->len);
	parse_run(&parse);
	yaml_parser_delete(&parse.parser);
	g_array_unref(parse.open);
	g_hash_table_unref(parse.anchors);
	return parse.tree;
}
