/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking lists. */
#include "reconcile/engine/inventory.h"

#include "reconcile/engine/cloud.h"
#include "reconcile/engine/journal.h"
#include "reconcile/engine/member.h"
#include "reconcile/engine/news.h"
#include "reconcile/engine/readiness.h"
#include "reconcile/engine/seen.h"
#include "reconcile/engine/settle.h"
#include "reconcile/engine/unit.h"
#include "reconcile/engine/vain.h"
#include "reconcile/model/key.h"

#include <string.h>

enum {
	LISTS_FOR_PROOF = 2,
	CLOCK_SKEW_MS = 5 * 60 * 1000, /* between the cloud's clock and ours */
};

/* One list being taken. */
struct taking {
	struct engine *engine;
	struct cloud_state *cloud;
	int64_t began_ms;
	int64_t now_ms;
	bool is_complete;
	bool is_busy; /* something there will change by itself */
};

/* Takes @seen out of its cloud and its member. */
static void seen_drop(struct engine *engine, struct seen *seen, int64_t now_ms)
{
	struct cloud_state *cloud = seen->cloud;
	struct member *member = seen->member;

	if (member != NULL)
		member_remove_seen(engine, member, seen);
	else
		cloud->orphans--;
	g_hash_table_remove(cloud->seen, seen->sighting.instance->id);
	if (member != NULL)
		readiness_update(engine, member, now_ms);
	cloud_refresh(cloud);
}

static void seen_tell(struct engine *engine, const struct seen *seen, enum event_name name,
                      const char *text, int64_t now_ms)
{
	struct event *event = seen->member ? news_member(engine, name, seen->member, now_ms)
	                                   : news_cloud(engine, name, seen->cloud, NULL, now_ms);

	g_free(event->instance_id);
	event->instance_id = g_strdup(seen->sighting.instance->id);
	g_free(event->text);
	event->text = g_strdup(text);
}

/* Proved gone. */
static void seen_gone(struct engine *engine, struct seen *seen, const char *why, int64_t now_ms)
{
	struct member *member = seen->member;
	const char *id = seen->sighting.instance->id;
	struct operation *operation = member ? member->slot.operation : NULL;

	if (!seen->is_destroyed && seen->sighting.instance->state != INSTANCE_DELETING)
		seen_tell(engine, seen, EVENT_INSTANCE_VANISHED, why, now_ms);
	if (operation != NULL && operation->state == OPERATION_UNCERTAIN &&
	    g_strcmp0(operation->instance_id, id) == 0)
		journal_close(engine, member,
		              operation->verb == VERB_DESTROY ? FAULT_NONE : FAULT_NOT_FOUND,
		              "the instance is gone", now_ms);
	seen_drop(engine, seen, now_ms);
}

/* A creation under way or failed whose instance bears its name: where marks come later, the name,
 * with five characters of the uid by lot, is all there is. */
static bool name_matches(const struct cloud_state *cloud, const struct member *member,
                         const struct instance *instance)
{
	const struct record *record = member->slot.record;
	g_autofree char *name = NULL;

	if (record == NULL || record->uid == NULL || record->instance_id != NULL ||
	    g_strcmp0(record->cloud, cloud->scene.name) != 0)
		return false;
	if (instance->created_at_ms != 0 &&
	    instance->created_at_ms < record->created_at_ms - CLOCK_SKEW_MS)
		return false;
	name = key_instance_name(record->key, record->uid, cloud->traits.name_max);
	return g_strcmp0(name, instance->name) == 0;
}

static struct member *member_by_name(const struct taking *taking, const struct instance *instance)
{
	const struct cloud_state *cloud = taking->cloud;

	for (guint i = 0; i < cloud->doubts->len; i++)
		if (name_matches(cloud, cloud->doubts->pdata[i], instance))
			return cloud->doubts->pdata[i];
	return NULL;
}

/* The member that a new instance belongs to; NULL: foreign, unless @ret_is_orphan. */
static struct member *member_of(const struct taking *taking, const struct instance *instance,
                                bool *ret_is_orphan)
{
	const char *owner = instance->marks.owner;
	const char *key = instance->marks.member;
	struct key_parts parts;

	*ret_is_orphan = false;
	if (owner == NULL)
		return cloud_can(taking->cloud, ABILITY_ATOMIC_MARKS)
		               ? NULL
		               : member_by_name(taking, instance);
	if (strcmp(owner, taking->engine->owner) != 0)
		return NULL;
	if (key != NULL && key_split(key, &parts))
		return unit_member_get(
			unit_get(taking->engine, parts.deployment, parts.deployment_len), key);
	*ret_is_orphan = true;
	return NULL;
}

/* Whether an instance that was ours still is. Where marks come after the creation, having none yet
 * is no sign, even when one was answered as done, nor where the cloud cannot tell what the instance
 * is; another owner's always is. */
static bool is_still_ours(const struct taking *taking, const struct seen *seen,
                          const struct instance *now)
{
	const char *owner = now->marks.owner;

	if (taking->began_ms < seen->marked_from_ms)
		return true;
	if (owner != NULL)
		return strcmp(owner, taking->engine->owner) == 0;
	if (now->state == INSTANCE_UNKNOWN)
		return true;
	return !seen->was_marked && !cloud_can(taking->cloud, ABILITY_ATOMIC_MARKS);
}

/* The list shows the instance of the member's record: a creation of it has happened. */
static void creation_shown(struct taking *taking, struct member *member)
{
	struct operation *operation = member->slot.operation;

	if (operation == NULL || operation->verb != VERB_CREATE)
		return;
	g_free(operation->instance_id);
	operation->instance_id = g_strdup(member->slot.record->instance_id);
	if (operation->state == OPERATION_UNCERTAIN) {
		member_succeed(taking->engine, member, false);
		journal_close(taking->engine, member, FAULT_NONE, NULL, taking->now_ms);
	}
}

static void join_own(struct taking *taking, struct member *member, struct seen *seen)
{
	struct record *record = member->slot.record;

	g_free(record->instance_id);
	record->instance_id = g_strdup(seen->sighting.instance->id);
	news_record(taking->engine, member);
	creation_shown(taking, member);
}

static bool is_of_record(const struct taking *taking, const struct member *member,
                         const struct instance *instance)
{
	const struct record *record = member->slot.record;

	if (record == NULL || g_strcmp0(record->cloud, taking->cloud->scene.name) != 0)
		return false;
	if (instance->marks.uid != NULL)
		return g_strcmp0(record->uid, instance->marks.uid) == 0;
	return name_matches(taking->cloud, member, instance);
}

static void join(struct taking *taking, struct seen *seen)
{
	bool is_orphan = false;
	const struct instance *instance = seen->sighting.instance;
	struct member *member = member_of(taking, instance, &is_orphan);
	const struct record *record;
	bool is_adopted = false;

	if (is_orphan) {
		taking->cloud->orphans++;
		seen_tell(taking->engine, seen, EVENT_ORPHAN_FOUND, "its marks name no member",
		          taking->now_ms);
		return;
	}
	record = member->slot.record;
	if (is_of_record(taking, member, instance)) {
		join_own(taking, member, seen);
	} else if (member->slot.component == NULL && record == NULL) {
		/* The plan calls it an orphan, and wants proof and age. */
		seen_tell(taking->engine, seen, EVENT_ORPHAN_FOUND, "it is no member's",
		          taking->now_ms);
	} else if (record == NULL ||
	           (record->instance_id == NULL && member->slot.operation == NULL)) {
		member_adopt(taking->engine, member, seen);
		is_adopted = true;
	}
	member_add_seen(taking->engine, member, seen);
	if (is_adopted)
		seen_tell(taking->engine, seen, EVENT_INSTANCE_ADOPTED, "recognised by its marks",
		          taking->now_ms);
	readiness_update(taking->engine, member, taking->now_ms);
}

static bool is_moving(enum instance_state state)
{
	return state == INSTANCE_PENDING || state == INSTANCE_STOPPING ||
	       state == INSTANCE_DELETING;
}

static bool is_steady(enum instance_state state)
{
	return state == INSTANCE_RUNNING || state == INSTANCE_STOPPED;
}

/* Steps of ours were assumed when they were answered, so what differs from a steady state now was
 * done by somebody else. */
static void tell_change(struct taking *taking, const struct seen *seen, const struct instance *now)
{
	const struct instance *was = seen->sighting.instance;
	bool is_state = is_steady(was->state) && was->state != now->state;
	bool is_size = was->size.cpus != now->size.cpus ||
	               was->size.memory_bytes != now->size.memory_bytes;
	struct event *event;

	if (seen->is_guess || seen->member == NULL || seen->member->slot.operation != NULL ||
	    (!is_state && !is_size))
		return;
	event = news_member(taking->engine, EVENT_INSTANCE_CHANGED, seen->member, taking->now_ms);
	event->before =
		is_state ? g_strdup(instance_state_name(was->state)) : size_text(&was->size);
	event->after = is_state ? g_strdup(instance_state_name(now->state)) : size_text(&now->size);
	event->text = g_strdup(now->fault);
}

static void seen_renew(struct taking *taking, struct seen *seen, struct instance **instance)
{
	struct member *member = seen->member;
	struct instance *was = seen->sighting.instance;

	tell_change(taking, seen, *instance);
	g_hash_table_steal(taking->cloud->seen, was->id);
	seen->sighting.instance = g_steal_pointer(instance);
	g_hash_table_insert(taking->cloud->seen, seen->sighting.instance->id, seen);
	instance_free(was);
	seen->is_guess = false;
	if (member == NULL)
		return;
	member_touch(taking->engine, member);
	readiness_update(taking->engine, member, taking->now_ms);
}

static bool is_being_marked(const struct taking *taking, const struct seen *seen)
{
	const struct operation *operation = seen->member ? seen->member->slot.operation : NULL;

	if (operation == NULL || operation->verb != VERB_MARK ||
	    g_strcmp0(operation->instance_id, seen->sighting.instance->id) != 0)
		return false;
	return operation->state == OPERATION_OPEN ||
	       taking->began_ms < settle_shown_ms(taking->cloud, seen->member);
}

/* A creation of an earlier life whose instance that life had seen, but had no answer yet. */
static bool is_made_now(const struct seen *seen)
{
	const struct operation *operation = seen->member ? seen->member->slot.operation : NULL;

	return operation != NULL && operation->state == OPERATION_UNCERTAIN && !seen->is_guess &&
	       g_strcmp0(operation->uid, seen->sighting.instance->marks.uid) == 0 &&
	       g_strcmp0(seen->member->slot.record->instance_id, seen->sighting.instance->id) == 0;
}

/* Takes *@instance where it says something new. */
static void refresh(struct taking *taking, struct seen *seen, struct instance **instance)
{
	bool was_missed = seen->sighting.missed > 0;

	seen->sighting.last_seq = taking->cloud->list_seq;
	seen->sighting.missed = 0;
	seen->sighting.complete_lists += taking->is_complete;
	if (!is_still_ours(taking, seen, *instance) && is_being_marked(taking, seen)) {
		/* A mark under way may make it ours again: until then it is left alone. */
		seen->sighting.missed = 1;
		taking->is_busy = true;
		return;
	}
	if (!is_still_ours(taking, seen, *instance)) {
		taking->cloud->foreign++;
		seen_gone(taking->engine, seen, "it no longer carries our mark", taking->now_ms);
		return;
	}
	seen->was_marked |= (*instance)->marks.owner != NULL;
	taking->is_busy |= is_moving((*instance)->state) || taking->began_ms < seen->fresh_from_ms;
	if (taking->began_ms >= seen->fresh_from_ms &&
	    (seen->is_guess || !instance_equal(seen->sighting.instance, *instance)))
		seen_renew(taking, seen, instance);
	else if (was_missed && seen->member != NULL)
		member_touch(taking->engine, seen->member);
	if (taking->began_ms >= seen->fresh_from_ms)
		vain_judge(taking->engine, seen, taking->now_ms);
	if (is_made_now(seen))
		creation_shown(taking, seen->member);
}

/* From when on a complete list must show it. What a record of an earlier life names was answered
 * before this life began, nobody knows when. */
static int64_t shown_from_ms(const struct seen *seen)
{
	int64_t since_ms = seen->sighting.first_seen_at_ms;

	if (seen->is_guess)
		since_ms = MAX(since_ms, seen->cloud->up_at_ms);
	return MAX(seen->fresh_from_ms, cloud_settled_ms(seen->cloud, since_ms));
}

static bool missing_proves(const struct taking *taking, const struct seen *seen)
{
	if (seen->gone_from_ms > 0 && taking->began_ms >= seen->gone_from_ms)
		return true;
	return seen->sighting.instance->state == INSTANCE_DELETING ||
	       seen->sighting.missed >= LISTS_FOR_PROOF;
}

static void missed(struct taking *taking, struct seen *seen)
{
	if (taking->began_ms < shown_from_ms(seen)) {
		taking->is_busy = true;
		return;
	}
	seen->sighting.missed++;
	if (missing_proves(taking, seen)) {
		seen_gone(taking->engine, seen, "two complete lists lack it", taking->now_ms);
		return;
	}
	taking->is_busy = true;
	if (seen->member != NULL)
		member_touch(taking->engine, seen->member);
}

static int seen_compare(const void *a, const void *b)
{
	const struct seen *const *x = a, *const *y = b;
	const struct instance *i = (*x)->sighting.instance, *j = (*y)->sighting.instance;
	int order = key_compare(i->marks.member ? i->marks.member : "",
	                        j->marks.member ? j->marks.member : "");

	return order ? order : strcmp(i->id, j->id);
}

/* Those that the list lacks, in order. */
static GPtrArray *find_missing(const struct taking *taking)
{
	GPtrArray *missing = g_ptr_array_new();
	GHashTableIter iter;
	void *value;

	g_hash_table_iter_init(&iter, taking->cloud->seen);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (((struct seen *)value)->sighting.last_seq != taking->cloud->list_seq)
			g_ptr_array_add(missing, value);
	g_ptr_array_sort(missing, seen_compare);
	return missing;
}

static void take_shown(struct taking *taking, GPtrArray *instances)
{
	g_autoptr(GPtrArray) fresh = g_ptr_array_new();

	for (guint i = 0; i < instances->len; i++) {
		struct instance **instance = (struct instance **)&instances->pdata[i];
		struct seen *seen = g_hash_table_lookup(taking->cloud->seen, (*instance)->id);
		bool is_orphan;

		if (seen != NULL && seen->sighting.last_seq == taking->cloud->list_seq) {
			continue; /* a list that says it twice says it once */
		} else if (seen != NULL) {
			refresh(taking, seen, instance);
		} else if (member_of(taking, *instance, &is_orphan) != NULL || is_orphan) {
			seen = seen_add(taking->cloud, g_steal_pointer(instance), taking->now_ms);
			seen->sighting.last_seq = taking->cloud->list_seq;
			seen->sighting.complete_lists = taking->is_complete;
			seen->was_marked = seen->sighting.instance->marks.owner != NULL;
			taking->is_busy |= is_moving(seen->sighting.instance->state);
			g_ptr_array_add(fresh, seen);
		} else {
			taking->cloud->foreign++;
		}
	}
	g_ptr_array_sort(fresh, seen_compare);
	for (guint i = 0; i < fresh->len; i++)
		join(taking, fresh->pdata[i]);
}

static void take_missing(struct taking *taking)
{
	g_autoptr(GPtrArray) missing = find_missing(taking);

	for (guint i = 0; i < missing->len; i++)
		missed(taking, missing->pdata[i]);
}

/* A list that begins then shows all that an earlier life made, even where the store has lost it:
 * what was made just before may still be on its way to the lists. */
static int64_t looked_from_ms(const struct taking *taking)
{
	const struct cloud_state *cloud = taking->cloud;

	return cloud->was_listed ? cloud->up_at_ms : cloud_settled_ms(cloud, cloud->up_at_ms);
}

static void list_is_complete(struct taking *taking)
{
	struct cloud_state *cloud = taking->cloud;

	cloud->listed_at_ms = taking->now_ms;
	take_missing(taking);
	settle_by_list(taking->engine, cloud, taking->began_ms, taking->now_ms);
	if (!cloud->scene.is_listed && taking->began_ms >= looked_from_ms(taking)) {
		cloud->scene.is_listed = true;
		cloud->was_listed = true;
		unit_dirty_all(taking->engine);
	}
	unit_dirty_listed(taking->engine);
}

void inventory_take(struct engine *engine, struct cloud_state *cloud, struct answer *answer,
                    int64_t began_ms, int64_t now_ms)
{
	struct taking taking = {
		.engine = engine,
		.cloud = cloud,
		.began_ms = began_ms,
		.now_ms = now_ms,
		.is_complete = answer->is_complete,
	};

	cloud->list_seq++;
	cloud->foreign = 0;
	if (answer->instances != NULL)
		take_shown(&taking, answer->instances);
	if (taking.is_complete)
		list_is_complete(&taking);
	cloud_refresh(cloud);
	cloud_pace(engine, cloud,
	           taking.is_busy || cloud->operations > 0 || !cloud->scene.is_listed ||
	                   !taking.is_complete,
	           now_ms);
}
