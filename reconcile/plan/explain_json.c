/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans as a JSON document. The names are an interface: add, never change.
 *
 *     plans[]: deployment, commit, clouds, actions[], holds[]
 *     actions[]: kind, verb, key, cloud, instance, uid, what, why, place, size, fingerprint,
 * protected, repair     holds[]: reason, kind, key, cloud, text, why, until_ms, under_way, place
 *     place: file, line, column; null where there is none
 *     size: name, cpus, memory_bytes, disk_bytes; null for actions without one
 *     summary: create, change, destroy, held, under_way
 *     has_changes: what the exit code of `muster plan` says
 *
 * User data is left out: it may hold secrets. */
#include "reconcile/plan/explain.h"

#include "reconcile/plan/summary.h"

#include <jansson.h>

/* Text that is no UTF-8 would make jansson refuse: it is mended, not lost. */
static json_t *text_json(const char *text)
{
	if (text == NULL)
		return json_null();
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	return json_string(valid);
}

static json_t *place_json(const struct place *place)
{
	if (place->file == NULL || place->line == 0)
		return json_null();
	return json_pack("{s:o, s:I, s:I}", "file", text_json(place->file), "line",
	                 (json_int_t)place->line, "column", (json_int_t)place->column);
}

static json_t *size_json(const struct action *action)
{
	const struct size *size = &action->size;

	if (action->kind != ACTION_CREATE && action->kind != ACTION_RESIZE)
		return json_null();
	return json_pack("{s:o, s:I, s:I, s:I}", "name", text_json(size->name), "cpus",
	                 (json_int_t)size->cpus, "memory_bytes", (json_int_t)size->memory_bytes,
	                 "disk_bytes", (json_int_t)size->disk_bytes);
}

static json_t *action_json(const struct action *action)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b}",
	                 "kind", action_kind_name(action->kind), "verb", verb_name(action->verb),
	                 "key", text_json(action->key), "cloud", text_json(action->cloud),
	                 "instance", text_json(action->instance_id), "uid", text_json(action->uid),
	                 "what", text_json(action->what), "why", text_json(action->why), "place",
	                 place_json(&action->place), "size", size_json(action), "fingerprint",
	                 text_json(action->fingerprint), "protected", action->is_protected,
	                 "repair", action->is_repair);
}

static json_t *hold_json(const struct hold *hold)
{
	return json_pack(
		"{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "reason",
		hold_reason_name(hold->reason), "kind", action_kind_name(hold->kind), "key",
		text_json(hold->key), "cloud", text_json(hold->cloud), "text",
		text_json(hold->text), "why", text_json(hold->why), "until_ms",
		hold->until_ms == 0 ? json_null() : json_integer((json_int_t)hold->until_ms),
		"under_way", summary_is_under_way(hold), "place", place_json(&hold->place));
}

static json_t *plan_json(const struct plan *plan)
{
	json_t *actions = json_array();
	json_t *holds = json_array();

	for (guint i = 0; i < plan->actions->len; i++)
		json_array_append_new(actions, action_json(g_ptr_array_index(plan->actions, i)));
	for (guint i = 0; i < plan->holds->len; i++)
		json_array_append_new(holds, hold_json(g_ptr_array_index(plan->holds, i)));
	return json_pack("{s:o, s:o, s:I, s:o, s:o}", "deployment", text_json(plan->deployment),
	                 "commit", text_json(plan->commit), "clouds", (json_int_t)plan->clouds,
	                 "actions", actions, "holds", holds);
}

char *explain_json(GPtrArray *plans)
{
	struct summary summary = summary_of(plans);
	json_t *list = json_array();

	for (guint i = 0; i < plans->len; i++)
		json_array_append_new(list, plan_json(g_ptr_array_index(plans, i)));
	json_t *root = json_pack(
		"{s:o, s:{s:I, s:I, s:I, s:I, s:I}, s:b}", "plans", list, "summary", "create",
		(json_int_t)summary.create, "change", (json_int_t)summary.change, "destroy",
		(json_int_t)summary.destroy, "held", (json_int_t)summary.held, "under_way",
		(json_int_t)summary.under_way, "has_changes", explain_has_changes(plans));
	char *dumped = json_dumps(root, JSON_INDENT(2));
	char *text = g_strconcat(dumped, "\n", NULL);

	free(dumped);
	json_decref(root);
	return text;
}
