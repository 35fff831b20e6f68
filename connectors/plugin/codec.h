/* SPDX-License-Identifier: GPL-2.0-or-later */
/* codec - the lines of the plugin protocol, in both directions (PROTOCOL.md).
 *
 * The agent writes requests and reads messages; a connector program written in C does the reverse
 * with the functions behind those. Lines are returned with their newline and freed by the caller;
 * lines to be read are given without it. What makes no sense fails with FAULT_INTERNAL. */
#pragma once

#include "reconcile/model/ask.h"
#include "reconcile/model/setting_row.h"
#include "reconcile/model/traits.h"

#include <jansson.h>

enum {
	CODEC_PROTOCOL = 1,
	CODEC_LINE_MAX = 64 << 20, /* bytes, newline included */
	CODEC_INSTANCES_MAX = 1000000,
};

/* What a program says of itself. */
struct hello {
	int protocol;
	char *name;
	char *version;
	char *help;
	struct traits traits;
	struct setting_row *settings; /* ended by a row without a name; never NULL once decoded */
};

/* NULL is fine. */
void hello_free(struct hello *hello);

/* What open tells, borrowed. */
struct codec_open {
	const char *cloud;
	const char *owner;
	bool is_observing; /* no mutating ask will follow */
	const struct pairs *settings;
	const struct pairs *credentials;
};

/* @agent: what we are, "muster 0.1.0". */
char *codec_hello_line(uint64_t id, const char *agent);
/* Holds the secrets of its credentials: to be wiped with explicit_bzero before it is freed. */
char *codec_open_line(uint64_t id, const struct codec_open *open);
/* @deadline_ms: from now. */
char *codec_ask_line(uint64_t id, const struct ask *ask, int64_t deadline_ms);
/* A notification: the answer to @id is not wanted any more. */
char *codec_cancel_line(uint64_t id);

enum message_kind {
	MESSAGE_RESULT,
	MESSAGE_ERROR,
	MESSAGE_PROGRESS,
	MESSAGE_CHANGED,
	MESSAGE_OTHER, /* a notification that we do not know: ignored */
};

/* A line from a program. */
struct message {
	enum message_kind kind;
	uint64_t id;  /* of a result or an error; 0: the program could not tell */
	json_t *root; /* owned */
	json_t *body; /* the result, or the error; borrowed from root */
	char *text;   /* of progress and errors */
	enum fault fault;
	bool is_uncertain;
	int64_t retry_after_ms;
};

/* A new message; FAULT_INTERNAL where the line is none. */
struct message *message_parse(const char *line, size_t len, GError **error);
/* NULL is fine. */
void message_free(struct message *message);

/* The result of hello; a protocol other than ours is FAULT_UNSUPPORTED. */
struct hello *message_to_hello(const struct message *message, GError **error);
/* The result of open: changes @traits where it says something. */
bool message_to_traits(const struct message *message, struct traits *traits, GError **error);
/* The answer to @ask: an error is an answer with that fault. NULL where the result makes no sense
 * (then nobody knows what was done). */
struct answer *message_to_answer(const struct message *message, const struct ask *ask,
                                 GError **error);

enum request_kind {
	REQUEST_HELLO,
	REQUEST_OPEN,
	REQUEST_ASK,
	REQUEST_CANCEL,
	REQUEST_OTHER, /* a method that we do not know: an error when it has an id */
};

struct plugin_request {
	enum request_kind kind;
	uint64_t id;               /* 0: a notification; for cancel: of what is cancelled */
	struct ask *ask;           /* its id is the request's */
	char *cloud;               /* open */
	char *owner;               /* open */
	bool is_observing;         /* open */
	struct pairs *settings;    /* open */
	struct pairs *credentials; /* open */
	int protocol;              /* hello */
};

/* A new request; FAULT_INTERNAL where the line is none that makes sense. */
struct plugin_request *plugin_request_parse(const char *line, size_t len, GError **error);
/* NULL is fine. Credentials are not wiped: see to them before. */
void plugin_request_free(struct plugin_request *request);

/* The answer to hello; the protocol is ours whatever @hello says. */
char *codec_hello_result_line(uint64_t id, const struct hello *hello);
/* A result, or an error when @answer has a fault. */
char *codec_answer_line(uint64_t id, const struct answer *answer);
/* An error of that class; @id 0: the request could not be understood. */
char *codec_error_line(uint64_t id, enum fault fault, const char *text, bool is_uncertain,
                       int64_t retry_after_ms);

AUTO_DEFINE(hello, hello_free);
AUTO_DEFINE(message, message_free);
AUTO_DEFINE(plugin_request, plugin_request_free);
