/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that the view has is said, with null where there is nothing, so that readers find the
 * same names each time. Texts from outside may not be UTF-8; JSON must be. */
#include "agent/api/view_json.h"

#include "reconcile/model/event.h"
#include "reconcile/model/finding.h"
#include "reconcile/model/key.h"

#include <string.h>

static json_t *text_json(const char *text)
{
	if (text == NULL)
		return json_null();
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	return json_string(valid);
}

static json_t *place_json(const struct place *place)
{
	if (place->file == NULL)
		return json_null();
	return json_pack("{s:o, s:I, s:I}", "file", text_json(place->file), "line",
	                 (json_int_t)place->line, "column", (json_int_t)place->column);
}

static void set_text(json_t *object, const char *name, const char *text)
{
	json_object_set_new(object, name, text_json(text));
}

static void set_number(json_t *object, const char *name, int64_t number)
{
	json_object_set_new(object, name, json_integer(number));
}

static void set_bool(json_t *object, const char *name, bool is_true)
{
	json_object_set_new(object, name, json_boolean(is_true));
}

static json_t *member_json(const struct member_view *member)
{
	json_t *object = json_object();

	set_text(object, "key", member->key);
	set_text(object, "component", member->component);
	set_text(object, "cloud", member->cloud);
	set_text(object, "instance", member->instance_id);
	set_text(object, "name", member->name);
	set_text(object, "address", member->address);
	set_text(object, "state", member->has_instance ? instance_state_name(member->state) : NULL);
	set_bool(object, "desired", member->is_desired);
	set_bool(object, "ready", member->is_ready);
	set_bool(object, "protected", member->is_protected);
	set_text(object, "doing", member->doing);
	set_text(object, "hold", member->hold);
	set_text(object, "hold_reason", member->hold_reason);
	set_number(object, "hold_until_ms", member->hold_until_ms);
	set_text(object, "size", member->size);
	set_number(object, "since_ms", member->since_ms);
	json_object_set_new(object, "place", place_json(&member->place));
	return object;
}

static json_t *deployment_json(const struct deployment_view *deployment)
{
	json_t *object = json_object();

	set_text(object, "name", deployment->name);
	set_text(object, "commit", deployment->commit);
	set_number(object, "desired", (int64_t)deployment->desired);
	set_number(object, "present", (int64_t)deployment->present);
	set_number(object, "ready", (int64_t)deployment->ready);
	set_number(object, "under_way", (int64_t)deployment->under_way);
	set_number(object, "held", (int64_t)deployment->held);
	set_number(object, "failing", (int64_t)deployment->failing);
	set_bool(object, "absent", deployment->is_absent);
	set_bool(object, "stale", deployment->is_stale);
	set_text(object, "why_stale", deployment->why_stale);
	set_number(object, "missing_until_ms", deployment->missing_until_ms);
	set_bool(object, "converged", deployment->is_converged);
	set_text(object, "note", deployment->note);
	set_number(object, "note_until_ms", deployment->note_until_ms);
	json_object_set_new(object, "place", place_json(&deployment->place));
	return object;
}

static json_t *cloud_json(const struct cloud_view *cloud)
{
	json_t *object = json_object();

	set_text(object, "name", cloud->name);
	set_text(object, "connector", cloud->connector);
	set_bool(object, "gone", cloud->is_gone);
	set_bool(object, "up", cloud->is_up);
	set_text(object, "fault", cloud->fault == FAULT_NONE ? NULL : fault_name(cloud->fault));
	set_text(object, "text", cloud->text);
	set_number(object, "instances", (int64_t)cloud->instances);
	set_number(object, "foreign", (int64_t)cloud->foreign);
	set_number(object, "orphans", (int64_t)cloud->orphans);
	set_number(object, "listed_at_ms", cloud->listed_at_ms);
	set_number(object, "period_ms", cloud->period_ms);
	set_number(object, "in_flight", cloud->in_flight);
	json_object_set_new(object, "requests_left", json_real(cloud->requests_left));
	set_number(object, "throttled", cloud->throttled);
	return object;
}

json_t *view_clouds_to_json(const struct view *view)
{
	json_t *array = json_array();

	for (guint i = 0; i < view->clouds->len; i++)
		json_array_append_new(array, cloud_json(g_ptr_array_index(view->clouds, i)));
	return array;
}

/* What is left of a page while the deployments are walked. */
struct paging {
	const char *after;
	char *after_deployment; /* NULL: no key given */
	size_t left;
	const char *last; /* the last key that was printed */
	bool is_cut;
};

static bool member_is_before(const struct paging *paging, const struct deployment_view *deployment,
                             const struct member_view *member)
{
	if (paging->after == NULL)
		return false;
	int order = strcmp(deployment->name, paging->after_deployment);
	return order < 0 || (order == 0 && key_compare(member->key, paging->after) <= 0);
}

static json_t *members_json(const struct deployment_view *deployment, struct paging *paging)
{
	json_t *array = json_array();

	for (guint i = 0; deployment->members != NULL && i < deployment->members->len; i++) {
		const struct member_view *member = g_ptr_array_index(deployment->members, i);

		if (member_is_before(paging, deployment, member))
			continue;
		if (paging->left == 0) {
			paging->is_cut = true;
			break;
		}
		json_array_append_new(array, member_json(member));
		paging->last = member->key;
		paging->left--;
	}
	return array;
}

json_t *view_to_json(const struct view *view, const struct member_page *page)
{
	json_t *object = json_object();
	json_t *deployments = json_array();
	struct paging paging = { 0 };
	g_autofree char *after_deployment = NULL;

	if (page != NULL) {
		const char *after = page->after == NULL ? "" : page->after;
		after_deployment = g_strndup(after, strcspn(after, "/"));
		paging = (struct paging){ .after = page->after,
			                  .after_deployment = after_deployment,
			                  .left = page->limit };
	}
	set_number(object, "at_ms", view->at_ms);
	set_text(object, "owner", view->owner);
	set_text(object, "commit", view->commit);
	set_bool(object, "observing", view->is_observing);
	set_bool(object, "acting", view->can_act);
	set_text(object, "why_not", view->why_not);
	for (guint i = 0; i < view->deployments->len; i++) {
		const struct deployment_view *deployment = g_ptr_array_index(view->deployments, i);
		json_t *item = deployment_json(deployment);

		if (page != NULL)
			json_object_set_new(item, "members", members_json(deployment, &paging));
		json_array_append_new(deployments, item);
	}
	json_object_set_new(object, "deployments", deployments);
	json_object_set_new(object, "clouds", view_clouds_to_json(view));
	set_text(object, "next", paging.is_cut ? paging.last : NULL);
	return object;
}

json_t *findings_to_json(const GPtrArray *findings, size_t limit)
{
	json_t *array = json_array();

	for (guint i = 0; i < findings->len && i < limit; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);
		json_t *object = json_object();

		json_object_set_new(object, "place", place_json(&finding->place));
		set_text(object, "text", finding->text);
		set_text(object, "source", finding->line);
		set_text(object, "document", finding->document);
		json_object_set_new(object, "also", place_json(&finding->also));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *event_json(const struct event *event)
{
	json_t *object = json_object();

	set_number(object, "id", event->id);
	set_number(object, "at_ms", event->at_ms);
	set_text(object, "name", event_name_text(event->name));
	set_text(object, "deployment", event->deployment);
	set_text(object, "key", event->key);
	set_text(object, "cloud", event->cloud);
	set_text(object, "instance", event->instance_id);
	set_number(object, "operation", event->operation);
	set_text(object, "before", event->before);
	set_text(object, "after", event->after);
	set_text(object, "text", event->text);
	set_text(object, "commit", event->commit);
	json_object_set_new(object, "place", place_json(&event->place));
	return object;
}

json_t *events_to_json(const GPtrArray *events)
{
	json_t *array = json_array();

	for (guint i = 0; i < events->len; i++)
		json_array_append_new(array, event_json(g_ptr_array_index(events, i)));
	return array;
}

json_t *fault_to_json(enum fault fault, const char *text)
{
	return json_pack("{s:{s:s, s:o}}", "error", "class", fault_name(fault), "text",
	                 text_json(text));
}
