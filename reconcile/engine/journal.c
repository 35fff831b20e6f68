/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intent before effect. */
#include "reconcile/engine/journal.h"

#include "reconcile/engine/cloud.h"
#include "reconcile/engine/member.h"
#include "reconcile/engine/news.h"
#include "reconcile/model/key.h"

enum {
	REPLAY_FIRST_MS = 1000,
};

static void replace(char **text, const char *by)
{
	g_free(*text);
	*text = g_strdup(by);
}

static void record_creation(struct engine *engine, struct member *member,
                            const struct operation *operation)
{
	struct record *record = member_record(engine, member);

	replace(&record->cloud, operation->cloud);
	replace(&record->uid, operation->uid);
	replace(&record->fingerprint, operation->fingerprint);
	g_clear_pointer(&record->instance_id, g_free);
	record->created_at_ms = operation->begun_at_ms;
	record->ready_at_ms = 0;
}

/* What the marks say of it now. */
static void record_mark(struct engine *engine, struct member *member,
                        const struct operation *operation)
{
	struct record *record = member_record(engine, member);

	if (g_strcmp0(record->instance_id, operation->instance_id) != 0 ||
	    g_strcmp0(record->fingerprint, operation->fingerprint) == 0)
		return;
	replace(&record->fingerprint, operation->fingerprint);
	news_record(engine, member);
}

static void record_origin(struct engine *engine, struct member *member,
                          const struct operation *operation)
{
	struct record *record = member_record(engine, member);

	replace(&record->commit, operation->commit);
	record->place = operation->place;
	news_record(engine, member);
}

static void doubt_forget(struct member *member, struct cloud_state *cloud)
{
	g_ptr_array_remove(cloud->doubts, member);
	if (member->replay != NULL)
		g_clear_pointer(&member->replay, ask_free);
}

struct operation *journal_open(struct engine *engine, struct member *member,
                               struct cloud_state *cloud, const struct action *action,
                               char *own_uid, uint64_t id, int64_t now_ms)
{
	struct operation *operation = operation_new(++engine->last_operation, action->verb,
	                                            member->slot.key, cloud->scene.name);
	struct event *event;

	g_assert(member->slot.operation == NULL);
	operation->ask = id;
	operation->uid = own_uid;
	operation->instance_id = g_strdup(action->instance_id);
	operation->fingerprint = g_strdup(action->fingerprint);
	operation->size = size_copy(&action->size);
	operation->begun_at_ms = now_ms;
	operation->why = g_strdup(action->why);
	operation->commit = g_strdup(engine->fleet->commit);
	operation->place = action->place;
	member->slot.operation = operation;
	member->ended_at_ms = 0;
	member->absent_lists = 0;
	member->replays = 0;
	member->replay_at_ms = INT64_MAX;
	cloud->operations++;
	if (action->verb == VERB_CREATE) {
		cloud->creating++;
		cloud->scene.last_create_at_ms = now_ms;
		operation->name =
			key_instance_name(operation->key, own_uid, cloud->traits.name_max);
		record_creation(engine, member, operation);
	}
	record_origin(engine, member, operation);
	news_operation(engine, operation);
	cloud_refresh(cloud);
	if (member->slot.record->attempts > 0)
		return operation; /* the first try was told */
	event = news_member(engine, EVENT_OPERATION_BEGUN, member, now_ms);
	event->after = g_strdup(verb_name(operation->verb));
	event->text = g_strdup(operation->why);
	return operation;
}

void journal_doubt(struct engine *engine, struct member *member, enum fault fault, const char *text,
                   int64_t now_ms)
{
	struct operation *operation = member->slot.operation;
	struct cloud_state *cloud = cloud_get(engine, operation->cloud);
	bool is_new = operation->state != OPERATION_UNCERTAIN;
	struct event *event;

	operation->state = OPERATION_UNCERTAIN;
	operation->fault = fault;
	replace(&operation->text, text);
	member->ended_at_ms = now_ms;
	member->absent_lists = 0;
	if (member->replay != NULL)
		member->replay_at_ms =
			now_ms + ((int64_t)REPLAY_FIRST_MS << MIN(member->replays, 8u));
	if (!g_ptr_array_find(cloud->doubts, member, NULL))
		g_ptr_array_add(cloud->doubts, member);
	news_operation(engine, operation);
	member_touch(engine, member);
	cloud_list_soon(engine, cloud, now_ms);
	if (!is_new || member->replays > 0)
		return;
	event = news_member(engine, EVENT_OPERATION_UNCERTAIN, member, now_ms);
	event->after = g_strdup(verb_name(operation->verb));
	event->text = g_strdup(text);
}

void journal_replay(struct engine *engine, struct member *member, uint64_t id)
{
	struct operation *operation = member->slot.operation;

	operation->state = OPERATION_OPEN;
	operation->ask = id;
	member->replays++;
	member->replay_at_ms = INT64_MAX;
	news_operation(engine, operation);
	member_touch(engine, member);
}

/* A failure that repeats is told once. */
static bool close_is_news(const struct member *member, const struct operation *operation)
{
	const struct record *record = member->slot.record;

	if (operation->state == OPERATION_DONE)
		return true;
	return record == NULL || record->fault != operation->fault ||
	       g_strcmp0(record->fault_text, operation->text) != 0;
}

static void close_tell(struct engine *engine, struct member *member, bool was_uncertain,
                       int64_t now_ms)
{
	const struct operation *operation = member->slot.operation;
	bool is_done = operation->state == OPERATION_DONE;
	enum event_name name = was_uncertain ? EVENT_OPERATION_SETTLED
	                       : is_done     ? EVENT_OPERATION_DONE
	                                     : EVENT_OPERATION_FAILED;
	struct event *event;

	if (!was_uncertain && !close_is_news(member, operation))
		return;
	event = news_member(engine, name, member, now_ms);
	event->before = g_strdup(verb_name(operation->verb));
	event->after = g_strdup(operation_state_name(operation->state));
	event->text = g_strdup(is_done ? operation->why : operation->text);
}

void journal_close(struct engine *engine, struct member *member, enum fault fault, const char *text,
                   int64_t now_ms)
{
	struct operation *operation = member->slot.operation;
	struct cloud_state *cloud = cloud_get(engine, operation->cloud);
	bool was_uncertain = operation->state == OPERATION_UNCERTAIN;

	operation->state = fault == FAULT_NONE ? OPERATION_DONE : OPERATION_FAILED;
	operation->fault = fault;
	if (fault == FAULT_NONE)
		member->slot.done = operation->verb;
	if (fault == FAULT_NONE && operation->verb == VERB_MARK)
		record_mark(engine, member, operation);
	replace(&operation->text, fault == FAULT_NONE ? NULL : text);
	operation->closed_at_ms = now_ms;
	cloud->operations--;
	cloud->creating -= operation->verb == VERB_CREATE;
	doubt_forget(member, cloud);
	news_operation(engine, operation);
	close_tell(engine, member, was_uncertain, now_ms);
	g_clear_pointer(&member->slot.operation, operation_free);
	cloud_refresh(cloud);
	cloud_list_soon(engine, cloud, now_ms);
	member_touch(engine, member);
}

void journal_restore(struct engine *engine, struct member *member, struct operation *own_operation)
{
	struct cloud_state *cloud = cloud_get(engine, own_operation->cloud);

	g_assert(member->slot.operation == NULL);
	own_operation->state = OPERATION_UNCERTAIN;
	member->slot.operation = own_operation;
	member->replay_at_ms = INT64_MAX;
	cloud->operations++;
	cloud->creating += own_operation->verb == VERB_CREATE;
	g_ptr_array_add(cloud->doubts, member);
	cloud_refresh(cloud);
	member_touch(engine, member);
}
