/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ready, unready, late. */
#include "reconcile/engine/readiness.h"

#include "reconcile/engine/member.h"
#include "reconcile/engine/news.h"

enum {
	PROBE_SOON_MS = 1000,      /* until the first success */
	PROBE_REST_MS = 60 * 1000, /* of those that are ready */
	PROBE_AGAIN_MS = 5 * 1000, /* after a ready one failed */
	PROBE_DEADLINE_MS = 5 * 1000,
	PROBE_SHARE_MS = 50, /* so much longer for each member that is probed */
	FAILURES_MAX = 3,
};

static struct member *member_of(struct agenda_entry *entry)
{
	return (struct member *)((char *)entry - offsetof(struct member, probing));
}

static const struct ready *ready_of(const struct member *member)
{
	return &member->slot.component->spec->ready;
}

static const struct instance *instance_of(const struct member *member)
{
	const struct seen *seen = member_seen(member);

	return seen == NULL || seen->is_guess ? NULL : seen->sighting.instance;
}

static void set_ready(struct engine *engine, struct member *member, bool is_ready, const char *text,
                      int64_t now_ms)
{
	struct record *record = member->slot.record;
	struct event *event;

	if (member->slot.is_ready == is_ready)
		return;
	member->slot.is_ready = is_ready;
	member->probe_failures = 0;
	member_touch(engine, member);
	if (is_ready) {
		member->is_late = false;
		member_succeed(engine, member, true);
	} else {
		member->unready_at_ms = now_ms;
	}
	/* A restart finds it ready as before: that is no news. */
	if (is_ready && record->ready_at_ms != 0)
		return;
	record->ready_at_ms = is_ready ? now_ms : 0;
	news_record(engine, member);
	event = news_member(engine, is_ready ? EVENT_MEMBER_READY : EVENT_MEMBER_UNREADY, member,
	                    now_ms);
	event->text = g_strdup(text);
}

static void probing_put(struct engine *engine, struct member *member, int64_t at_ms)
{
	engine->probed += member->probing.position == 0;
	agenda_put(engine->agenda, &member->probing, at_ms);
}

static void probing_remove(struct engine *engine, struct member *member)
{
	engine->probed -= member->probing.position != 0;
	agenda_remove(engine->agenda, &member->probing);
}

void readiness_forget(struct engine *engine, struct member *member)
{
	probing_remove(engine, member);
	if (member->probe != 0)
		g_hash_table_remove(engine->probes, &member->probe);
	member->probe = 0;
}

static void begin_running(struct engine *engine, struct member *member, int64_t now_ms)
{
	member->running_at_ms = now_ms;
	member->is_late = false;
	if (ready_of(member)->kind == READY_RUNNING) {
		set_ready(engine, member, true, "running", now_ms);
	} else if (member->slot.record->ready_at_ms != 0) {
		set_ready(engine, member, true, NULL, now_ms);
		probing_put(engine, member, now_ms + PROBE_SOON_MS);
	} else {
		probing_put(engine, member, now_ms);
	}
}

void readiness_update(struct engine *engine, struct member *member, int64_t now_ms)
{
	const struct instance *instance = instance_of(member);
	bool is_running = instance != NULL && instance->state == INSTANCE_RUNNING &&
	                  member->slot.component != NULL;

	if (is_running && member->running_at_ms == 0)
		begin_running(engine, member, now_ms);
	if (is_running)
		return;
	member->running_at_ms = 0;
	readiness_forget(engine, member);
	if (member->slot.component != NULL && member->slot.record != NULL)
		set_ready(engine, member, false,
		          instance ? instance_state_name(instance->state) : "no instance", now_ms);
	member->slot.is_ready = false;
}

void readiness_follow(struct engine *engine, struct member *member, int64_t now_ms)
{
	if (member->running_at_ms != 0 && member->slot.component != NULL) {
		/* Perhaps there is another probe to make. */
		if (ready_of(member)->kind == READY_RUNNING)
			readiness_forget(engine, member);
		else if (member->probe == 0)
			probing_put(engine, member, now_ms);
		if (ready_of(member)->kind == READY_RUNNING)
			set_ready(engine, member, true, "running", now_ms);
	}
	readiness_update(engine, member, now_ms);
}

void readiness_check_late(struct engine *engine, struct member *member, int64_t now_ms)
{
	const struct record *record = member->slot.record;
	int64_t within_ms, late_at_ms;
	struct event *event;

	if (member->is_late || member->slot.is_ready || member->slot.component == NULL ||
	    record == NULL || record->instance_id == NULL)
		return;
	within_ms = ready_of(member)->within_ms;
	late_at_ms = MAX(member->running_at_ms, member->unready_at_ms);
	late_at_ms = MAX(record->created_at_ms, late_at_ms) + within_ms;
	if (within_ms == 0 || now_ms <= late_at_ms)
		return;
	member->is_late = true;
	if (late_at_ms <= engine->began_ms)
		return; /* told in an earlier life */
	event = news_member(engine, EVENT_MEMBER_LATE, member, now_ms);
	event->text = g_strdup_printf("not ready within %" G_GINT64_FORMAT " s", within_ms / 1000);
}

static int64_t rest_ms(const struct engine *engine)
{
	return MAX((int64_t)PROBE_REST_MS, (int64_t)engine->probed * PROBE_SHARE_MS);
}

void readiness_probed(struct engine *engine, uint64_t probe, bool is_ready, const char *text,
                      int64_t now_ms)
{
	struct member *member = g_hash_table_lookup(engine->probes, &probe);
	int64_t next_ms = now_ms + PROBE_SOON_MS;

	if (member == NULL)
		return;
	g_hash_table_remove(engine->probes, &probe);
	member->probe = 0;
	if (is_ready) {
		member->probe_failures = 0;
		set_ready(engine, member, true, text, now_ms);
		next_ms = now_ms + rest_ms(engine);
	} else if (member->slot.is_ready) {
		next_ms = now_ms + PROBE_AGAIN_MS;
		if (++member->probe_failures >= FAILURES_MAX)
			set_ready(engine, member, false, text, now_ms);
	}
	readiness_check_late(engine, member, now_ms);
	probing_put(engine, member, next_ms);
}

static bool probe_send(struct engine *engine, struct member *member)
{
	const struct ready *ready = ready_of(member);
	const char *host;
	uint16_t port;
	struct probe *probe;

	if (!instance_endpoint(instance_of(member), ready->port, &host, &port))
		return false;
	probe = g_new0(struct probe, 1);
	probe->id = ++engine->last_probe;
	probe->key = g_strdup(member->slot.key);
	probe->kind = ready->kind;
	probe->host = g_strdup(host);
	probe->port = port;
	probe->path = g_strdup(ready->path);
	probe->deadline_ms = PROBE_DEADLINE_MS;
	g_ptr_array_add(engine->effects->probes, probe);
	member->probe = probe->id;
	g_hash_table_insert(engine->probes, &member->probe, member);
	return true;
}

static bool has_place(const struct engine *engine)
{
	return g_hash_table_size(engine->probes) < MAX(engine->limits.probes_in_flight, 1);
}

void readiness_step(struct engine *engine, int64_t now_ms)
{
	struct agenda_entry *entry = agenda_first(engine->agenda);

	while (entry != NULL && entry->at_ms <= now_ms && has_place(engine)) {
		struct member *member = member_of(entry);

		probing_remove(engine, member);
		if (!probe_send(engine, member)) {
			readiness_check_late(engine, member, now_ms);
			probing_put(engine, member, now_ms + PROBE_SOON_MS);
		}
		entry = agenda_first(engine->agenda);
	}
}

int64_t readiness_next_ms(const struct engine *engine)
{
	const struct agenda_entry *entry = agenda_first(engine->agenda);

	return entry == NULL || !has_place(engine) ? INT64_MAX : entry->at_ms;
}
