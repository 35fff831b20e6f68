/* SPDX-License-Identifier: GPL-2.0-or-later */
/* executor - one commit a pass, and the care for a journal that cannot be written. */
#include "agent/daemon/executor.h"

enum {
	/* While the journal fails, memory is for what matters: events over that are dropped. */
	WAITING_MAX = 100000
};

struct executor {
	struct executor_parts parts;
	struct executor_options options;
	GPtrArray *waiting; /* struct write, not committed yet */
	bool has_failed;    /* the last commit did */
	int64_t retry_ms;
	guint timer;
};

const struct executor_options executor_options_default = { .retry_ms = 1000,
	                                                   .retry_max_ms = 30000 };

static void free_write(void *write)
{
	write_free(write);
}

struct executor *executor_new(const struct executor_parts *parts,
                              const struct executor_options *options)
{
	struct executor *executor = g_new0(struct executor, 1);

	executor->parts = *parts;
	executor->options = *options;
	executor->retry_ms = options->retry_ms;
	executor->waiting = g_ptr_array_new_with_free_func(free_write);
	return executor;
}

void executor_free(struct executor *executor)
{
	if (!executor)
		return;
	g_clear_handle_id(&executor->timer, g_source_remove);
	g_ptr_array_unref(executor->waiting);
	g_free(executor);
}

static int64_t now_ms(const struct executor *executor)
{
	return executor->parts.now_ms(executor->parts.data);
}

static void wake(const struct executor *executor)
{
	executor->parts.wake(executor->parts.data);
}

static gboolean on_retry(void *data);

static void commit_failed(struct executor *executor, const char *why)
{
	if (!executor->has_failed) {
		executor->has_failed = true;
		executor->retry_ms = executor->options.retry_ms;
		engine_set_acting(executor->parts.engine, false, why, now_ms(executor));
		wake(executor);
	}
	if (executor->timer == 0) {
		executor->timer = g_timeout_add((guint)executor->retry_ms, on_retry, executor);
		executor->retry_ms = MIN(2 * executor->retry_ms, executor->options.retry_max_ms);
	}
}

static void commit_worked(struct executor *executor)
{
	g_ptr_array_set_size(executor->waiting, 0);
	if (executor->has_failed) {
		executor->has_failed = false;
		g_clear_handle_id(&executor->timer, g_source_remove);
		engine_set_acting(executor->parts.engine, true, NULL, now_ms(executor));
		wake(executor);
	}
}

bool executor_flush(struct executor *executor, GError **error)
{
	if (!executor->parts.store || executor->waiting->len == 0)
		return true;
	if (!store_commit(executor->parts.store, executor->waiting, error))
		return false;
	commit_worked(executor);
	return true;
}

static bool commit(struct executor *executor)
{
	g_autoptr(GError) error = NULL;

	if (executor_flush(executor, &error))
		return true;
	commit_failed(executor, error->message);
	return false;
}

static gboolean on_retry(void *data)
{
	struct executor *executor = data;

	executor->timer = 0;
	commit(executor);
	return G_SOURCE_REMOVE;
}

static void writes_take(struct executor *executor, GPtrArray *writes)
{
	for (guint i = 0; i < writes->len; i++) {
		struct write *write = writes->pdata[i];

		if (write->kind == WRITE_EVENT)
			executor->parts.event(write->event, executor->parts.data);
		if (!executor->parts.store ||
		    (write->kind == WRITE_EVENT && executor->waiting->len >= WAITING_MAX))
			continue;
		g_ptr_array_add(executor->waiting, write);
		writes->pdata[i] = NULL;
	}
}

static void not_sent(struct executor *executor, const struct ask *ask, enum fault fault,
                     const char *why)
{
	g_autofree char *text = g_strconcat("not sent: ", why, NULL);
	struct answer *answer = answer_new_fault(ask->id, ask->verb, fault, text);

	engine_answer(executor->parts.engine, answer, now_ms(executor));
	wake(executor);
}

static void ask_send(struct executor *executor, struct ask *own_ask, bool is_journaled)
{
	autoptr(ask) ask = own_ask;
	autoptr(ask) shell = ask_new(ask->id, ask->verb, ask->cloud);

	if (!is_journaled && verb_is_mutating(ask->verb)) {
		not_sent(executor, ask, FAULT_TRANSIENT, "the journal cannot be written");
		return;
	}
	if (!executor->parts.send(g_steal_pointer(&ask), executor->parts.data))
		not_sent(executor, shell, FAULT_TRANSIENT, "the cloud has no connection yet");
}

static void asks_send(struct executor *executor, GPtrArray *asks, bool is_journaled)
{
	for (guint i = 0; i < asks->len; i++)
		ask_send(executor, g_steal_pointer(&asks->pdata[i]), is_journaled);
}

void executor_do(struct executor *executor, struct effects *own_effects)
{
	autoptr(effects) effects = own_effects;
	bool is_journaled;

	writes_take(executor, effects->writes);
	is_journaled = commit(executor) && executor->parts.store;
	asks_send(executor, effects->asks, is_journaled);
	for (guint i = 0; i < effects->probes->len; i++)
		executor->parts.probe(effects->probes->pdata[i], executor->parts.data);
}

void executor_note(struct executor *executor, struct event *own_event)
{
	struct write *write = g_new0(struct write, 1);
	g_autoptr(GPtrArray) writes = g_ptr_array_new_with_free_func(free_write);

	write->kind = WRITE_EVENT;
	write->event = own_event;
	g_ptr_array_add(writes, write);
	writes_take(executor, writes);
}
