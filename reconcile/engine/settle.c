/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uncertain operations and lists. */
#include "reconcile/engine/settle.h"

#include "reconcile/engine/cloud.h"
#include "reconcile/engine/journal.h"
#include "reconcile/engine/member.h"
#include "reconcile/engine/news.h"

enum {
	LISTS_FOR_PROOF = 2,
};

/* When the operation's ask was over at the latest. One of an earlier life may have been sent, and
 * sent again, until that ended, and it was on its way for a deadline at most; or until the cloud
 * was opened anew, where one connector alone can be at work. */
static int64_t ended_ms(const struct cloud_state *cloud, const struct member *member)
{
	if (member->ended_at_ms > 0)
		return member->ended_at_ms;
	if (cloud_can(cloud, ABILITY_ALONE))
		return cloud->up_at_ms;
	return MAX(member->slot.operation->begun_at_ms + cloud_deadline_ms(cloud), cloud->up_at_ms);
}

int64_t settle_shown_ms(const struct cloud_state *cloud, const struct member *member)
{
	return cloud_settled_ms(cloud, ended_ms(cloud, member));
}

/* From when on a complete list must show the creation if it happened. Without a token and without
 * marks from the first moment an instance may come late and unknown: wait as long as the cloud may
 * take. */
static int64_t shown_from_ms(const struct cloud_state *cloud, const struct member *member)
{
	int64_t from_ms = settle_shown_ms(cloud, member);

	if (cloud_can(cloud, ABILITY_TOKEN) || cloud_can(cloud, ABILITY_ATOMIC_MARKS))
		return from_ms;
	return MAX(from_ms, member->slot.operation->begun_at_ms + cloud->traits.create_deadline_ms);
}

static void settle_create(struct engine *engine, struct cloud_state *cloud, struct member *member,
                          int64_t began_ms, int64_t now_ms)
{
	const struct operation *operation = member->slot.operation;
	bool is_taken = operation->fault == FAULT_EXISTS;

	if (operation->state != OPERATION_UNCERTAIN || began_ms < shown_from_ms(cloud, member))
		return;
	if (++member->absent_lists < LISTS_FOR_PROOF)
		return;
	if (is_taken) {
		/* The name belongs to something that we cannot see: the next try takes another. */
		g_clear_pointer(&member->slot.record->uid, g_free);
		news_record(engine, member);
	}
	journal_close(engine, member, is_taken ? FAULT_EXISTS : FAULT_TRANSIENT,
	              is_taken ? "the name is taken by something that is not ours"
	                       : "it was not carried out",
	              now_ms);
	member_fail(engine, member, FAULT_TRANSIENT, "a creation was lost on its way", now_ms);
}

static bool has_happened(const struct operation *operation, const struct seen *seen)
{
	const struct instance *instance = seen->sighting.instance;

	switch (operation->verb) {
	case VERB_DESTROY:
		return instance->state == INSTANCE_DELETING;
	case VERB_START:
		return instance->state == INSTANCE_RUNNING || instance->state == INSTANCE_PENDING;
	case VERB_STOP:
		return instance->state == INSTANCE_STOPPED || instance->state == INSTANCE_STOPPING;
	case VERB_RESIZE:
		return instance->size.cpus == operation->size.cpus &&
		       instance->size.memory_bytes == operation->size.memory_bytes;
	case VERB_MARK:
		return instance->marks.owner != NULL &&
		       g_strcmp0(instance->marks.member, operation->key) == 0;
	case VERB_LIST:
	case VERB_CATALOG:
	case VERB_CREATE:
	case VERBS:
		break;
	}
	g_assert_not_reached();
}

/* What is gone was closed when it went; what the list shows tells. */
static void settle_change(struct engine *engine, struct cloud_state *cloud, struct member *member,
                          int64_t began_ms, int64_t now_ms)
{
	const struct operation *operation = member->slot.operation;
	struct seen *seen = member_find(member, operation->instance_id);
	bool is_done;

	if (began_ms < settle_shown_ms(cloud, member) ||
	    (seen != NULL && (seen->is_guess || seen->sighting.missed > 0)))
		return;
	is_done = seen == NULL ? operation->verb == VERB_DESTROY : has_happened(operation, seen);
	if (is_done && seen != NULL && operation->verb == VERB_DESTROY)
		seen->is_destroyed = true;
	journal_close(engine, member, is_done ? FAULT_NONE : FAULT_CONFLICT,
	              "it was not carried out", now_ms);
}

void settle_by_list(struct engine *engine, struct cloud_state *cloud, int64_t began_ms,
                    int64_t now_ms)
{
	/* Closing takes members out of the doubts: from the end. */
	for (guint i = cloud->doubts->len; i > 0; i--) {
		struct member *member;

		if (i > cloud->doubts->len)
			continue;
		member = cloud->doubts->pdata[i - 1];
		if (member->slot.operation->verb == VERB_CREATE)
			settle_create(engine, cloud, member, began_ms, now_ms);
		else
			settle_change(engine, cloud, member, began_ms, now_ms);
	}
}
