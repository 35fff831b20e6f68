/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings are printed to terminals with the author's own lines in them: what could move the cursor
 * is taken out, and a long line is shown around its caret only. */
#include "reconcile/model/finding.h"

#include <string.h>

enum {
	LINE_SHOWN = 120, /* characters of a source line */
	WORD_MAX = 64,    /* longer words have no neighbours */
};

static const char bold_red[] = "\033[1;31m";
static const char bold[] = "\033[1m";
static const char plain[] = "\033[0m";

static char *text_clean(char *own_text)
{
	g_autofree char *text = g_utf8_make_valid(own_text, -1);
	g_autoptr(GString) clean = g_string_sized_new(strlen(text));

	g_free(own_text);
	for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		if (c == '\t' || g_unichar_isprint(c))
			g_string_append_unichar(clean, c);
		else
			g_string_append_c(clean, c == '\n' || c == '\r' ? ' ' : '?');
	}
	return g_strchomp(g_strdup(clean->str));
}

struct finding *finding_new(const struct place *place, char *own_text, const char *line)
{
	struct finding *finding = g_new0(struct finding, 1);

	finding->place = *place;
	finding->text = text_clean(own_text);
	finding->line = line == NULL ? NULL : text_clean(g_strndup(line, strcspn(line, "\n\r")));
	return finding;
}

void finding_free(struct finding *finding)
{
	if (finding == NULL)
		return;
	g_free(finding->text);
	g_free(finding->line);
	g_free(finding->document);
	g_free(finding);
}

static void finding_free_cb(void *finding)
{
	finding_free(finding);
}

GPtrArray *finding_array_new(void)
{
	return g_ptr_array_new_with_free_func(finding_free_cb);
}

struct finding *finding_copy(const struct finding *finding)
{
	struct finding *copy = g_new(struct finding, 1);

	*copy = *finding;
	copy->text = g_strdup(finding->text);
	copy->line = g_strdup(finding->line);
	copy->document = g_strdup(finding->document);
	return copy;
}

static int number_compare(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

int finding_compare(const void *a, const void *b)
{
	const struct finding *x = *(const struct finding *const *)a;
	const struct finding *y = *(const struct finding *const *)b;
	int order = g_strcmp0(x->place.file, y->place.file);

	if (order == 0)
		order = number_compare(x->place.line, y->place.line);
	if (order == 0)
		order = number_compare(x->place.column, y->place.column);
	return order != 0 ? order : strcmp(x->text, y->text);
}

static void place_append(GString *text, const struct place *place)
{
	if (place->file == NULL)
		return;
	g_string_append(text, place->file);
	if (place->line > 0)
		g_string_append_printf(text, ":%u:%u", place->line, place->column);
	g_string_append(text, ": ");
}

/* Spaces as wide as @from up to @to; a tab stays one, so that the caret stands right. */
static void blank_append(GString *text, const char *from, const char *to)
{
	for (const char *at = from; at < to; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		if (c == '\t')
			g_string_append_c(text, '\t');
		else if (!g_unichar_iszerowidth(c))
			g_string_append(text, g_unichar_iswide(c) ? "  " : " ");
	}
}

/* The part of a line that is shown: all of it, or what is around the caret. */
static void line_append(GString *text, const struct finding *finding, bool in_colour)
{
	glong len = g_utf8_strlen(finding->line, -1);
	glong caret = CLAMP((glong)finding->place.column - 1, 0, len);
	glong first = caret > LINE_SHOWN - 20 ? caret - LINE_SHOWN / 2 : 0;
	glong last = MIN(len, first + LINE_SHOWN);
	const char *from = g_utf8_offset_to_pointer(finding->line, first);
	const char *to = g_utf8_offset_to_pointer(finding->line, last);
	g_autofree char *number = g_strdup_printf("%4u", finding->place.line);

	g_string_append_printf(text, "%s | %s", number, first > 0 ? "..." : "");
	g_string_append_len(text, from, to - from);
	g_string_append_printf(text, "%s\n%*s | %s", last < len ? "..." : "", (int)strlen(number),
	                       "", first > 0 ? "   " : "");
	blank_append(text, from, g_utf8_offset_to_pointer(finding->line, caret));
	g_string_append_printf(text, "%s^%s\n", in_colour ? bold_red : "", in_colour ? plain : "");
}

char *finding_format(const struct finding *finding, bool in_colour)
{
	GString *text = g_string_new(in_colour ? bold : "");

	place_append(text, &finding->place);
	g_string_append(text, in_colour ? plain : "");
	g_string_append_printf(text, "%s\n", finding->text);
	if (finding->line != NULL && finding->place.line > 0)
		line_append(text, finding, in_colour);
	return g_string_free(text, FALSE);
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	return MIN(a, MIN(b, c));
}

/* Changes of one letter, swaps of two neighbours and changes of case alike count 1. Damerau's
 * distance with adjacent transpositions. */
static unsigned word_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][WORD_MAX + 1];

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3];
		const unsigned *two_above = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			row[j] = least(above[j] + 1, row[j - 1] + 1,
			               above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = MIN(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

const char *finding_nearest(const char *word, const char *const *words)
{
	g_autofree char *wanted = g_ascii_strdown(word, -1);
	size_t len = strlen(wanted);
	unsigned best = (unsigned)(len + 2) / 3 + 1;
	const char *nearest = NULL;

	if (len == 0 || len > WORD_MAX)
		return NULL;
	for (size_t i = 0; words[i] != NULL; i++) {
		g_autofree char *candidate = g_ascii_strdown(words[i], -1);
		size_t candidate_len = strlen(candidate);

		if (candidate_len > WORD_MAX)
			continue;
		unsigned distance = word_distance(wanted, len, candidate, candidate_len);
		if (distance < best && distance < candidate_len) {
			best = distance;
			nearest = words[i];
		}
	}
	return nearest;
}
