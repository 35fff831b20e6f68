/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Understanding answers. */
#include "reconcile/engine/answers.h"

#include "reconcile/engine/backoff.h"
#include "reconcile/engine/batch.h"
#include "reconcile/engine/cloud.h"
#include "reconcile/engine/inventory.h"
#include "reconcile/engine/journal.h"
#include "reconcile/engine/member.h"
#include "reconcile/engine/news.h"
#include "reconcile/engine/readiness.h"
#include "reconcile/engine/seen.h"
#include "reconcile/engine/unit.h"
#include "reconcile/engine/vain.h"

enum {
	CATALOG_MS = 60 * 60 * 1000,
};

/* What became of one member's part of an ask. */
struct outcome {
	enum fault fault;
	const char *text;
	const char *instance_id;
	bool is_uncertain;
	int64_t retry_after_ms;
};

void flight_free(struct flight *flight)
{
	if (flight->members != NULL)
		g_ptr_array_unref(flight->members);
	if (flight->ask != NULL)
		ask_free(flight->ask);
	g_free(flight);
}

static void fail(struct engine *engine, struct member *member, const struct flight *flight,
                 const struct outcome *outcome, int64_t now_ms)
{
	struct cloud_state *cloud = flight->cloud;
	struct record *record = member->slot.record;
	bool is_final = outcome->fault == FAULT_INVALID || outcome->fault == FAULT_UNSUPPORTED;
	/* No manifest can mend a removal, so time must. */
	enum fault fault =
		is_final && flight->verb == VERB_DESTROY ? FAULT_INTERNAL : outcome->fault;

	journal_close(engine, member, outcome->fault, outcome->text, now_ms);
	if (outcome->fault == FAULT_AUTH)
		return; /* the cloud's trouble, not the member's */
	member_fail(engine, member, fault, outcome->text, now_ms);
	record->retry_at_ms = MAX(record->retry_at_ms, now_ms + outcome->retry_after_ms);
	if (outcome->fault == FAULT_CONFLICT)
		cloud_list_soon(engine, cloud, now_ms);
}

static void created(struct engine *engine, struct member *member, struct flight *flight,
                    const char *instance_id, int64_t now_ms)
{
	struct operation *operation = member->slot.operation;
	struct record *record = member->slot.record;

	g_free(record->instance_id);
	record->instance_id = g_strdup(instance_id);
	news_record(engine, member);
	g_free(operation->instance_id);
	operation->instance_id = g_strdup(instance_id);
	seen_expect(engine, member, flight->cloud, instance_id, now_ms);
	flight->cloud->scene.last_create_at_ms = now_ms;
	member_succeed(engine, member, false);
	journal_close(engine, member, FAULT_NONE, NULL, now_ms);
	readiness_update(engine, member, now_ms);
}

static void take_creation(struct engine *engine, struct member *member, struct flight *flight,
                          const struct outcome *outcome, int64_t now_ms)
{
	if (outcome->instance_id != NULL)
		created(engine, member, flight, outcome->instance_id, now_ms);
	else if (outcome->is_uncertain || outcome->fault == FAULT_EXISTS || flight->is_replay)
		/* A replay that fails says nothing about the first try. */
		journal_doubt(engine, member, outcome->fault, outcome->text, now_ms);
	else
		fail(engine, member, flight, outcome, now_ms);
}

/* An instance that failed is cleared away and made again; more and more slowly when that
 * repeats. */
static void pace_repair(struct engine *engine, struct member *member, bool had_failed,
                        int64_t now_ms)
{
	if (had_failed && member->slot.component != NULL)
		member_fail(engine, member, FAULT_TRANSIENT, "the instance failed", now_ms);
	else
		member_succeed(engine, member, false);
}

static void take_change(struct engine *engine, struct member *member, struct flight *flight,
                        const struct outcome *outcome, int64_t now_ms)
{
	struct seen *seen = member_find(member, member->slot.operation->instance_id);
	bool is_gone = outcome->fault == FAULT_NOT_FOUND;
	bool had_failed = seen != NULL && seen->sighting.instance->state == INSTANCE_FAILED;

	if (outcome->is_uncertain) {
		journal_doubt(engine, member, outcome->fault, outcome->text, now_ms);
	} else if (outcome->fault == FAULT_NONE || (is_gone && flight->verb == VERB_DESTROY)) {
		if (seen != NULL)
			seen_assume(seen, flight->ask, now_ms);
		journal_close(engine, member, FAULT_NONE, NULL, now_ms);
		if (flight->verb != VERB_DESTROY)
			vain_expect(member, g_steal_pointer(&flight->ask));
		pace_repair(engine, member, had_failed && flight->verb == VERB_DESTROY, now_ms);
		readiness_update(engine, member, now_ms);
	} else if (is_gone) {
		journal_close(engine, member, outcome->fault, outcome->text, now_ms);
		if (seen != NULL)
			seen_suspect(engine, seen, now_ms);
	} else {
		fail(engine, member, flight, outcome, now_ms);
	}
}

static const struct order_result *result_of(const struct answer *answer, const char *uid)
{
	for (guint i = 0; answer->results != NULL && i < answer->results->len; i++) {
		const struct order_result *result = answer->results->pdata[i];

		if (g_strcmp0(result->uid, uid) == 0)
			return result;
	}
	return NULL;
}

/* A success that does not say what it made is none that we can rest on. */
static struct outcome outcome_of(const struct answer *answer, const struct operation *operation)
{
	const struct order_result *result =
		operation->verb == VERB_CREATE ? result_of(answer, operation->uid) : NULL;
	struct outcome outcome = {
		.fault = answer->fault,
		.text = answer->text,
		.is_uncertain = answer->is_uncertain && answer->fault != FAULT_NONE,
		.retry_after_ms = answer->retry_after_ms,
	};

	if (result != NULL && (result->instance_id != NULL || result->fault != FAULT_NONE)) {
		outcome.fault = result->instance_id ? FAULT_NONE : result->fault;
		outcome.text = result->text;
		outcome.instance_id = result->instance_id;
		outcome.is_uncertain &= result->instance_id == NULL;
	} else if (operation->verb == VERB_CREATE && answer->fault == FAULT_NONE) {
		outcome.fault = FAULT_INTERNAL;
		outcome.text = "the answer does not say what was made";
		outcome.is_uncertain = true;
	}
	return outcome;
}

static void take_members(struct engine *engine, struct flight *flight, struct answer *answer,
                         int64_t now_ms)
{
	enum fault shape_fault = answer->fault;

	for (guint i = 0; i < flight->members->len; i++) {
		struct member *member = flight->members->pdata[i];
		struct outcome outcome = outcome_of(answer, member->slot.operation);

		member->flight = NULL;
		if (i == 0 || outcome.fault == FAULT_NONE)
			shape_fault = outcome.fault;
		if (outcome.fault == FAULT_AUTH)
			cloud_refuse(engine, flight->cloud, outcome.text, now_ms);
		if (flight->verb == VERB_CREATE)
			take_creation(engine, member, flight, &outcome, now_ms);
		else
			take_change(engine, member, flight, &outcome, now_ms);
	}
	if (flight->shape != NULL)
		shape_return(flight->shape, shape_fault, &engine->rand, now_ms);
}

/* What looks final of a read is tried again as well, slowly: without it there is no work there. */
static enum fault fault_of_read(enum fault fault)
{
	bool is_final = fault == FAULT_INVALID || fault == FAULT_UNSUPPORTED;

	return is_final ? FAULT_QUOTA : FAULT_TRANSIENT;
}

static void take_list(struct engine *engine, struct flight *flight, struct answer *answer,
                      int64_t now_ms)
{
	struct cloud_state *cloud = flight->cloud;

	cloud->list = 0;
	if (answer->fault == FAULT_NONE) {
		cloud_see(engine, cloud, now_ms);
		inventory_take(engine, cloud, answer, flight->sent_at_ms, now_ms);
		return;
	}
	if (answer->fault == FAULT_AUTH) {
		cloud->list_failures++;
		cloud_refuse(engine, cloud, answer->text, now_ms);
		return;
	}
	cloud_blind(engine, cloud, answer, now_ms);
	cloud->list_at_ms = MAX(backoff_until_ms(fault_of_read(answer->fault), cloud->list_failures,
	                                         &engine->rand, now_ms),
	                        now_ms + answer->retry_after_ms);
}

static void take_catalog(struct engine *engine, struct flight *flight, struct answer *answer,
                         int64_t now_ms)
{
	struct cloud_state *cloud = flight->cloud;

	cloud->catalog = 0;
	if (answer->fault != FAULT_NONE) {
		cloud->catalog_failures++;
		cloud->catalog_at_ms =
			backoff_until_ms(fault_of_read(answer->fault), cloud->catalog_failures,
		                         &engine->rand, now_ms);
		return;
	}
	cloud->catalog_failures = 0;
	cloud->catalog_at_ms = now_ms + CATALOG_MS;
	if (cloud->scene.catalog_sizes != NULL)
		g_ptr_array_unref(cloud->scene.catalog_sizes);
	cloud->scene.catalog_sizes = g_steal_pointer(&answer->sizes);
	unit_dirty_all(engine);
}

static enum budget_class class_of(enum verb verb)
{
	if (!verb_is_mutating(verb))
		return BUDGET_READ;
	return verb == VERB_CREATE ? BUDGET_CREATE : BUDGET_CHANGE;
}

static bool is_throttled(const struct answer *answer)
{
	if (answer->fault == FAULT_THROTTLED)
		return true;
	for (guint i = 0; answer->results != NULL && i < answer->results->len; i++)
		if (((struct order_result *)answer->results->pdata[i])->fault == FAULT_THROTTLED)
			return true;
	return false;
}

void answers_take(struct engine *engine, struct answer *own_answer, int64_t now_ms)
{
	autoptr(answer) answer = own_answer;
	struct flight *flight = g_hash_table_lookup(engine->flights, &answer->id);
	enum budget_class class;

	if (flight == NULL)
		return;
	class = class_of(flight->verb);
	g_hash_table_steal(engine->flights, &flight->id);
	budget_return(&flight->cloud->budget, class, answer->requests, now_ms);
	if (is_throttled(answer))
		budget_throttle(&flight->cloud->budget, class, answer->retry_after_ms, now_ms);
	if (answer->fault == FAULT_NONE)
		cloud_accept(engine, flight->cloud, now_ms);
	if (flight->members != NULL)
		take_members(engine, flight, answer, now_ms);
	else if (flight->verb == VERB_LIST)
		take_list(engine, flight, answer, now_ms);
	else
		take_catalog(engine, flight, answer, now_ms);
	flight_free(flight);
}

void answers_give_up(struct engine *engine, int64_t now_ms)
{
	g_autoptr(GArray) lost = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	GHashTableIter iter;
	void *value;

	g_hash_table_iter_init(&iter, engine->flights);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct flight *flight = value;

		if (flight->lost_at_ms <= now_ms)
			g_array_append_val(lost, flight->id);
	}
	for (guint i = 0; i < lost->len; i++) {
		uint64_t id = g_array_index(lost, uint64_t, i);
		const struct flight *flight = g_hash_table_lookup(engine->flights, &id);
		struct answer *answer =
			answer_new_fault(id, flight->verb, FAULT_TRANSIENT, "no answer came");

		answer->is_uncertain = true;
		answers_take(engine, answer, now_ms);
	}
}
