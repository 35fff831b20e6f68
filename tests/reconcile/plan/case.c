/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instances and traits are written as in the plugin protocol, and read by its codec. */
#include "tests/reconcile/plan/case.h"

#include "connectors/plugin/codec.h"
#include "reconcile/model/quantity.h"

#include <string.h>

/* A file that may be missing. */
static json_t *file_json(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	json_error_t error;
	json_t *root = NULL;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return NULL;
	root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL)
		g_error("%s:%d: %s", path, error.line, error.text);
	return root;
}

static const char *text_of(const json_t *json, const char *name)
{
	return json_string_value(json_object_get(json, name));
}

/* A duration, or @fallback. */
static int64_t time_of(const json_t *json, const char *name, int64_t fallback_ms)
{
	const char *text = text_of(json, name);
	g_autoptr(GError) error = NULL;
	int64_t ms = fallback_ms;

	if (text != NULL) {
		quantity_parse_duration(text, &ms, &error);
		g_assert_no_error(error);
	}
	return ms;
}

static bool bool_of(const json_t *json, const char *name, bool fallback)
{
	const json_t *value = json_object_get(json, name);

	return value == NULL ? fallback : json_is_true(value);
}

static unsigned number_of(const json_t *json, const char *name, unsigned fallback)
{
	const json_t *value = json_object_get(json, name);

	return value == NULL ? fallback : (unsigned)json_integer_value(value);
}

static void text_take(const json_t *json, const char *name, char **text)
{
	if (json_object_get(json, name) != NULL) {
		g_free(*text);
		*text = g_strdup(text_of(json, name));
	}
}

static void folder_put(struct stage *stage, const char *folder, bool is_put)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name = NULL;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *text = NULL;

		if (!g_str_has_suffix(name, ".yaml"))
			continue;
		g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
		if (is_put)
			stage_put(stage, name, text);
		else
			stage_remove(stage, name);
	}
}

/* first/ holds what was there before: its good documents are in force where they are bad now. */
static void manifests_load(struct stage *stage, const char *folder)
{
	g_autofree char *first = g_build_filename(folder, "first", NULL);

	if (g_file_test(first, G_FILE_TEST_IS_DIR)) {
		folder_put(stage, first, true);
		stage_settle(stage);
		folder_put(stage, first, false);
	}
	folder_put(stage, folder, true);
	stage_settle(stage);
}

static struct message *result_message(json_t *own_result)
{
	json_t *line =
		json_pack("{s:s, s:i, s:o}", "jsonrpc", "2.0", "id", 1, "result", own_result);
	char *text = json_dumps(line, JSON_COMPACT);
	g_autoptr(GError) error = NULL;
	struct message *message = message_parse(text, strlen(text), &error);

	g_assert_no_error(error);
	free(text);
	json_decref(line);
	return message;
}

static void catalog_load(struct cloud_scene *cloud, json_t *sizes)
{
	autoptr(ask) ask = ask_new(1, VERB_CATALOG, cloud->name);
	g_autoptr(GError) error = NULL;
	struct message *message =
		result_message(json_pack("{s:O, s:[]}", "sizes", sizes, "images"));
	autoptr(answer) answer = message_to_answer(message, ask, &error);

	g_assert_no_error(error);
	cloud->catalog_sizes = g_steal_pointer(&answer->sizes);
	message_free(message);
}

static void abilities_change(struct traits *traits, const json_t *list, bool is_added)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		enum ability ability = ABILITY_TOKEN;

		g_assert_true(ability_parse(json_string_value(json_array_get(list, i)), &ability));
		traits->abilities = is_added ? traits->abilities | (unsigned)ability
		                             : traits->abilities & ~(unsigned)ability;
	}
}

static void cloud_load(struct stage *stage, const char *name, json_t *json)
{
	struct cloud_scene *cloud = stage_cloud(stage, name);
	const char *fault = text_of(json, "fault");

	cloud->is_up = bool_of(json, "up", true);
	cloud->is_listed = bool_of(json, "listed", cloud->is_up);
	cloud->fault_text = g_strdup(text_of(json, "text"));
	if (fault != NULL)
		g_assert_true(fault_parse(fault, &cloud->fault));
	abilities_change(stage_traits(stage, name), json_object_get(json, "with"), true);
	abilities_change(stage_traits(stage, name), json_object_get(json, "without"), false);
	if (json_object_get(json, "catalog") != NULL)
		catalog_load(cloud, json_object_get(json, "catalog"));
}

/* What the protocol does not say of an instance: how we know it. */
static void sighting_tell(struct stage *stage, struct sighting *sighting, const json_t *json)
{
	int64_t seen_ms = time_of(json, "seen", 3600 * 1000);

	sighting->first_seen_at_ms = stage->now_ms - seen_ms;
	sighting->instance->created_at_ms = stage->now_ms - time_of(json, "created", seen_ms);
	sighting->complete_lists = number_of(json, "lists", 3);
	sighting->missed = number_of(json, "missed", 0);
}

static void marks_tell(struct instance *instance, const json_t *json)
{
	const json_t *marks = json_object_get(json, "marks");

	text_take(marks, "member", &instance->marks.member);
	text_take(marks, "uid", &instance->marks.uid);
	text_take(marks, "spec", &instance->marks.spec);
	instance->marks.is_protected = bool_of(marks, "protected", instance->marks.is_protected);
}

/* Marks and labels that are not written are as they should be. */
static void instance_take(struct instance *instance, struct instance *own_read, const json_t *json)
{
	instance->state = own_read->state;
	instance->size = size_copy(&own_read->size);
	instance->live_cpus_max = own_read->live_cpus_max;
	instance->live_memory_max_bytes = own_read->live_memory_max_bytes;
	instance->addresses = g_strdupv(own_read->addresses);
	instance->fault = g_strdup(own_read->fault);
	if (json_object_get(json, "labels") != NULL) {
		pairs_unref(instance->labels);
		instance->labels = pairs_ref(own_read->labels);
	}
	marks_tell(instance, json);
	instance_free(own_read);
}

static struct instance *instance_read(const char *cloud, json_t *json)
{
	autoptr(ask) ask = ask_new(1, VERB_LIST, cloud);
	g_autoptr(GError) error = NULL;
	struct message *message =
		result_message(json_pack("{s:[O], s:b}", "instances", json, "complete", true));
	autoptr(answer) answer = message_to_answer(message, ask, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(answer->instances->len, ==, 1);
	message_free(message);
	return g_ptr_array_steal_index(answer->instances, 0);
}

static void instance_load(struct stage *stage, const char *cloud, json_t *json)
{
	const char *key = text_of(json, "key");
	struct slot *slot = stage_slot(stage, key);
	struct sighting *sighting = stage_instance(stage, key, cloud, text_of(json, "id"));

	if (json_object_get(json, "state") == NULL)
		json_object_set_new(json, "state", json_string("running"));
	instance_take(sighting->instance, instance_read(cloud, json), json);
	sighting_tell(stage, sighting, json);
	slot->is_ready = bool_of(json, "ready", sighting->instance->state == INSTANCE_RUNNING);
	if (!bool_of(json, "record", true))
		g_clear_pointer(&slot->record, record_free);
}

static void record_load(struct stage *stage, const json_t *json)
{
	const char *key = text_of(json, "key");
	const char *fault = text_of(json, "fault");
	struct record *record = stage_record(stage, key);

	text_take(json, "cloud", &record->cloud);
	text_take(json, "uid", &record->uid);
	text_take(json, "instance", &record->instance_id);
	text_take(json, "fingerprint", &record->fingerprint);
	if (g_strcmp0(record->fingerprint, "now") == 0) {
		g_free(record->fingerprint);
		record->fingerprint = stage_fingerprint(stage, key);
	}
	text_take(json, "text", &record->fault_text);
	if (fault != NULL)
		g_assert_true(fault_parse(fault, &record->fault));
	record->created_at_ms =
		stage->now_ms - time_of(json, "created", stage->now_ms - record->created_at_ms);
	record->rank = number_of(json, "rank", record->rank);
	record->is_protected = bool_of(json, "protected", record->is_protected);
	record->attempts = number_of(json, "attempts", 0);
	if (g_strcmp0(text_of(json, "retry"), "never") == 0)
		record->retry_at_ms = INT64_MAX;
	else if (json_object_get(json, "retry") != NULL)
		record->retry_at_ms = stage->now_ms + time_of(json, "retry", 0);
	if (json_object_get(json, "missing") != NULL)
		record->missing_since_ms = stage->now_ms - time_of(json, "missing", 0);
}

static void operation_load(struct stage *stage, const json_t *json)
{
	enum verb verb = VERB_CREATE;

	g_assert_true(verb_parse(text_of(json, "verb"), &verb));
	struct operation *operation = stage_operation(stage, text_of(json, "key"), verb);

	text_take(json, "cloud", &operation->cloud);
	text_take(json, "why", &operation->why);
	operation->begun_at_ms = stage->now_ms - time_of(json, "begun", 3000);
	if (bool_of(json, "uncertain", false))
		operation->state = OPERATION_UNCERTAIN;
}

static void records_load(struct stage *stage, const json_t *root)
{
	const json_t *records = json_object_get(root, "records");
	const json_t *operations = json_object_get(root, "operations");
	const json_t *deletions = json_object_get(root, "deletions");

	for (size_t i = 0; i < json_array_size(records); i++)
		record_load(stage, json_array_get(records, i));
	for (size_t i = 0; i < json_array_size(operations); i++)
		operation_load(stage, json_array_get(operations, i));
	for (size_t i = 0; i < json_array_size(deletions); i++) {
		const json_t *json = json_array_get(deletions, i);

		stage_deletion(stage, text_of(json, "key"), text_of(json, "cloud"),
		               time_of(json, "ago", 0));
	}
}

static void agent_load(struct stage *stage, const json_t *root, struct explain_options *options)
{
	text_take(root, "commit", &stage->fleet->commit);
	stage->fleet->is_complete = bool_of(root, "complete", true);
	stage->limits.deletions = number_of(root, "deletions", stage->limits.deletions);
	stage->limits.deletions_percent =
		number_of(root, "percent", stage->limits.deletions_percent);
	*options = (struct explain_options){
		.with_holds = true,
		.width = number_of(root, "width", 0),
		.now_ms = stage->now_ms,
	};
}

struct stage *case_load(const char *folder, struct explain_options *ret_options)
{
	struct stage *stage = stage_new();
	json_t *clouds = file_json(folder, "clouds.json");
	json_t *inventory = file_json(folder, "inventory.json");
	json_t *records = file_json(folder, "records.json");
	json_t *agent = file_json(folder, "agent.json");
	const char *name = NULL;
	json_t *value = NULL;
	size_t i = 0;

	manifests_load(stage, folder);
	json_object_foreach(clouds, name, value)
	{
		cloud_load(stage, name, value);
	}
	json_object_foreach(inventory, name, value)
	{
		for (i = 0; i < json_array_size(value); i++)
			instance_load(stage, name, json_array_get(value, i));
	}
	records_load(stage, records);
	agent_load(stage, agent, ret_options);
	json_decref(clouds);
	json_decref(inventory);
	json_decref(records);
	json_decref(agent);
	return stage;
}
