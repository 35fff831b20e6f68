/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines that the agent reads.
 */
#include "connectors/kit/member.h"
#include "connectors/kit/model_json.h"
#include "connectors/plugin/codec.h"
#include "connectors/plugin/codec_inside.h"

#include <string.h>

enum {
	TEXT_SHOWN_MAX = 1000, /* bytes of a text for people */
	NO_METHOD = -32601,    /* JSON-RPC's code for a method that is not known */
};

static void *refuse(GError **error, const char *text)
{
	g_set_error_literal(error, FAULT_DOMAIN, FAULT_INTERNAL, text);
	return NULL;
}

/* A text for people is cut rather than refused. */
static char *text_cut(const json_t *text)
{
	const char *value = json_string_value(text);
	g_autofree char *cut = NULL;

	if (!value)
		return NULL;
	cut = g_strndup(value, TEXT_SHOWN_MAX);
	return g_utf8_make_valid(cut, -1);
}

static void message_read_error(struct message *message)
{
	const json_t *data = json_object_get(message->body, "data");
	const char *class = json_string_value(json_object_get(data, "class"));
	bool is_known = class && fault_parse(class, &message->fault);
	int64_t code = 0;

	member_number(message->body, "code", INT32_MIN, INT32_MAX, &code, NULL);
	if (!is_known || message->fault == FAULT_NONE)
		message->fault = code == NO_METHOD ? FAULT_UNSUPPORTED : FAULT_INTERNAL;
	message->is_uncertain = json_is_true(json_object_get(data, "uncertain"));
	member_number(data, "retry_after_ms", 0, 86400000, &message->retry_after_ms, NULL);
	message->text = text_cut(json_object_get(message->body, "message"));
	if (!message->text)
		message->text = g_strdup("an error without a message");
}

static bool message_read_reply(struct message *message, GError **error)
{
	json_t *result = json_object_get(message->root, "result");
	json_t *failure = json_object_get(message->root, "error");
	int64_t id = 0;

	if (!member_number(message->root, "id", 1, INT64_MAX, &id, error))
		return false;
	message->id = (uint64_t)id;
	if (json_is_object(failure)) {
		message->kind = MESSAGE_ERROR;
		message->body = failure;
		message_read_error(message);
		return true;
	}
	if (!result || (failure && !json_is_null(failure)) || !id)
		return refuse(error, "neither a result with an id, nor an error, nor a method");
	message->kind = MESSAGE_RESULT;
	message->body = result;
	return true;
}

static void message_read_notification(struct message *message, const char *method)
{
	const json_t *params = json_object_get(message->root, "params");

	message->kind = MESSAGE_OTHER;
	if (g_str_equal(method, "changed"))
		message->kind = MESSAGE_CHANGED;
	if (!g_str_equal(method, "progress"))
		return;
	message->text = text_cut(json_object_get(params, "text"));
	if (message->text)
		message->kind = MESSAGE_PROGRESS;
}

struct message *message_parse(const char *line, size_t len, GError **error)
{
	autoptr(message) message = g_new0(struct message, 1);
	const char *method;

	message->root = codec_parse(line, len, error);
	if (!message->root)
		return NULL;
	if (g_strcmp0(json_string_value(json_object_get(message->root, "jsonrpc")), "2.0") != 0)
		return refuse(error, "not a protocol line: \"jsonrpc\" is not \"2.0\"");
	method = json_string_value(json_object_get(message->root, "method"));
	if (method)
		message_read_notification(message, method);
	else if (!message_read_reply(message, error))
		return NULL;
	return g_steal_pointer(&message);
}

void message_free(struct message *message)
{
	if (!message)
		return;
	json_decref(message->root);
	g_free(message->text);
	g_free(message);
}

static bool result_is_object(const struct message *message, GError **error)
{
	g_assert(message->kind == MESSAGE_RESULT);
	return json_is_object(message->body) || refuse(error, "the result is not an object");
}

bool message_to_traits(const struct message *message, struct traits *traits, GError **error)
{
	const json_t *abilities = NULL, *clocks = NULL;

	if (!result_is_object(message, error) ||
	    !member_array(message->body, "abilities", CODEC_ITEMS_MAX, &abilities, error) ||
	    !member_object(message->body, "traits", &clocks, error) ||
	    (abilities && !abilities_from_json(abilities, &traits->abilities, error)) ||
	    (clocks && !traits_from_json(clocks, traits, error)))
		return false;
	traits->batch_max = MAX(traits->batch_max, 1);
	return true;
}

static bool setting_name_is_valid(const char *name)
{
	size_t len = name ? strlen(name) : 0;

	for (size_t i = 0; i < len; i++)
		if (!g_ascii_isalnum(name[i]) && !strchr("-_", name[i]))
			return false;
	return len > 0 && len <= 63;
}

static bool setting_from_json(const json_t *json, struct setting_row *row, GError **error)
{
	g_autofree char *type = NULL;
	bool is_good =
		json_is_object(json) &&
		member_text(json, "name", CODEC_WORD_MAX, (char **)&row->name, error) &&
		member_text(json, "type", CODEC_WORD_MAX, &type, error) &&
		member_bool(json, "required", &row->is_required, error) &&
		member_bool(json, "secret", &row->is_secret, error) &&
		member_text(json, "fallback", CODEC_TEXT_MAX, (char **)&row->fallback, error) &&
		member_text(json, "help", CODEC_TEXT_MAX, (char **)&row->help, error);

	if (is_good && (!setting_name_is_valid(row->name) ||
	                (type && !setting_type_parse(type, &row->type)))) {
		refuse(error, "a setting has no good name or type");
		is_good = false;
	}
	/* The table would end at a row without a name, and leak what comes after. */
	if (!row->name)
		row->name = g_strdup("");
	return is_good;
}

static bool settings_from_json(const struct message *message, struct hello *hello, GError **error)
{
	const json_t *array = NULL;
	size_t len;

	if (!member_array(message->body, "settings", CODEC_SETTINGS_MAX, &array, error))
		return false;
	len = json_array_size(array);
	hello->settings = g_new0(struct setting_row, len + 1);
	for (size_t i = 0; i < len; i++) {
		if (setting_from_json(json_array_get(array, i), &hello->settings[i], error))
			continue;
		if (error && !*error)
			refuse(error, "a setting is not an object");
		return false;
	}
	return true;
}

struct hello *message_to_hello(const struct message *message, GError **error)
{
	autoptr(hello) hello = g_new0(struct hello, 1);
	int64_t protocol = 0;

	if (!result_is_object(message, error) ||
	    !member_number(message->body, "protocol", 0, INT32_MAX, &protocol, error))
		return NULL;
	if (protocol != CODEC_PROTOCOL) {
		g_set_error(error, FAULT_DOMAIN, FAULT_UNSUPPORTED,
		            "the program speaks protocol %d, this agent %d", (int)protocol,
		            CODEC_PROTOCOL);
		return NULL;
	}
	hello->protocol = (int)protocol;
	if (!member_text(message->body, "name", CODEC_WORD_MAX, &hello->name, error) ||
	    !member_text(message->body, "version", CODEC_WORD_MAX, &hello->version, error) ||
	    !member_text(message->body, "help", CODEC_TEXT_MAX, &hello->help, error) ||
	    !settings_from_json(message, hello, error) ||
	    !message_to_traits(message, &hello->traits, error))
		return NULL;
	return g_steal_pointer(&hello);
}

void hello_free(struct hello *hello)
{
	if (!hello)
		return;
	g_free(hello->name);
	g_free(hello->version);
	g_free(hello->help);
	for (struct setting_row *row = hello->settings; row && row->name; row++) {
		g_free((char *)row->name);
		g_free((char *)row->fallback);
		g_free((char *)row->help);
	}
	g_free(hello->settings);
	g_free(hello);
}

/* One that cannot be understood stays visible as unknown; what it may hide makes the list
 * incomplete. */
static struct instance *instance_read(const json_t *json, bool *is_complete)
{
	g_autoptr(GError) why = NULL;
	struct instance *instance = instance_from_json(json, &why);
	const char *id;

	if (instance)
		return instance;
	*is_complete = false;
	id = json_string_value(json_object_get(json, "id"));
	if (!id || !*id)
		return NULL;
	instance = instance_new(id);
	instance->state = INSTANCE_UNKNOWN;
	instance->fault = g_strdup(why->message);
	return instance;
}

static bool answer_list(const json_t *body, const struct ask *ask, struct answer *answer,
                        GError **error)
{
	g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
	const json_t *array = NULL;

	(void)ask;
	if (!member_array(body, "instances", CODEC_INSTANCES_MAX, &array, error) ||
	    !member_bool(body, "complete", &answer->is_complete, error))
		return false;
	if (!array)
		return refuse(error, "a list without \"instances\"");
	answer->instances = g_ptr_array_new_with_free_func((GDestroyNotify)instance_free);
	for (size_t i = 0; i < json_array_size(array); i++) {
		struct instance *instance =
			instance_read(json_array_get(array, i), &answer->is_complete);

		if (!instance)
			continue;
		g_ptr_array_add(answer->instances, instance);
		if (!g_hash_table_add(ids, instance->id)) {
			g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL,
			            "instance \"%s\" is on the list twice", instance->id);
			return false;
		}
	}
	return true;
}

static void size_free(void *data)
{
	size_clear(data);
	g_free(data);
}

static bool answer_catalog(const json_t *body, const struct ask *ask, struct answer *answer,
                           GError **error)
{
	const json_t *sizes = NULL, *images = NULL;

	(void)ask;
	if (!member_array(body, "sizes", CODEC_ITEMS_MAX, &sizes, error) ||
	    !member_array(body, "images", CODEC_ITEMS_MAX, &images, error))
		return false;
	answer->sizes = g_ptr_array_new_with_free_func(size_free);
	answer->images = g_ptr_array_new_with_free_func(g_free);
	for (size_t i = 0; i < json_array_size(sizes); i++) {
		g_ptr_array_add(answer->sizes, g_new0(struct size, 1));
		if (!size_from_json(json_array_get(sizes, i), answer->sizes->pdata[i], error))
			return false;
	}
	for (size_t i = 0; i < json_array_size(images); i++) {
		const char *image = json_string_value(json_array_get(images, i));

		if (image)
			g_ptr_array_add(answer->images, g_strdup(image));
	}
	return true;
}

static bool result_read(const json_t *json, struct order_result *result, GError **error)
{
	const json_t *failure = NULL;
	const char *class;

	if (!member_text(json, "instance", CODEC_WORD_MAX, &result->instance_id, error) ||
	    !member_object(json, "error", &failure, error))
		return false;
	if (!failure) {
		if (result->instance_id && result->instance_id[0])
			return true;
		return refuse(error, "a result with neither \"instance\" nor \"error\"");
	}
	g_clear_pointer(&result->instance_id, g_free);
	class = json_string_value(json_object_get(failure, "class"));
	if (!class || !fault_parse(class, &result->fault) || result->fault == FAULT_NONE)
		result->fault = FAULT_INTERNAL;
	result->text = text_cut(json_object_get(failure, "text"));
	if (!result->text)
		result->text = text_cut(json_object_get(failure, "message"));
	return true;
}

static const json_t *result_find(const json_t *array, const char *uid)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *json = json_array_get(array, i);

		if (g_strcmp0(json_string_value(json_object_get(json, "uid")), uid) == 0)
			return json;
	}
	return NULL;
}

/* Each order must be spoken of, wherever its result stands. */
static bool answer_create(const json_t *body, const struct ask *ask, struct answer *answer,
                          GError **error)
{
	const json_t *array = NULL;

	if (!member_array(body, "results", CODEC_ITEMS_MAX, &array, error))
		return false;
	answer->results = g_ptr_array_new_with_free_func((GDestroyNotify)order_result_free);
	for (unsigned i = 0; i < ask->orders->len; i++) {
		const struct order *order = ask->orders->pdata[i];
		const json_t *json = json_array_get(array, i);
		struct order_result *result = g_new0(struct order_result, 1);

		g_ptr_array_add(answer->results, result);
		result->uid = g_strdup(order->uid);
		if (g_strcmp0(json_string_value(json_object_get(json, "uid")), order->uid) != 0)
			json = result_find(array, order->uid);
		if (!json) {
			g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL,
			            "no result for the order \"%s\"", order->uid);
			return false;
		}
		if (!result_read(json, result, error))
			return false;
	}
	return true;
}

/* The verbs whose result says more than that it was done. */
static bool (*const answers[VERBS])(const json_t *body, const struct ask *ask,
                                    struct answer *answer, GError **error) = {
	[VERB_LIST] = answer_list,
	[VERB_CATALOG] = answer_catalog,
	[VERB_CREATE] = answer_create,
};

struct answer *message_to_answer(const struct message *message, const struct ask *ask,
                                 GError **error)
{
	autoptr(answer) answer = answer_new(ask->id, ask->verb);
	int64_t requests = 1;

	if (message->kind == MESSAGE_ERROR) {
		answer->fault = message->fault;
		answer->text = g_strdup(message->text);
		answer->is_uncertain = message->is_uncertain && verb_is_mutating(ask->verb);
		answer->retry_after_ms = message->retry_after_ms;
		return g_steal_pointer(&answer);
	}
	if (!result_is_object(message, error) ||
	    !member_number(message->body, "requests", 1, 1000000, &requests, error) ||
	    (answers[ask->verb] && !answers[ask->verb](message->body, ask, answer, error)))
		return NULL;
	answer->requests = (unsigned)requests;
	return g_steal_pointer(&answer);
}
