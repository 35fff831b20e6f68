/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log - three ways to write one line, and the choice between them. */
#include "agent/daemon/log.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct line {
	enum log_level level;
	const char *name;
	const struct log_field *fields;
};

static const struct {
	const char *word;
	int priority; /* of syslog */
} levels[LOG_LEVELS] = {
	[LOG_LEVEL_ERROR] = { "error", 3 },   [LOG_LEVEL_WARNING] = { "warning", 4 },
	[LOG_LEVEL_NOTICE] = { "notice", 5 }, [LOG_LEVEL_INFO] = { "info", 6 },
	[LOG_LEVEL_DEBUG] = { "debug", 7 },
};

static const char *const forms[LOG_FORMS] = {
	[LOG_FORM_AUTO] = "auto",
	[LOG_FORM_TEXT] = "text",
	[LOG_FORM_JSON] = "json",
	[LOG_FORM_JOURNAL] = "journal",
};

const struct log_options log_options_default = {
	.form = LOG_FORM_AUTO,
	.level = LOG_LEVEL_INFO,
	.fd = STDERR_FILENO,
	.journal = NULL,
};

/* Events that need somebody; all others are information. */
static const enum log_level event_levels[EVENT_NAMES] = {
	[EVENT_OPERATION_BEGUN] = LOG_LEVEL_INFO,
	[EVENT_OPERATION_DONE] = LOG_LEVEL_INFO,
	[EVENT_OPERATION_FAILED] = LOG_LEVEL_WARNING,
	[EVENT_OPERATION_UNCERTAIN] = LOG_LEVEL_WARNING,
	[EVENT_OPERATION_SETTLED] = LOG_LEVEL_INFO,
	[EVENT_MEMBER_READY] = LOG_LEVEL_INFO,
	[EVENT_MEMBER_UNREADY] = LOG_LEVEL_WARNING,
	[EVENT_MEMBER_LATE] = LOG_LEVEL_WARNING,
	[EVENT_INSTANCE_VANISHED] = LOG_LEVEL_WARNING,
	[EVENT_INSTANCE_CHANGED] = LOG_LEVEL_NOTICE,
	[EVENT_INSTANCE_ADOPTED] = LOG_LEVEL_INFO,
	[EVENT_ORPHAN_FOUND] = LOG_LEVEL_WARNING,
	[EVENT_DEPLOYMENT_NEW] = LOG_LEVEL_INFO,
	[EVENT_DEPLOYMENT_CHANGED] = LOG_LEVEL_INFO,
	[EVENT_DEPLOYMENT_MISSING] = LOG_LEVEL_WARNING,
	[EVENT_DEPLOYMENT_BACK] = LOG_LEVEL_NOTICE,
	[EVENT_DEPLOYMENT_CONVERGED] = LOG_LEVEL_INFO,
	[EVENT_DOCUMENT_BAD] = LOG_LEVEL_WARNING,
	[EVENT_DOCUMENT_GOOD] = LOG_LEVEL_NOTICE,
	[EVENT_CLOUD_UP] = LOG_LEVEL_INFO,
	[EVENT_CLOUD_DOWN] = LOG_LEVEL_WARNING,
	[EVENT_HOLD] = LOG_LEVEL_NOTICE,
	[EVENT_ACTING_STOPPED] = LOG_LEVEL_ERROR,
	[EVENT_ACTING_RESUMED] = LOG_LEVEL_NOTICE,
	[EVENT_AGENT_STARTED] = LOG_LEVEL_NOTICE,
	[EVENT_AGENT_STOPPED] = LOG_LEVEL_NOTICE,
};

static struct {
	enum log_form form;
	enum log_level level;
	int fd;      /* -1: closed */
	int journal; /* a datagram socket, -1: none */
} sink = { LOG_FORM_TEXT, LOG_LEVEL_INFO, -1, -1 };

static bool is_plain(const char *value)
{
	if (*value == '\0')
		return false;
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == '"' || *c == '=' || *c == '\\' || *c == 0x7f)
			return false;
	return true;
}

/* Control characters are escaped so that nobody's text can forge a line. */
static void append_quoted(GString *text, const char *value)
{
	g_string_append_c(text, '"');
	for (const char *c = value; *c; c++)
		if (*c == '\n')
			g_string_append(text, "\\n");
		else if ((unsigned char)*c < ' ' || *c == 0x7f)
			g_string_append_printf(text, "\\x%02x", (unsigned char)*c);
		else if (*c == '"' || *c == '\\')
			g_string_append_printf(text, "\\%c", *c);
		else
			g_string_append_c(text, *c);
	g_string_append_c(text, '"');
}

static void append_fields(GString *text, const struct log_field *fields)
{
	for (const struct log_field *field = fields; field->name; field++) {
		if (!field->value)
			continue;
		g_string_append_printf(text, "%s%s=", text->len ? " " : "", field->name);
		if (is_plain(field->value))
			g_string_append(text, field->value);
		else
			append_quoted(text, field->value);
	}
}

static char *time_text(void)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *seconds = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");

	return g_strdup_printf("%s.%03dZ", seconds, g_date_time_get_microsecond(now) / 1000);
}

/* One write, so that lines of several programs on one descriptor do not mix. */
static void write_line(GString *text)
{
	ssize_t written;

	g_string_append_c(text, '\n');
	written = write(sink.fd, text->str, text->len);
	(void)written; /* there is nobody to tell */
}

static void write_text(const struct line *line)
{
	g_autofree char *at = time_text();
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "%s %s %s", at, levels[line->level].word, line->name);
	append_fields(text, line->fields);
	write_line(text);
	g_string_free(text, TRUE);
}

static void write_json(const struct line *line)
{
	g_autofree char *at = time_text();
	json_t *object = json_pack("{s:s, s:s, s:s}", "at", at, "level", levels[line->level].word,
	                           "event", line->name);
	GString *text = g_string_new(NULL);
	char *dump;

	for (const struct log_field *field = line->fields; field->name; field++) {
		g_autofree char *valid = field->value ? g_utf8_make_valid(field->value, -1) : NULL;

		if (valid)
			json_object_set_new(object, field->name, json_string(valid));
	}
	dump = json_dumps(object, JSON_COMPACT);
	g_string_append(text, dump);
	write_line(text);
	free(dump);
	g_string_free(text, TRUE);
	json_decref(object);
}

/* The journal's protocol: NAME=VALUE by line, or NAME, a newline, the length in 64 bits
 * little-endian and the value where that may hold a newline
 * (systemd.io/JOURNAL_NATIVE_PROTOCOL). */
static void append_journal(GString *entry, const char *prefix, const char *name, const char *value)
{
	uint64_t length = GUINT64_TO_LE((uint64_t)strlen(value));

	g_string_append(entry, prefix);
	for (const char *c = name; *c; c++)
		g_string_append_c(entry, g_ascii_isalnum(*c) ? g_ascii_toupper(*c) : '_');
	if (!strchr(value, '\n')) {
		g_string_append_printf(entry, "=%s\n", value);
		return;
	}
	g_string_append_c(entry, '\n');
	g_string_append_len(entry, (const char *)&length, sizeof(length));
	g_string_append(entry, value);
	g_string_append_c(entry, '\n');
}

static void write_journal(const struct line *line)
{
	GString *entry = g_string_new(NULL);
	GString *text = g_string_new(line->name);
	g_autofree char *priority = g_strdup_printf("%d", levels[line->level].priority);

	append_fields(text, line->fields);
	append_journal(entry, "", "MESSAGE", text->str);
	append_journal(entry, "", "PRIORITY", priority);
	append_journal(entry, "", "SYSLOG_IDENTIFIER", "muster");
	append_journal(entry, "MUSTER_", "event", line->name);
	for (const struct log_field *field = line->fields; field->name; field++)
		if (field->value)
			append_journal(entry, "MUSTER_", field->name, field->value);
	if (send(sink.journal, entry->str, entry->len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		write_text(line);
	g_string_free(text, TRUE);
	g_string_free(entry, TRUE);
}

static void (*const writers[LOG_FORMS])(const struct line *line) = {
	[LOG_FORM_AUTO] = write_text,
	[LOG_FORM_TEXT] = write_text,
	[LOG_FORM_JSON] = write_json,
	[LOG_FORM_JOURNAL] = write_journal,
};

/* systemd says in JOURNAL_STREAM which device and inode it made for stderr. */
static bool is_journal(int fd)
{
	const char *stream = g_getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat st;

	return stream && sscanf(stream, "%ju:%ju", &device, &inode) == 2 && fstat(fd, &st) == 0 &&
	       st.st_dev == device && st.st_ino == inode;
}

static int journal_open(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	g_strlcpy(address.sun_path, path ? path : "/run/systemd/journal/socket",
	          sizeof(address.sun_path));
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

void log_open(const struct log_options *options)
{
	log_close();
	sink.fd = options->fd;
	sink.level = options->level;
	sink.form = options->form;
	if (sink.form == LOG_FORM_AUTO)
		sink.form = is_journal(sink.fd) ? LOG_FORM_JOURNAL : LOG_FORM_TEXT;
	if (sink.form == LOG_FORM_JOURNAL) {
		sink.journal = journal_open(options->journal);
		sink.form = sink.journal < 0 ? LOG_FORM_TEXT : LOG_FORM_JOURNAL;
	}
}

void log_close(void)
{
	if (sink.journal >= 0)
		close(sink.journal);
	sink.journal = -1;
	sink.fd = -1;
}

void log_fields(enum log_level level, const char *name, const struct log_field *fields)
{
	const struct line line = { level, name, fields };

	if (sink.fd < 0 || level > sink.level)
		return;
	writers[sink.form](&line);
}

void log_text(enum log_level level, const char *name, const char *text)
{
	const struct log_field fields[] = { { "text", text }, { NULL, NULL } };

	log_fields(level, name, fields);
}

static char *place_text(const struct place *place)
{
	if (!place->file)
		return NULL;
	return place->line ? g_strdup_printf("%s:%" PRIu32, place->file, place->line)
	                   : g_strdup(place->file);
}

void log_event(const struct event *event)
{
	g_autofree char *place = place_text(&event->place);
	g_autofree char *operation =
		event->operation ? g_strdup_printf("%" PRId64, event->operation) : NULL;
	const struct log_field fields[] = {
		{ "key", event->key },
		{ "deployment", event->key ? NULL : event->deployment },
		{ "cloud", event->cloud },
		{ "instance", event->instance_id },
		{ "operation", operation },
		{ "before", event->before },
		{ "after", event->after },
		{ "text", event->text },
		{ "commit", event->commit },
		{ "place", place },
		{ NULL, NULL },
	};

	log_fields(event_levels[event->name], event_name_text(event->name), fields);
}

bool log_level_parse(const char *word, enum log_level *ret_level)
{
	for (size_t i = 0; i < LOG_LEVELS; i++) {
		if (g_str_equal(levels[i].word, word)) {
			*ret_level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

bool log_form_parse(const char *word, enum log_form *ret_form)
{
	for (size_t i = 0; i < LOG_FORMS; i++) {
		if (g_str_equal(forms[i], word)) {
			*ret_form = (enum log_form)i;
			return true;
		}
	}
	return false;
}
