/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connector - the one contract between the agent and a cloud inside the process.
 *
 * A connector never touches a socket, a clock or a log. It translates: an ask becomes a request, a
 * response becomes the next request, a pause or an answer. The agent's carrier carries the
 * messages, so every connector is tested with recorded responses and no network. Retries, pacing
 * and logging live above it. */
#pragma once

#include "reconcile/model/ask.h"
#include "reconcile/model/pairs.h"
#include "reconcile/model/setting_row.h"
#include "reconcile/model/traits.h"

struct request;  /* connectors/kit: an HTTP request */
struct response; /* connectors/kit: an HTTP response */

/* One cloud's account, from open to close. */
struct account {
	const struct connector *connector;
	char *cloud;
	struct pairs *settings;    /* with the rows' fallbacks filled in */
	struct pairs *credentials; /* wiped on close; never logged */
	uint64_t seed;             /* for what a connector wants to draw by lot */
	void *state;               /* the connector's own */
};

enum move_kind {
	MOVE_SEND, /* send call->request and come back with the response */
	MOVE_WAIT, /* come back after wait_ms, without a response */
	MOVE_DONE, /* call->answer is complete; a failure at the cloud is an answer too */
};

struct move {
	enum move_kind kind;
	int64_t wait_ms;
};

/* One ask on its way. */
struct call {
	struct account *account;
	const struct ask *ask;
	int64_t now_ms;          /* set before each step */
	struct request *request; /* for MOVE_SEND */
	struct answer *answer;   /* for MOVE_DONE; owned by the call until taken */
	void *state;             /* the connector's own, freed by free_state */
	void (*free_state)(void *state);
};

struct connector {
	const char *name;
	const char *help; /* one line */
	struct traits traits;
	const struct setting_row *settings;

	/* Checks @account's settings and makes its state; no network. May adjust @traits (a copy of
	 * the row's) to what the settings say. FAULT_INVALID names the setting. */
	bool (*open)(struct account *account, struct traits *traits, GError **error);
	/* Frees the account's state. */
	void (*close)(struct account *account);
	/* For a connector whose cloud is its own memory, else NULL: the account's state as text
	 * to be kept, freed by the caller, and filled from such a text right after open. The
	 * agent keeps it in the file that the setting "file" names. */
	char *(*save)(const struct account *account);
	bool (*load)(struct account *account, const char *text, GError **error);
	/* Takes the response to the last request (NULL to begin, and after a wait) and says what
	 * comes next. False with an error when the response makes no sense; the class decides. */
	bool (*step)(struct call *call, const struct response *response, struct move *ret_move,
	             GError **error);
};

/* All in-process connectors, by name, ended by NULL. */
extern const struct connector *const connectors[];
/* The connector of that name, or NULL: then it may be a plugin. */
const struct connector *connector_find(const char *name);
