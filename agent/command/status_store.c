/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records are what outlives an agent: which members there were and where. Whether they still run,
 * only a look at the clouds would say; so readiness and clouds are left out. */
#include "agent/command/status_store.h"

#include "agent/store/store.h"
#include "reconcile/model/fault.h"
#include "reconcile/model/key.h"
#include "reconcile/model/record.h"

#include <string.h>

static json_t *member_json(const struct record *record)
{
	return json_pack("{s:s, s:s?, s:s?, s:n, s:n, s:b, s:b, s:I, s:s?}", "key", record->key,
	                 "cloud", record->cloud, "instance", record->instance_id, "state", "ready",
	                 "desired", 1, "protected", record->is_protected, "since_ms",
	                 (json_int_t)record->created_at_ms, "hold",
	                 record->fault == FAULT_NONE ? NULL : record->fault_text);
}

static json_t *deployment_json(const char *name, bool with_members)
{
	json_t *deployment = json_pack("{s:s, s:b, s:b, s:I, s:n, s:I, s:I}", "name", name,
	                               "converged", 0, "unknown", 1, "desired", (json_int_t)0,
	                               "ready", "failing", (json_int_t)0, "present", (json_int_t)0);

	if (with_members)
		json_object_set_new(deployment, "members", json_array());
	return deployment;
}

static void count_up(json_t *deployment, const char *name)
{
	json_t *count = json_object_get(deployment, name);

	json_integer_set(count, json_integer_value(count) + 1);
}

static void record_add(json_t *deployment, const struct record *record)
{
	json_t *members = json_object_get(deployment, "members");

	count_up(deployment, "desired");
	if (record->instance_id != NULL)
		count_up(deployment, "present");
	if (record->fault != FAULT_NONE) {
		count_up(deployment, "failing");
		json_object_set_new(
			deployment, "note",
			json_string(record->fault_text == NULL ? "" : record->fault_text));
	}
	if (members != NULL)
		json_array_append_new(members, member_json(record));
}

static int record_order(const void *a, const void *b)
{
	const struct record *x = *(const struct record *const *)a;
	const struct record *y = *(const struct record *const *)b;

	return key_compare(x->key, y->key);
}

static json_t *deployments_json(GPtrArray *records, const char *wanted, bool with_members)
{
	json_t *deployments = json_array();
	json_t *last = NULL;
	g_autofree char *last_name = NULL;

	g_ptr_array_sort(records, record_order);
	for (guint i = 0; i < records->len; i++) {
		const struct record *record = g_ptr_array_index(records, i);
		g_autofree char *name = g_strndup(record->key, strcspn(record->key, "/"));

		if (wanted != NULL && !g_str_equal(name, wanted))
			continue;
		if (g_strcmp0(name, last_name) != 0) {
			last = deployment_json(name, with_members);
			json_array_append_new(deployments, last);
			g_free(last_name);
			last_name = g_strdup(name);
		}
		record_add(last, record);
	}
	return deployments;
}

json_t *status_from_store(const char *state_dir, const char *deployment, bool with_members,
                          GError **error)
{
	g_autoptr(GPtrArray) records = NULL;
	g_autoptr(GPtrArray) operations = NULL;
	g_autoptr(GPtrArray) deletions = NULL;
	int64_t last_operation;
	int64_t now_ms = g_get_real_time() / 1000;
	autoptr(store) store = store_open_reading(state_dir, error);

	if (store == NULL) {
		g_prefix_error(error, "no agent runs on \"%s\": ", state_dir);
		return NULL;
	}
	if (!store_load(store, now_ms, &records, &operations, &deletions, &last_operation, error))
		return NULL;
	json_t *deployments = deployments_json(records, deployment, with_members);
	if (deployment != NULL && json_array_size(deployments) == 0) {
		json_decref(deployments);
		g_set_error(error, FAULT_DOMAIN, FAULT_NOT_FOUND, "no deployment \"%s\"",
		            deployment);
		return NULL;
	}
	return json_pack("{s:n, s:s, s:I, s:o, s:[], s:[], s:i, s:n}", "agent", "state", state_dir,
	                 "at_ms", (json_int_t)now_ms, "deployments", deployments, "clouds",
	                 "findings", "findings_count", 0, "next");
}
