/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one place where asks are sent. */
#include "reconcile/engine/turns.h"

#include "reconcile/engine/batch.h"
#include "reconcile/engine/cloud.h"
#include "reconcile/engine/journal.h"
#include "reconcile/engine/member.h"
#include "reconcile/engine/news.h"
#include "reconcile/engine/orders.h"
#include "reconcile/engine/readiness.h"
#include "reconcile/engine/unit.h"

enum {
	LOST_MS = 60 * 1000, /* beyond twice the deadline: no answer will come */
};

static bool may_change(const struct engine *engine, const struct cloud_state *cloud)
{
	return engine_acts(engine) && cloud->scene.is_up && cloud->scene.is_listed;
}

static enum budget_class class_of(enum verb verb)
{
	if (!verb_is_mutating(verb))
		return BUDGET_READ;
	return verb == VERB_CREATE ? BUDGET_CREATE : BUDGET_CHANGE;
}

static struct flight *send(struct engine *engine, struct cloud_state *cloud, struct ask *own_ask,
                           int64_t now_ms)
{
	struct flight *flight = g_new0(struct flight, 1);

	g_assert(!verb_is_mutating(own_ask->verb) || may_change(engine, cloud));
	flight->id = own_ask->id;
	flight->verb = own_ask->verb;
	flight->cloud = cloud;
	flight->sent_at_ms = now_ms;
	flight->lost_at_ms = now_ms + 2 * own_ask->deadline_ms + LOST_MS;
	budget_take(&cloud->budget, class_of(own_ask->verb), now_ms);
	g_hash_table_insert(engine->flights, &flight->id, flight);
	g_ptr_array_add(engine->effects->asks, own_ask);
	return flight;
}

/* Whether the budget lets an ask go; else notes when it will. */
static bool cloud_allows(struct cloud_state *cloud, enum budget_class class, int64_t now_ms)
{
	if (budget_allows(&cloud->budget, class, now_ms))
		return true;
	cloud->blocked_until_ms =
		MIN(cloud->blocked_until_ms, budget_next_ms(&cloud->budget, class, now_ms));
	return false;
}

static bool shape_lets(struct cloud_state *cloud, const struct shape *shape, int64_t now_ms)
{
	int64_t at_ms;

	if (shape_allows(shape, now_ms, &at_ms))
		return true;
	cloud->blocked_until_ms = MIN(cloud->blocked_until_ms, at_ms);
	return false;
}

/* The next action of @queue that is still good, and its member. */
static struct action *queue_first(const struct unit *unit, struct queue *queue,
                                  struct member **ret_member)
{
	for (; queue->next < queue->actions->len; queue->next++) {
		struct action *action = queue->actions->pdata[queue->next];
		struct member *member = unit_member_find(unit, action->key);

		if (member == NULL || member->is_touched || member->slot.operation != NULL)
			continue;
		*ret_member = member;
		return action;
	}
	return NULL;
}

/* Clearing a failed instance away for its successor does not count, all else does. */
static bool is_counted(const struct action *action)
{
	return action->verb == VERB_DESTROY && !action->is_repair;
}

/* What goes without ever having been a member's is remembered until it is gone. */
static void remember_orphan(struct engine *engine, struct member *member,
                            const struct action *action)
{
	struct seen *seen = member_find(member, action->instance_id);

	if (member->slot.record != NULL || seen == NULL)
		return;
	member_adopt(engine, member, seen);
	if (member->unit->deployment == NULL)
		member->slot.record->missing_since_ms = seen->sighting.first_seen_at_ms;
}

static void flight_add(struct flight *flight, struct member *member)
{
	if (flight->members == NULL)
		flight->members = g_ptr_array_new();
	g_ptr_array_add(flight->members, member);
	member->flight = flight;
}

static bool send_change(struct engine *engine, struct unit *unit, struct queue *queue,
                        int64_t now_ms)
{
	struct cloud_state *cloud = queue->cloud;
	struct member *member;
	struct action *action = queue_first(unit, queue, &member);
	struct flight *flight;
	struct ask *ask;

	if (action == NULL || !cloud_allows(cloud, BUDGET_CHANGE, now_ms))
		return false;
	if (is_counted(action) && unit->deletions_known != engine->deletions_made) {
		/* Another deployment removed something since: count again first. */
		unit_drop_queues(unit);
		unit_dirty(engine, unit, true);
		return true;
	}
	queue->next++;
	remember_orphan(engine, member, action);
	ask = orders_change(engine, cloud, action);
	journal_open(engine, member, cloud, action, NULL, ask->id, now_ms);
	if (is_counted(action)) {
		news_deletion(engine, action->key, cloud->scene.name, now_ms);
		unit->deletions_known = engine->deletions_made;
	}
	flight = send(engine, cloud, ask, now_ms);
	flight->ask = orders_copy(ask, 0);
	flight_add(flight, member);
	return true;
}

/* How many more instances the cloud's manifest allows. */
static unsigned room_left(const struct cloud_state *cloud)
{
	unsigned limit = cloud->scene.cloud ? cloud->scene.cloud->limits.instances : 0;

	if (limit == 0)
		return G_MAXUINT;
	return limit > cloud->scene.instances ? limit - cloud->scene.instances : 0;
}

static void send_order(struct engine *engine, struct flight *flight, struct ask *ask,
                       struct member *member, const struct action *action, int64_t now_ms)
{
	char *uid = action->uid ? g_strdup(action->uid) : rand_uid(&engine->rand);

	journal_open(engine, member, flight->cloud, action, uid, ask->id, now_ms);
	orders_add(ask, member, action);
	if (cloud_can(flight->cloud, ABILITY_TOKEN))
		member->replay = orders_copy(ask, ask->orders->len - 1);
	flight_add(flight, member);
}

static bool send_creation(struct engine *engine, struct unit *unit, struct queue *queue,
                          int64_t now_ms)
{
	struct cloud_state *cloud = queue->cloud;
	struct member *member;
	struct action *first = queue_first(unit, queue, &member), *action = first;
	struct shape *shape = first ? shape_get(cloud, first) : NULL;
	unsigned most = MIN(MAX(cloud->traits.batch_max, 1), room_left(cloud));
	struct flight *flight;
	struct ask *ask;

	if (first == NULL || !shape_lets(cloud, shape, now_ms) ||
	    !cloud_allows(cloud, BUDGET_CREATE, now_ms))
		return false;
	if (most == 0) {
		/* The last place went to another deployment. */
		unit_dirty(engine, unit, false);
		return false;
	}
	ask = orders_create(engine, cloud, first);
	flight = send(engine, cloud, ask, now_ms);
	flight->shape = shape;
	shape_take(shape);
	for (unsigned left = shape_batch(shape, most);
	     left > 0 && action != NULL && batch_is_equal(first, action); left--) {
		queue->next++;
		send_order(engine, flight, ask, member, action, now_ms);
		action = queue_first(unit, queue, &member);
	}
	return true;
}

static bool unit_send(struct engine *engine, struct unit *unit, enum budget_class class,
                      int64_t now_ms)
{
	for (guint i = 0; i < unit->queues->len; i++) {
		struct queue *queue = unit->queues->pdata[i];
		bool is_sent;

		if (queue->class != class || !may_change(engine, queue->cloud))
			continue;
		is_sent = class == BUDGET_CREATE ? send_creation(engine, unit, queue, now_ms)
		                                 : send_change(engine, unit, queue, now_ms);
		if (is_sent)
			return true;
	}
	return false;
}

static void unit_turn(struct engine *engine, struct unit *unit, int64_t now_ms)
{
	int64_t at_ms;

	if (unit->is_dirty && unit_may_plan(unit, now_ms, &at_ms))
		unit_plan(engine, unit, now_ms);
}

/* Rounds of one ask each until nobody can send any more; the next pass begins with who came
 * next. */
static void rounds(struct engine *engine, enum budget_class class, int64_t now_ms)
{
	bool is_going = true;
	guint first = engine->turn;

	while (is_going) {
		is_going = false;
		for (guint i = 0; i < engine->work->len; i++) {
			guint turn = (first + i) % engine->work->len;
			struct unit *unit = engine->work->pdata[turn];

			unit_turn(engine, unit, now_ms);
			if (!unit_send(engine, unit, class, now_ms))
				continue;
			is_going = true;
			engine->turn = turn + 1;
		}
	}
}

static void replays(struct engine *engine, struct cloud_state *cloud, int64_t now_ms)
{
	for (guint i = 0; i < cloud->doubts->len && may_change(engine, cloud); i++) {
		struct member *member = cloud->doubts->pdata[i];
		struct flight *flight;
		struct ask *ask;

		if (member->replay == NULL || member->replay_at_ms > now_ms)
			continue;
		if (!cloud_allows(cloud, BUDGET_CREATE, now_ms))
			return;
		ask = orders_copy(member->replay, 0);
		ask->id = ++engine->last_ask;
		journal_replay(engine, member, ask->id);
		flight = send(engine, cloud, ask, now_ms);
		flight->is_replay = true;
		flight_add(flight, member);
	}
}

static void list(struct engine *engine, struct cloud_state *cloud, int64_t due_ms, int64_t now_ms)
{
	struct ask *ask;

	if (!cloud->is_up || cloud->list != 0 || due_ms > now_ms ||
	    !cloud_allows(cloud, BUDGET_READ, now_ms))
		return;
	ask = orders_ask(engine, cloud, VERB_LIST);
	cloud->list = ask->id;
	cloud->list_began_ms = now_ms;
	send(engine, cloud, ask, now_ms);
}

static void catalog(struct engine *engine, struct cloud_state *cloud, int64_t now_ms)
{
	struct ask *ask;

	if (!cloud->scene.is_up || cloud->catalog != 0 || cloud->catalog_at_ms > now_ms ||
	    !cloud_can(cloud, ABILITY_CATALOG) || !cloud_allows(cloud, BUDGET_READ, now_ms))
		return;
	ask = orders_ask(engine, cloud, VERB_CATALOG);
	cloud->catalog = ask->id;
	send(engine, cloud, ask, now_ms);
}

static void unit_remove(struct engine *engine, struct unit *unit)
{
	g_hash_table_remove(engine->unit_index, unit->name);
	g_ptr_array_remove(engine->units, unit);
}

/* Units with nothing left to do leave the list; those that nothing holds any more are forgotten. */
static void work_tidy(struct engine *engine)
{
	guint kept = 0;

	for (guint i = 0; i < engine->work->len; i++) {
		struct unit *unit = engine->work->pdata[i];

		if (unit->is_dirty || unit_has_queue(unit)) {
			engine->work->pdata[kept++] = unit;
			continue;
		}
		unit->is_listed = false;
		if (unit->deployment == NULL && unit->members->len == 0)
			unit_remove(engine, unit);
	}
	g_ptr_array_set_size(engine->work, (gint)kept);
	engine->turn = kept ? engine->turn % kept : 0;
}

void turns_take(struct engine *engine, int64_t now_ms)
{
	for (guint i = 0; i < engine->clouds->len; i++) {
		struct cloud_state *cloud = engine->clouds->pdata[i];

		cloud->blocked_until_ms = INT64_MAX;
		list(engine, cloud, cloud->list_at_ms + cloud->period_ms, now_ms);
	}
	rounds(engine, BUDGET_CHANGE, now_ms);
	for (guint i = 0; i < engine->clouds->len; i++)
		replays(engine, engine->clouds->pdata[i], now_ms);
	rounds(engine, BUDGET_CREATE, now_ms);
	for (guint i = 0; i < engine->clouds->len; i++) {
		list(engine, engine->clouds->pdata[i],
		     ((struct cloud_state *)engine->clouds->pdata[i])->list_at_ms, now_ms);
		catalog(engine, engine->clouds->pdata[i], now_ms);
	}
	work_tidy(engine);
}

/* When what is due at @at_ms can be sent. */
static int64_t allowed_ms(const struct cloud_state *cloud, enum budget_class class, int64_t at_ms,
                          int64_t now_ms)
{
	return at_ms == INT64_MAX ? at_ms
	                          : MAX(at_ms, budget_next_ms(&cloud->budget, class, now_ms));
}

static int64_t cloud_next_ms(const struct engine *engine, const struct cloud_state *cloud,
                             int64_t now_ms)
{
	int64_t next_ms = cloud->blocked_until_ms;
	int64_t replay_at_ms = INT64_MAX;

	if (cloud->is_up && cloud->list == 0)
		next_ms = MIN(next_ms, allowed_ms(cloud, BUDGET_READ, cloud->list_at_ms, now_ms));
	if (cloud->scene.is_up && cloud->catalog == 0 && cloud_can(cloud, ABILITY_CATALOG))
		next_ms =
			MIN(next_ms, allowed_ms(cloud, BUDGET_READ, cloud->catalog_at_ms, now_ms));
	for (guint i = 0; i < cloud->doubts->len && may_change(engine, cloud); i++) {
		const struct member *member = cloud->doubts->pdata[i];

		replay_at_ms = MIN(replay_at_ms, member->replay_at_ms);
	}
	return MIN(next_ms, allowed_ms(cloud, BUDGET_CREATE, replay_at_ms, now_ms));
}

int64_t turns_next_ms(const struct engine *engine, int64_t now_ms)
{
	int64_t next_ms = engine->wake_at_ms;

	for (guint i = 0; i < engine->clouds->len; i++)
		next_ms = MIN(next_ms, cloud_next_ms(engine, engine->clouds->pdata[i], now_ms));
	for (guint i = 0; i < engine->work->len; i++) {
		const struct unit *unit = engine->work->pdata[i];
		int64_t at_ms;

		if (unit->is_dirty && !unit_may_plan(unit, now_ms, &at_ms))
			next_ms = MIN(next_ms, at_ms);
	}
	return next_ms;
}
