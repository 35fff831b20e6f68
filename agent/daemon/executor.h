/* SPDX-License-Identifier: GPL-2.0-or-later */
/* executor - does what a pass wants, in the order that survives a crash: journal, then asks, then
 * probes.
 *
 * While the journal cannot be written nothing that changes anything is sent: such asks are answered
 * with "not sent", the writes are kept and tried again, and lists go on. */
#pragma once

#include "agent/store/store.h"
#include "reconcile/engine/engine.h"

struct executor;

/* What the executor works with; each is a seam for tests. */
struct executor_parts {
	struct engine *engine;
	struct store *store; /* NULL: nothing is kept, and nothing that changes anything is sent */
	/* False: there is no such cloud, and the ask is freed. */
	bool (*send)(struct ask *own_ask, void *data);
	void (*probe)(const struct probe *probe, void *data);
	int64_t (*now_ms)(void *data);
	/* The engine was told something: a pass is due. */
	void (*wake)(void *data);
	/* Each event, once, as soon as it is known. */
	void (*event)(const struct event *event, void *data);
	void *data;
};

struct executor_options {
	int64_t retry_ms;     /* of a failed commit at first … */
	int64_t retry_max_ms; /* … doubled up to this */
};

/* 1 s, 30 s. */
extern const struct executor_options executor_options_default;

/* Nothing is done before executor_do; @parts is copied, @options too. */
struct executor *executor_new(const struct executor_parts *parts,
                              const struct executor_options *options);
/* What is not written by now is lost: the clouds' marks have it. NULL is fine. */
void executor_free(struct executor *executor);
/* Does all but the waking. */
void executor_do(struct executor *executor, struct effects *own_effects);
/* Adds an event of the agent's own to what is written next. */
void executor_note(struct executor *executor, struct event *own_event);
/* Writes what waits, now; for the end. */
bool executor_flush(struct executor *executor, GError **error);

AUTO_DEFINE(executor, executor_free);
