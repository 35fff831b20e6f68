/* SPDX-License-Identifier: GPL-2.0-or-later */
/* terminal - what a stream can show: colour, columns, redrawing. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

/* How a piece of text is to be read; colour only adds to what the words say. */
enum style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_GOOD,
	STYLE_WARN,
	STYLE_BAD,
	STYLES, /* how many */
};

/* Whether @stream is a terminal that shows colour, and NO_COLOR (no-color.org) is not set. */
bool terminal_has_colour(FILE *stream);
/* Whether lines on @stream can be drawn again in place. */
bool terminal_can_redraw(FILE *stream);
/* The columns of @stream; 0 where it is no terminal. */
unsigned terminal_width(FILE *stream);
/* The lines of @stream; 0 where it is no terminal. */
unsigned terminal_height(FILE *stream);
/* Appends @text in @style; plain where not @in_colour. */
void terminal_append(GString *out, enum style style, const char *text, bool in_colour);
/* @text without what could move the cursor or change colours: for words from outside. Freed by the
 * caller. */
char *terminal_clean(const char *text);
/* The columns that @text takes. */
size_t terminal_columns(const char *text);
