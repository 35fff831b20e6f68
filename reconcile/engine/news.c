/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collecting writes; a record that changes ten times in a pass is written once. */
#include "reconcile/engine/news.h"

static struct write *write_add(struct engine *engine, enum write_kind kind)
{
	struct write *write = g_new0(struct write, 1);

	write->kind = kind;
	g_ptr_array_add(engine->effects->writes, write);
	return write;
}

struct event *news_event(struct engine *engine, enum event_name name, int64_t now_ms)
{
	struct event *event = event_new(name, now_ms);

	event->commit = g_strdup(engine->fleet->commit);
	write_add(engine, WRITE_EVENT)->event = event;
	return event;
}

struct event *news_member(struct engine *engine, enum event_name name, const struct member *member,
                          int64_t now_ms)
{
	struct event *event = news_event(engine, name, now_ms);
	const struct operation *operation = member->slot.operation;
	const struct record *record = member->slot.record;

	event->deployment = g_strdup(member->unit->name);
	event->key = g_strdup(member->slot.key);
	if (record != NULL) {
		event->cloud = g_strdup(record->cloud);
		event->instance_id = g_strdup(record->instance_id);
	}
	if (operation != NULL) {
		g_free(event->cloud);
		event->cloud = g_strdup(operation->cloud);
		g_free(event->instance_id);
		event->instance_id = g_strdup(operation->instance_id);
		event->operation = operation->id;
		event->place = operation->place;
	} else if (member->slot.component != NULL) {
		event->place = member->slot.component->place;
	}
	return event;
}

struct event *news_unit(struct engine *engine, enum event_name name, const struct unit *unit,
                        int64_t now_ms)
{
	struct event *event = news_event(engine, name, now_ms);

	event->deployment = g_strdup(unit->name);
	if (unit->deployment != NULL)
		event->place = unit->deployment->place;
	return event;
}

struct event *news_cloud(struct engine *engine, enum event_name name,
                         const struct cloud_state *cloud, const char *text, int64_t now_ms)
{
	struct event *event = news_event(engine, name, now_ms);

	event->cloud = g_strdup(cloud->scene.name);
	event->text = g_strdup(text);
	return event;
}

void news_operation(struct engine *engine, const struct operation *operation)
{
	write_add(engine, WRITE_OPERATION)->operation = operation_copy(operation);
}

void news_record(struct engine *engine, struct member *member)
{
	if (member->is_changed)
		return;
	member->is_changed = true;
	g_ptr_array_add(engine->changed, member);
}

void news_record_gone(struct engine *engine, struct member *member)
{
	if (member->is_changed)
		g_ptr_array_remove(engine->changed, member);
	member->is_changed = false;
	write_add(engine, WRITE_RECORD_GONE)->key = g_strdup(member->slot.key);
}

void news_deletion(struct engine *engine, const char *key, const char *cloud, int64_t now_ms)
{
	write_add(engine, WRITE_DELETION)->deletion = deletion_new(now_ms, key, cloud);
	g_ptr_array_add(engine->deletions, deletion_new(now_ms, key, cloud));
	engine->deletions_made++;
}

void news_flush(struct engine *engine)
{
	for (guint i = 0; i < engine->changed->len; i++) {
		struct member *member = engine->changed->pdata[i];

		member->is_changed = false;
		write_add(engine, WRITE_RECORD)->record = record_copy(member->slot.record);
	}
	g_ptr_array_set_size(engine->changed, 0);
}
