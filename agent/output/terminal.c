/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Colour follows no-color.org: any value of NO_COLOR but the empty one switches it off. */
#include "agent/output/terminal.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *const style_codes[STYLES] = {
	[STYLE_PLAIN] = "",        [STYLE_BOLD] = "\033[1m",  [STYLE_DIM] = "\033[2m",
	[STYLE_GOOD] = "\033[32m", [STYLE_WARN] = "\033[33m", [STYLE_BAD] = "\033[31m",
};

bool terminal_can_redraw(FILE *stream)
{
	const char *term = g_getenv("TERM");

	return isatty(fileno(stream)) && term != NULL && !g_str_equal(term, "dumb");
}

bool terminal_has_colour(FILE *stream)
{
	const char *no_color = g_getenv("NO_COLOR");

	return (no_color == NULL || *no_color == '\0') && terminal_can_redraw(stream);
}

static struct winsize terminal_size(FILE *stream)
{
	struct winsize size = { 0 };

	if (!isatty(fileno(stream)) || ioctl(fileno(stream), TIOCGWINSZ, &size) != 0)
		return (struct winsize){ 0 };
	return size;
}

unsigned terminal_width(FILE *stream)
{
	return terminal_size(stream).ws_col;
}

unsigned terminal_height(FILE *stream)
{
	return terminal_size(stream).ws_row;
}

void terminal_append(GString *out, enum style style, const char *text, bool in_colour)
{
	if (!in_colour || style == STYLE_PLAIN || *text == '\0') {
		g_string_append(out, text);
		return;
	}
	g_string_append_printf(out, "%s%s\033[0m", style_codes[style], text);
}

char *terminal_clean(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	GString *clean = g_string_sized_new(strlen(valid));

	for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (c == '\n' || c == '\r' || c == '\t')
			g_string_append_c(clean, ' ');
		else if (g_unichar_isprint(c))
			g_string_append_unichar(clean, c);
		else
			g_string_append_c(clean, '?');
	}
	return g_string_free(clean, FALSE);
}

size_t terminal_columns(const char *text)
{
	size_t columns = 0;

	for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (!g_unichar_iszerowidth(c))
			columns += g_unichar_iswide(c) ? 2 : 1;
	}
	return columns;
}
