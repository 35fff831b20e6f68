/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans as aligned lines of text: first the lines as values, then their columns. */
#include "reconcile/plan/explain.h"

#include "reconcile/model/key.h"
#include "reconcile/plan/summary.h"

#include <string.h>

enum {
	KEY_MIN = 14, /* columns are at least so wide, so that two plans look alike */
	KIND_MIN = 7,
	WHAT_MIN = 22,
	WHAT_MAX = 48, /* one long text does not push the others away */
	KEY_MAX = 40,
	FOLD_MIN = 21, /* so many equal lines are one */
	GAP = 2,
};

/* One line; borrowed but for the texts that it makes. */
struct line {
	const char *sign;
	const char *colour;
	const char *key;
	const char *kind;
	const char *what;
	const char *why;
	struct place place;
	const char *last; /* the key of the last line folded into this; NULL: none */
	unsigned count;
};

struct widths {
	int key, kind, what;
};

static const char reset[] = "\033[0m";

static const char *const colours[ACTION_KINDS] = {
	[ACTION_CREATE] = "\033[32m", [ACTION_DESTROY] = "\033[31m", [ACTION_START] = "\033[33m",
	[ACTION_STOP] = "\033[33m",   [ACTION_RESIZE] = "\033[33m",  [ACTION_MARK] = "\033[33m",
};

static struct line action_line(const struct action *action)
{
	return (struct line){ .sign = action_kind_sign(action->kind),
		              .colour = colours[action->kind],
		              .key = action->key,
		              .kind = action_kind_name(action->kind),
		              .what = action->what == NULL ? "" : action->what,
		              .why = action->why == NULL ? "" : action->why,
		              .place = action->place,
		              .count = 1 };
}

static struct line hold_line(const struct hold *hold)
{
	bool is_under_way = summary_is_under_way(hold);

	return (struct line){ .sign = is_under_way ? ">" : "!",
		              .colour = is_under_way ? "\033[36m" : "\033[35m",
		              .key = hold->key,
		              .kind = is_under_way ? "under way" : "held",
		              .what = hold->text == NULL ? "" : hold->text,
		              .why = hold->why == NULL ? "" : hold->why,
		              .place = hold->place,
		              .count = 1 };
}

/* Up to and with the last slash. */
static size_t component_len(const char *key)
{
	const char *member = strrchr(key, '/');

	return member == NULL ? 0 : (size_t)(member - key) + 1;
}

static bool lines_are_alike(const struct line *a, const struct line *b)
{
	size_t len = component_len(a->key);

	return a->sign == b->sign && len == component_len(b->key) &&
	       strncmp(a->key, b->key, len) == 0 && strcmp(a->kind, b->kind) == 0 &&
	       strcmp(a->what, b->what) == 0 && strcmp(a->why, b->why) == 0 &&
	       a->place.file == b->place.file && a->place.line == b->place.line;
}

/* Actions and holds are each sorted by key: merged they tell of a member in one place. */
static GArray *plan_lines(const struct plan *plan, const struct explain_options *options)
{
	GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct line));
	guint a = 0, h = options->with_holds ? 0 : plan->holds->len;

	while (a < plan->actions->len || h < plan->holds->len) {
		const struct action *action =
			a < plan->actions->len ? g_ptr_array_index(plan->actions, a) : NULL;
		const struct hold *hold =
			h < plan->holds->len ? g_ptr_array_index(plan->holds, h) : NULL;
		bool is_action = hold == NULL ||
		                 (action != NULL && key_compare(action->key, hold->key) <= 0);
		struct line line = is_action ? action_line(action) : hold_line(hold);

		a += is_action;
		h += !is_action;
		g_array_append_val(lines, line);
	}
	return lines;
}

static void run_fold(GArray *lines, guint from, guint to, guint *kept)
{
	struct line *items = (struct line *)(void *)lines->data;
	guint len = to - from;

	if (len >= FOLD_MIN) {
		struct line folded = items[from];

		folded.last = items[to - 1].key;
		folded.count = len;
		items[(*kept)++] = folded;
		return;
	}
	memmove(&items[*kept], &items[from], len * sizeof(*items));
	*kept += len;
}

static void lines_fold(GArray *lines)
{
	const struct line *items = (const struct line *)(const void *)lines->data;
	guint kept = 0;

	for (guint from = 0, to = 0; from < lines->len; from = to) {
		to = from + 1;
		while (to < lines->len && lines_are_alike(&items[from], &items[to]))
			to++;
		run_fold(lines, from, to, &kept);
	}
	g_array_set_size(lines, kept);
}

/* "shop/web/21…40" for a folded line. */
static char *key_text(const struct line *line)
{
	return line->last == NULL ? g_strdup(line->key)
	                          : g_strdup_printf("%s…%s", line->key,
	                                            line->last + component_len(line->last));
}

static char *kind_text(const struct line *line)
{
	return line->count == 1 ? g_strdup(line->kind)
	                        : g_strdup_printf("%s (%u)", line->kind, line->count);
}

static int columns(const char *text)
{
	return (int)g_utf8_strlen(text, -1);
}

static struct widths lines_measure(const GArray *lines)
{
	struct widths widths = { KEY_MIN, KIND_MIN, WHAT_MIN };

	for (guint i = 0; i < lines->len; i++) {
		const struct line *line = &g_array_index(lines, struct line, i);
		g_autofree char *key = key_text(line);
		g_autofree char *kind = kind_text(line);

		widths.key = MAX(widths.key, MIN(columns(key), KEY_MAX));
		widths.kind = MAX(widths.kind, columns(kind));
		widths.what = MAX(widths.what, MIN(columns(line->what), WHAT_MAX));
	}
	return widths;
}

/* @text and blanks up to @width, and the gap. */
static void cell_append(GString *text, const char *cell, int width)
{
	g_string_append(text, cell);
	for (int i = columns(cell); i < width; i++)
		g_string_append_c(text, ' ');
	g_string_append(text, "  ");
}

static void reason_append(GString *text, const struct line *line)
{
	g_string_append(text, line->why);
	if (line->place.file != NULL && line->place.line != 0) {
		g_string_append_printf(text, "%s%s:%u", *line->why == '\0' ? "" : ", ",
		                       line->place.file, line->place.line);
	}
}

static void trail_strip(GString *text)
{
	while (text->len > 0 && text->str[text->len - 1] == ' ')
		g_string_truncate(text, text->len - 1);
}

/* What clouds and connectors say may hold anything: it must neither break the line nor reach a
 * terminal as a command. U+0080 to U+009F are control characters as well. */
static void controls_blank(GString *text)
{
	for (char *at = text->str; *at != '\0'; at++) {
		unsigned char next = (unsigned char)at[1];

		if (g_ascii_iscntrl(*at))
			*at = ' ';
		else if ((unsigned char)*at == 0xc2 && next >= 0x80 && next < 0xa0)
			at[1] = (char)0xa0; /* a space that is as wide in bytes */
	}
}

/* At most @width columns, the last being "…". */
static void line_cut(GString *text, unsigned width)
{
	if (width < 2 || g_utf8_strlen(text->str, -1) <= (glong)width)
		return;
	const char *end = g_utf8_offset_to_pointer(text->str, (glong)width - 1);

	g_string_truncate(text, (gsize)(end - text->str));
	g_string_append(text, "…");
}

static void line_append(GString *out, const struct line *line, const struct widths *widths,
                        const struct explain_options *options)
{
	g_autoptr(GString) text = g_string_new("");
	g_autofree char *key = key_text(line);
	g_autofree char *kind = kind_text(line);
	size_t sign_len = strlen(line->sign);

	g_string_append_printf(text, "  %s ", line->sign);
	cell_append(text, key, widths->key);
	cell_append(text, kind, widths->kind);
	cell_append(text, line->what, widths->what);
	reason_append(text, line);
	controls_blank(text);
	trail_strip(text);
	line_cut(text, options->width);
	if (options->in_colour) {
		g_string_insert(text, GAP + (gssize)sign_len, reset);
		g_string_insert(text, GAP, line->colour);
	}
	g_string_append_printf(out, "%s\n", text->str);
}

static void header_append(GString *out, const struct plan *plan)
{
	bool has_commit = plan->commit != NULL && *plan->commit != '\0';

	g_string_append_printf(out, "%s  (", plan->deployment);
	if (has_commit)
		g_string_append_printf(out, "commit %.7s, ", plan->commit);
	g_string_append_printf(out, "%u cloud%s)\n", plan->clouds, plan->clouds == 1 ? "" : "s");
}

static void plan_append(GString *out, const struct plan *plan,
                        const struct explain_options *options)
{
	g_autoptr(GArray) lines = plan_lines(plan, options);

	if (lines->len == 0)
		return;
	if (options->width != 0)
		lines_fold(lines);
	struct widths widths = lines_measure(lines);

	header_append(out, plan);
	for (guint i = 0; i < lines->len; i++)
		line_append(out, &g_array_index(lines, struct line, i), &widths, options);
}

static void summary_append(GString *out, const struct summary *summary)
{
	g_string_append_printf(out, "Plan: %zu to create, %zu to change, %zu to destroy",
	                       summary->create, summary->change, summary->destroy);
	if (summary->held > 0)
		g_string_append_printf(out, ", %zu held", summary->held);
	if (summary->under_way > 0)
		g_string_append_printf(out, ", %zu under way", summary->under_way);
	g_string_append(out, ".\n");
}

char *explain_text(GPtrArray *plans, const struct explain_options *options)
{
	GString *out = g_string_new("");
	struct summary summary = summary_of(plans);

	for (guint i = 0; i < plans->len; i++)
		plan_append(out, g_ptr_array_index(plans, i), options);
	if (summary_is_empty(&summary))
		g_string_append(out, "Nothing to do.\n");
	else
		summary_append(out, &summary);
	return g_string_free(out, FALSE);
}

bool explain_has_changes(GPtrArray *plans)
{
	struct summary summary = summary_of(plans);

	return summary.create + summary.change + summary.destroy + summary.held > 0;
}
