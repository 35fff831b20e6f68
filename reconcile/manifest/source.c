/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines are cut as libyaml cuts them, or its line numbers would name the wrong ones. */
#include "reconcile/manifest/source.h"

#include <string.h>

struct place source_place(const struct source *source, const struct node *node)
{
	return (struct place){ .file = source->file, .line = node->line, .column = node->column };
}

/* NEL, LS and PS are breaks in YAML 1.1. */
size_t source_break_len(const char *at, const char *end)
{
	size_t left = (size_t)(end - at);

	if (*at == '\r')
		return left > 1 && at[1] == '\n' ? 2 : 1;
	if (*at == '\n')
		return 1;
	if (left > 1 && memcmp(at, "\xC2\x85", 2) == 0)
		return 2;
	return left > 2 && (memcmp(at, "\xE2\x80\xA8", 3) == 0 ||
	                    memcmp(at, "\xE2\x80\xA9", 3) == 0)
	               ? 3
	               : 0;
}

static const char *line_end(const char *at, const char *end)
{
	while (at < end && source_break_len(at, end) == 0)
		at++;
	return at;
}

char *source_line(const struct source *source, uint32_t line)
{
	const char *at = source->text, *end = source->text + source->len;

	for (uint32_t current = source->line; line >= source->line && at < end; current++) {
		const char *stop = line_end(at, end);

		if (current == line)
			return g_strndup(at, (size_t)(stop - at));
		at = stop < end ? stop + source_break_len(stop, end) : end;
	}
	return NULL;
}

bool source_is_full(const struct source *source)
{
	return source->findings->len >= SOURCE_FINDINGS_MAX;
}

struct finding *source_find_at(struct source *source, uint32_t line, uint32_t column,
                               char *own_text)
{
	struct place place = { .file = source->file, .line = line, .column = column };

	if (source_is_full(source)) {
		g_free(own_text);
		return NULL;
	}
	g_autofree char *text = source_line(source, line);
	struct finding *finding = finding_new(&place, own_text, text);

	g_ptr_array_add(source->findings, finding);
	return finding;
}

void source_find(struct source *source, const struct node *node, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	source_find_at(source, node->line, node->column, g_strdup_vprintf(format, args));
	va_end(args);
}

/* Where byte @offset of literal text stands; of other text only the start is known. */
static void place_inside(const struct source *source, const struct node *node, size_t offset,
                         struct place *place)
{
	const char *start = node->text;
	uint32_t line = node->line + 1;

	if (!node->is_literal)
		return;
	for (const char *at = node->text; at < node->text + offset; at++) {
		if (*at == '\n') {
			line++;
			start = at + 1;
		}
	}
	g_autofree char *shown = source_line(source, line);
	g_autofree char *wanted = g_strndup(start, strcspn(start, "\n"));
	const char *found = shown == NULL ? NULL : strstr(shown, wanted);

	if (found != NULL) {
		glong indent = g_utf8_strlen(shown, found - shown);
		glong inside = g_utf8_strlen(start, node->text + offset - start);
		place->line = line;
		place->column = (uint32_t)(indent + inside + 1);
	}
}

void source_find_inside(struct source *source, const struct node *node, size_t offset,
                        char *own_text)
{
	struct place place = source_place(source, node);

	place_inside(source, node, offset, &place);
	source_find_at(source, place.line, place.column, own_text);
}

char *source_check_bytes(const struct manifest_limits *limits, const char *text, size_t len,
                         uint32_t *ret_line)
{
	const char *bad = NULL;

	*ret_line = 0;
	if (len > limits->file_bytes) {
		return g_strdup_printf("the file is %" G_GSIZE_FORMAT
		                       " bytes long; at most %" G_GSIZE_FORMAT " are taken",
		                       len, limits->file_bytes);
	}
	if (g_utf8_validate_len(text, len, &bad))
		return NULL;
	*ret_line = 1;
	for (const char *at = text; at < bad; at++)
		*ret_line += *at == '\n';
	if (len >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
		return g_strdup("the file is not UTF-8 but UTF-16; save it as UTF-8");
	return *bad == '\0'
	               ? g_strdup("a NUL byte; the file is no text")
	               : g_strdup_printf(
				 "the file is not UTF-8: byte 0x%02x at offset %" G_GSIZE_FORMAT,
				 (unsigned char)*bad, (size_t)(bad - text));
}

size_t source_mark_len(const char *text, size_t len)
{
	static const char mark[] = "\xEF\xBB\xBF";

	return len >= strlen(mark) && memcmp(text, mark, strlen(mark)) == 0 ? strlen(mark) : 0;
}
