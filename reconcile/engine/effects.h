/* SPDX-License-Identifier: GPL-2.0-or-later */
/* effects - what a pass wants done to the world, in this order:
 *
 * 1. all writes in one transaction, with fsync; 2. the asks; 3. the probes; 4. come back at
 * wake_at_ms.
 *
 * When the transaction fails nothing is sent: every ask is answered with a certain fault
 * ("not sent"), the writes are kept for the next try, and the engine is told that it cannot act. */
#pragma once

#include "reconcile/model/ask.h"
#include "reconcile/model/deletion.h"
#include "reconcile/model/event.h"
#include "reconcile/model/operation.h"
#include "reconcile/model/record.h"

enum write_kind {
	WRITE_RECORD,      /* put */
	WRITE_RECORD_GONE, /* by key */
	WRITE_OPERATION,   /* put by id: opened, changed or closed */
	WRITE_EVENT,       /* add */
	WRITE_DELETION,    /* add */
};

/* One row; owns a copy of what it writes. */
struct write {
	enum write_kind kind;
	struct record *record;
	struct operation *operation;
	struct event *event;
	struct deletion *deletion;
	char *key;
};

/* A readiness probe to be made by the agent, without blocking. */
struct probe {
	uint64_t id;
	char *key;
	enum ready_kind kind; /* READY_TCP or READY_HTTP */
	char *host;
	uint16_t port;
	char *path;
	int64_t deadline_ms; /* how long it may take */
};

struct effects {
	GPtrArray *writes;  /* struct write */
	GPtrArray *asks;    /* struct ask */
	GPtrArray *probes;  /* struct probe */
	int64_t wake_at_ms; /* when the next pass is due by time alone; INT64_MAX: never */
};

/* Nothing to do yet; owned by the caller. */
struct effects *effects_new(void);
/* NULL is fine. */
void effects_free(struct effects *effects);
void write_free(struct write *write);
void probe_free(struct probe *probe);

AUTO_DEFINE(effects, effects_free);
AUTO_DEFINE(write, write_free);
AUTO_DEFINE(probe, probe_free);
