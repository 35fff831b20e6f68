/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log - one line an event: a name and fields. The sink is the program's only global.
 *
 * As text, "2026-11-22T17:41:15.123Z info operation-begun key=shop/web/1 text=\"count 3 → 4\"", as
 * one JSON object, or as an entry of the journal with MUSTER_KEY= and so on. Main thread only. */
#pragma once

#include "reconcile/model/event.h"

#include <glib.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVELS, /* how many */
};

enum log_form {
	LOG_FORM_AUTO, /* the journal when stderr goes there (JOURNAL_STREAM), else text */
	LOG_FORM_TEXT,
	LOG_FORM_JSON,
	LOG_FORM_JOURNAL,
	LOG_FORMS, /* how many */
};

struct log_options {
	enum log_form form;
	enum log_level level; /* the least important that is written */
	int fd;               /* where text and JSON go */
	const char *journal;  /* the journal's socket; NULL: the system's */
};

struct log_field {
	const char *name;
	const char *value; /* NULL: the field is left out */
};

/* Text on stderr, from info on. */
extern const struct log_options log_options_default;

/* Chooses the sink; before that nothing is written. May be called again. */
void log_open(const struct log_options *options);
void log_close(void);
/* Writes a line; @fields end with a name that is NULL. What cannot be written is dropped. */
void log_fields(enum log_level level, const char *name, const struct log_field *fields);
/* A line with only a text. */
void log_text(enum log_level level, const char *name, const char *text);
/* What the engine says has happened. */
void log_event(const struct event *event);
/* "error", …; "auto", "text", …; false for another word. */
bool log_level_parse(const char *word, enum log_level *ret_level);
bool log_form_parse(const char *word, enum log_form *ret_form);
