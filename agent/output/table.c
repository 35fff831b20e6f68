/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells lie in one array, row after row; widths are found when it is printed. */
#include "agent/output/table.h"

#include <stdarg.h>

enum {
	GAP = 3,       /* spaces between columns */
	LAST_MIN = 20, /* columns that the last cell keeps however narrow the terminal */
};

struct cell {
	enum style style;
	char *text;
};

struct table {
	const char *const *headings;
	size_t columns;
	GArray *cells; /* struct cell */
};

static void cell_clear(void *data)
{
	struct cell *cell = data;

	g_free(cell->text);
}

struct table *table_new(const char *const *headings)
{
	struct table *table = g_new0(struct table, 1);

	table->headings = headings;
	table->columns = g_strv_length((char **)headings);
	table->cells = g_array_new(FALSE, TRUE, sizeof(struct cell));
	g_array_set_clear_func(table->cells, cell_clear);
	return table;
}

void table_free(struct table *table)
{
	if (table == NULL)
		return;
	g_array_unref(table->cells);
	g_free(table);
}

void table_add(struct table *table, enum style style, const char *text)
{
	struct cell cell = { style, terminal_clean(text == NULL ? "" : text) };

	g_array_append_val(table->cells, cell);
}

void table_addf(struct table *table, enum style style, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	g_autofree char *text = g_strdup_vprintf(format, list);
	va_end(list);
	table_add(table, style, text);
}

void table_end_row(struct table *table)
{
	while (table->cells->len % table->columns != 0)
		table_add(table, STYLE_PLAIN, "");
}

size_t table_rows(const struct table *table)
{
	return (table->cells->len + table->columns - 1) / table->columns;
}

static const struct cell *cell_at(const struct table *table, size_t row, size_t column)
{
	size_t index = row * table->columns + column;

	return index < table->cells->len ? &g_array_index(table->cells, struct cell, index) : NULL;
}

static const char *heading_text(const char *heading)
{
	return *heading == '>' ? heading + 1 : heading;
}

/* 0 for a column that is empty in all rows. */
static size_t column_width(const struct table *table, size_t column)
{
	size_t width = 0;

	for (size_t row = 0; row < table_rows(table); row++) {
		const struct cell *cell = cell_at(table, row, column);
		width = MAX(width, cell == NULL ? 0 : terminal_columns(cell->text));
	}
	return width == 0 ? 0 : MAX(width, terminal_columns(heading_text(table->headings[column])));
}

/* @text in at most @room columns. */
static char *text_cut(const char *text, size_t room)
{
	const char *end = text;

	if (terminal_columns(text) <= room)
		return g_strdup(text);
	for (size_t used = 0; used + 2 < room && *end != '\0'; used++)
		end = g_utf8_next_char(end);
	g_autofree char *kept = g_strndup(text, (size_t)(end - text));
	return g_strconcat(g_strchomp(kept), "…", NULL);
}

struct line {
	GString *out;
	const size_t *widths;
	size_t last; /* the last column that is shown */
	size_t used;
	bool in_colour;
	unsigned width;
};

static void cell_print(struct line *line, size_t column, const char *heading,
                       const struct cell *cell)
{
	size_t width = line->widths[column];
	size_t room = line->width > line->used ? line->width - line->used : 0;
	g_autofree char *text = column == line->last && line->width > 0
	                                ? text_cut(cell->text, MAX(room, (size_t)LAST_MIN))
	                                : g_strdup(cell->text);
	size_t columns = terminal_columns(text);
	size_t pad = width > columns ? width - columns : 0;
	bool is_right = *heading == '>';

	if (width == 0)
		return;
	g_string_append_printf(line->out, "%*s", is_right ? (int)pad : 0, "");
	terminal_append(line->out, cell->style, text, line->in_colour);
	if (column != line->last)
		g_string_append_printf(line->out, "%*s", (int)(is_right ? 0 : pad) + GAP, "");
	line->used += width + GAP;
}

static void line_end(GString *out)
{
	while (out->len > 0 && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	g_string_append_c(out, '\n');
}

static void row_print(const struct table *table, struct line *line, size_t row, bool is_heading)
{
	for (size_t column = 0; column <= line->last; column++) {
		const char *heading = table->headings[column];
		const struct cell *cell = is_heading ? NULL : cell_at(table, row, column);
		struct cell shown = { is_heading ? STYLE_BOLD : STYLE_PLAIN,
			              (char *)(is_heading ? heading_text(heading) : "") };

		cell_print(line, column, heading, cell == NULL ? &shown : cell);
	}
	line_end(line->out);
}

void table_print(const struct table *table, GString *out, unsigned indent, bool in_colour,
                 unsigned width)
{
	g_autofree size_t *widths = g_new0(size_t, table->columns);
	struct line line = { .out = out, .widths = widths, .in_colour = in_colour, .width = width };

	if (table_rows(table) == 0)
		return;
	for (size_t column = 0; column < table->columns; column++) {
		widths[column] = column_width(table, column);
		line.last = widths[column] > 0 ? column : line.last;
	}
	for (size_t row = 0; row <= table_rows(table); row++) {
		g_string_append_printf(out, "%*s", (int)indent, "");
		line.used = indent;
		row_print(table, &line, row - 1, row == 0);
	}
}
