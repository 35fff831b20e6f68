/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster events - what happened, oldest first; and what happens, while it does. */
#include "agent/api/view_json.h"
#include "agent/command/client.h"
#include "agent/command/commands.h"
#include "agent/command/document.h"
#include "agent/command/paths.h"
#include "agent/output/age.h"
#include "agent/output/terminal.h"
#include "agent/store/store.h"
#include "reconcile/model/fault.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	LIMIT = 30,
	NAME_COLUMNS = 21,
	SUBJECT_COLUMNS = 20,
	REST_US = 300 * 1000, /* before an agent that went is looked for again */
};

struct listing {
	const char *state_dir;
	const char *subject; /* NULL: all */
	int64_t limit;
	bool is_json;
	bool in_colour;
};

static enum style event_style(const char *name)
{
	static const struct {
		const char *part;
		enum style style;
	} styles[] = {
		{ "failed", STYLE_BAD },     { "bad", STYLE_BAD },
		{ "down", STYLE_BAD },       { "vanished", STYLE_BAD },
		{ "missing", STYLE_BAD },    { "late", STYLE_WARN },
		{ "uncertain", STYLE_WARN }, { "hold", STYLE_WARN },
		{ "stopped", STYLE_WARN },   { "converged", STYLE_GOOD },
		{ "cloud-up", STYLE_GOOD },  { "good", STYLE_GOOD },
		{ "unready", STYLE_WARN },   { "member-ready", STYLE_GOOD },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(styles); i++)
		if (strstr(name, styles[i].part) != NULL)
			return styles[i].style;
	return STYLE_PLAIN;
}

static const char *event_subject(const json_t *event)
{
	static const char *const names[] = { "key", "deployment", "cloud" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *text = document_text(event, names[i], NULL);
		if (text != NULL)
			return text;
	}
	return "-";
}

/* What a change was from and to, and what is said about it. */
static char *event_words(const json_t *event)
{
	const char *before = document_text(event, "before", NULL);
	const char *after = document_text(event, "after", NULL);
	const char *text = document_text(event, "text", NULL);
	GString *words = g_string_new(NULL);

	if (before != NULL || after != NULL) {
		g_string_append_printf(words, "%s%s%s", before == NULL ? "" : before,
		                       before == NULL || after == NULL ? "" : " → ",
		                       after == NULL ? "" : after);
	}
	if (text != NULL)
		g_string_append_printf(words, "%s%s", words->len == 0 ? "" : ": ", text);
	g_autofree char *raw = g_string_free(words, FALSE);
	return terminal_clean(raw);
}

static void event_print(const struct listing *listing, const json_t *event)
{
	g_autofree char *moment = age_moment(document_number(event, "at_ms"));
	g_autofree char *words = event_words(event);
	g_autofree char *subject = terminal_clean(event_subject(event));
	const char *name = document_text(event, "name", "?");
	g_autoptr(GString) line = g_string_new(NULL);

	terminal_append(line, STYLE_DIM, moment, listing->in_colour);
	g_string_append(line, "  ");
	terminal_append(line, event_style(name), name, listing->in_colour);
	g_string_append_printf(line, "%*s  %-*s  %s", (int)MAX(NAME_COLUMNS - (int)strlen(name), 0),
	                       "", SUBJECT_COLUMNS, subject, words);
	puts(g_strchomp(line->str));
}

/* With --follow each event is a line of JSON of its own: its reader need not wait for an end. */
static void events_print(const struct listing *listing, const json_t *events)
{
	json_t *event;
	size_t i;

	json_array_foreach(events, i, event)
	{
		if (listing->is_json) {
			json_dumpf(event, stdout, JSON_COMPACT);
			putchar('\n');
		} else {
			event_print(listing, event);
		}
	}
}

static json_t *events_from_store(const struct listing *listing, GError **error)
{
	g_autoptr(GPtrArray) events = NULL;
	autoptr(store) store = store_open_reading(listing->state_dir, error);

	if (store == NULL) {
		g_prefix_error(error, "no agent runs on \"%s\": ", listing->state_dir);
		return NULL;
	}
	if (!store_load_last_events(store, listing->subject, (unsigned)listing->limit, &events,
	                            error))
		return NULL;
	return json_pack("{s:o}", "events", events_to_json(events));
}

static json_t *events_ask(struct client *client, const struct listing *listing, GError **error)
{
	g_autofree char *limit = g_strdup_printf("%" PRId64, listing->limit);
	g_autofree char *path =
		client_path("/v1/events", "subject", listing->subject, "limit", limit, NULL);
	g_autoptr(GError) first = NULL;
	json_t *answer = client_get(client, path, &first);

	if (answer == NULL && client_is_alone(client))
		return events_from_store(listing, error);
	if (answer == NULL)
		g_propagate_error(error, g_steal_pointer(&first));
	return answer;
}

static enum exit_code events_list(struct client *client, const struct listing *listing)
{
	g_autoptr(GError) error = NULL;
	json_t *answer = events_ask(client, listing, &error);

	if (answer == NULL)
		return command_failed(error);
	if (listing->is_json) {
		document_print(answer);
		return EXIT_CODE_GOOD;
	}
	events_print(listing, json_object_get(answer, "events"));
	json_decref(answer);
	return EXIT_CODE_GOOD;
}

/* Where the readers stand: -1 before the first answer. */
static json_t *events_next(struct client *client, const struct listing *listing, int64_t after,
                           GError **error)
{
	g_autofree char *from = after < 0 ? NULL : g_strdup_printf("%" PRId64, after);
	g_autofree char *limit = g_strdup_printf("%" PRId64, listing->limit);
	g_autofree char *path =
		client_path("/v1/events", "subject", listing->subject, "after", from, "limit",
	                    after < 0 ? limit : NULL, "wait", after < 0 ? NULL : "30", NULL);

	return client_get(client, path, error);
}

/* An agent that restarts is waited for; one that was never there is an error. */
static enum exit_code events_follow(struct client *client, const struct listing *listing)
{
	int64_t after = -1;

	for (;;) {
		g_autoptr(GError) error = NULL;
		json_t *answer = events_next(client, listing, after, &error);

		if (answer == NULL && (after < 0 || !client_is_alone(client)))
			return command_failed(error);
		if (answer == NULL) {
			g_usleep(REST_US);
			continue;
		}
		events_print(listing, json_object_get(answer, "events"));
		after = document_number(answer, "last");
		json_decref(answer);
		if (fflush(stdout) != 0)
			return EXIT_CODE_FAILED;
	}
}

static enum exit_code events_run(const struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *state_dir = paths_state(arguments);
	struct listing listing = {
		.state_dir = state_dir,
		.subject = arguments_operand(arguments, 0),
		.limit = CLAMP(arguments_number(arguments, "limit", LIMIT), 1, 1000),
		.is_json = arguments_want_json(arguments),
		.in_colour = terminal_has_colour(stdout),
	};
	autoptr(client) client = client_open(state_dir, &error);

	if (client == NULL)
		return command_failed(error);
	return arguments_has(arguments, "follow") ? events_follow(client, &listing)
	                                          : events_list(client, &listing);
}

static const struct option_row events_options[] = {
	PATHS_STATE_ROW,
	{ "follow", 'f', OPTION_FLAG, NULL, "go on with what happens, until Ctrl-C" },
	{ "limit", 'n', OPTION_NUMBER, "N", "how many of the past, at most 1000 (30)" },
	{ 0 },
};

const struct command command_events = {
	.name = "events",
	.help = "show what happened",
	.operands = "[SUBJECT]",
	.operands_max = 1,
	.options = events_options,
	.has_output = true,
	.more = "SUBJECT is a deployment, a cloud, or the beginning of a member's key, as in\n"
		"shop/web.\n"
		"With --follow and --output json each event is a line of JSON.",
	.run = events_run,
};
