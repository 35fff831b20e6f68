/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first line waits for a third of a second: a command that is done by then needs none. */
#include "agent/output/progress.h"

#include "agent/output/terminal.h"

enum {
	FIRST_MS = 300,
	REDRAW_MS = 100,
	LINE_MS = 1000,
};

struct progress {
	FILE *stream;
	bool can_redraw;
	bool is_shown;
	int64_t begun_at_ms;
	int64_t said_at_ms;
	char *text; /* what was said last */
};

struct progress *progress_start(FILE *stream, int64_t now_ms)
{
	struct progress *progress = g_new0(struct progress, 1);

	progress->stream = stream;
	progress->can_redraw = terminal_can_redraw(stream);
	progress->begun_at_ms = now_ms;
	return progress;
}

static bool progress_is_due(struct progress *progress, const char *text, int64_t now_ms)
{
	int64_t pause_ms = progress->can_redraw ? REDRAW_MS : LINE_MS;

	if (g_strcmp0(progress->text, text) == 0)
		return false;
	if (progress->text == NULL)
		return now_ms - progress->begun_at_ms >= FIRST_MS;
	return now_ms - progress->said_at_ms >= pause_ms;
}

static void line_draw(struct progress *progress, const char *text)
{
	unsigned width = terminal_width(progress->stream);
	size_t room = width > 1 ? width - 1 : 79;
	g_autofree char *cut =
		g_utf8_substring(text, 0, (glong)MIN(room, (size_t)g_utf8_strlen(text, -1)));

	fprintf(progress->stream, "\r\033[K%s", cut);
	progress->is_shown = true;
}

void progress_say(struct progress *progress, const char *text, int64_t now_ms)
{
	g_autofree char *clean = terminal_clean(text);

	if (!progress_is_due(progress, clean, now_ms))
		return;
	if (progress->can_redraw)
		line_draw(progress, clean);
	else
		fprintf(progress->stream, "%s\n", clean);
	fflush(progress->stream);
	progress->said_at_ms = now_ms;
	g_free(progress->text);
	progress->text = g_steal_pointer(&clean);
}

void progress_stop(struct progress *progress)
{
	if (progress == NULL)
		return;
	if (progress->is_shown) {
		fputs("\r\033[K", progress->stream);
		fflush(progress->stream);
	}
	g_free(progress->text);
	g_free(progress);
}
