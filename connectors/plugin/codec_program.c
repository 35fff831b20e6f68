/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program's side: requests read, results written.
 */
#include "connectors/kit/member.h"
#include "connectors/kit/model_json.h"
#include "connectors/plugin/codec.h"
#include "connectors/plugin/codec_inside.h"

enum {
	ERROR_CODE = -32000 /* of ours, in JSON-RPC's range for servers */
};

static const struct {
	const char *method;
	enum request_kind kind;
} methods[] = {
	{ "hello", REQUEST_HELLO },
	{ "open", REQUEST_OPEN },
	{ "cancel", REQUEST_CANCEL },
};

static bool order_read(const json_t *json, struct ask *ask, GError **error)
{
	autoptr(order) order = g_new0(struct order, 1);
	const json_t *marks = json_object_get(json, "marks");

	if (!member_text(json, "key", CODEC_WORD_MAX, &order->key, error) ||
	    !member_text(json, "uid", CODEC_WORD_MAX, &order->uid, error) ||
	    !member_text(json, "name", CODEC_WORD_MAX, &order->name, error) ||
	    !member_text(json, "user_data", CODEC_USER_DATA_MAX, &order->user_data, error) ||
	    !member_text(marks, "owner", CODEC_WORD_MAX, &ask->owner, error) ||
	    !member_text(marks, "spec", CODEC_WORD_MAX, &order->fingerprint, error) ||
	    !member_bool(marks, "protected", &order->is_protected, error))
		return false;
	if (!order->uid || !order->name || !order->key) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL, "an order lacks key, uid or name");
		return false;
	}
	g_ptr_array_add(ask->orders, g_steal_pointer(&order));
	return true;
}

static bool opening_read(const json_t *json, struct opening *opening, GError **error)
{
	int64_t port = 0;

	if (!member_number(json, "port", 1, 65535, &port, error) ||
	    !member_text(json, "from", CODEC_WORD_MAX, &opening->from, error))
		return false;
	if (!port) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL, "a firewall entry without a port");
		return false;
	}
	opening->port = (uint16_t)port;
	return true;
}

static bool spec_read(const json_t *params, struct spec *spec, GError **error)
{
	const json_t *firewall = NULL;

	if (!member_texts(params, "ssh_keys", CODEC_ITEMS_MAX, &spec->ssh_keys, error) ||
	    !member_texts(params, "networks", CODEC_ITEMS_MAX, &spec->networks, error) ||
	    !member_array(params, "firewall", CODEC_ITEMS_MAX, &firewall, error))
		return false;
	spec->openings_len = json_array_size(firewall);
	spec->openings = g_new0(struct opening, spec->openings_len + 1);
	for (size_t i = 0; i < spec->openings_len; i++)
		if (!opening_read(json_array_get(firewall, i), &spec->openings[i], error))
			return false;
	return true;
}

static bool pairs_read(const json_t *params, const char *name, struct pairs **ret_pairs,
                       GError **error)
{
	const json_t *object = NULL;

	if (!member_object(params, name, &object, error))
		return false;
	if (!object)
		return true;
	*ret_pairs = pairs_from_json(object, error);
	return *ret_pairs;
}

static bool create_read(const json_t *params, struct ask *ask, GError **error)
{
	const json_t *orders = NULL;

	ask->spec = spec_new();
	if (!member_array(params, "orders", CODEC_ITEMS_MAX, &orders, error) ||
	    !pairs_read(params, "image", &ask->image, error) ||
	    !pairs_read(params, "labels", &ask->spec->labels, error) ||
	    !spec_read(params, ask->spec, error))
		return false;
	for (size_t i = 0; i < json_array_size(orders); i++)
		if (!order_read(json_array_get(orders, i), ask, error))
			return false;
	if (ask->orders->len)
		return true;
	g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL, "a create without orders");
	return false;
}

static bool ask_read(const json_t *params, struct ask *ask, GError **error)
{
	const json_t *size = NULL, *marks = NULL;

	if (!member_number(params, "deadline_ms", 0, INT64_MAX, &ask->deadline_ms, error) ||
	    !member_text(params, "instance", CODEC_WORD_MAX, &ask->instance_id, error) ||
	    !member_object(params, "size", &size, error) ||
	    !member_object(params, "marks", &marks, error) ||
	    (size && !size_from_json(size, &ask->size, error)) ||
	    (marks && !marks_from_json(marks, &ask->marks, error)))
		return false;
	if (ask->verb == VERB_CREATE)
		return create_read(params, ask, error);
	return ask->verb != VERB_MARK || pairs_read(params, "labels", &ask->labels, error);
}

static bool open_read(const json_t *params, struct plugin_request *request, GError **error)
{
	return member_text(params, "cloud", CODEC_WORD_MAX, &request->cloud, error) &&
	       member_text(params, "owner", CODEC_WORD_MAX, &request->owner, error) &&
	       member_bool(params, "observing", &request->is_observing, error) &&
	       pairs_read(params, "settings", &request->settings, error) &&
	       pairs_read(params, "credentials", &request->credentials, error);
}

static bool hello_read(const json_t *params, struct plugin_request *request, GError **error)
{
	int64_t protocol = 0;

	if (!member_number(params, "protocol", 0, INT32_MAX, &protocol, error))
		return false;
	request->protocol = (int)protocol;
	return true;
}

static bool cancel_read(const json_t *params, struct plugin_request *request, GError **error)
{
	int64_t id = 0;

	if (!member_number(params, "id", 0, INT64_MAX, &id, error))
		return false;
	request->id = (uint64_t)id;
	return true;
}

static enum request_kind method_kind(const char *method, enum verb *ret_verb)
{
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++)
		if (g_str_equal(method, methods[i].method))
			return methods[i].kind;
	return verb_parse(method, ret_verb) ? REQUEST_ASK : REQUEST_OTHER;
}

static bool request_read(const json_t *root, struct plugin_request *request, GError **error)
{
	const char *method = json_string_value(json_object_get(root, "method"));
	const json_t *params = json_object_get(root, "params");
	enum verb verb = VERB_LIST;
	int64_t id = 0;

	if (!method) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL, "a request without a method");
		return false;
	}
	if (!member_number(root, "id", 1, INT64_MAX, &id, error))
		return false;
	request->id = (uint64_t)id;
	request->kind = method_kind(method, &verb);
	switch (request->kind) {
	case REQUEST_HELLO:
		return hello_read(params, request, error);
	case REQUEST_OPEN:
		return open_read(params, request, error);
	case REQUEST_CANCEL:
		return cancel_read(params, request, error);
	case REQUEST_ASK:
		request->ask = ask_new(request->id, verb, NULL);
		return ask_read(params, request->ask, error);
	case REQUEST_OTHER:
		return true;
	}
	g_assert_not_reached();
}

struct plugin_request *plugin_request_parse(const char *line, size_t len, GError **error)
{
	autoptr(plugin_request) request = g_new0(struct plugin_request, 1);
	json_t *root = codec_parse(line, len, error);
	bool is_good = root && request_read(root, request, error);

	json_decref(root);
	return is_good ? g_steal_pointer(&request) : NULL;
}

void plugin_request_free(struct plugin_request *request)
{
	if (!request)
		return;
	ask_free(request->ask);
	g_free(request->cloud);
	g_free(request->owner);
	pairs_unref(request->settings);
	pairs_unref(request->credentials);
	g_free(request);
}

static char *result_line(uint64_t id, json_t *own_result)
{
	json_t *root = json_object();

	json_object_set_new(root, "jsonrpc", json_string("2.0"));
	json_object_set_new(root, "id", json_integer((json_int_t)id));
	json_object_set_new(root, "result", own_result);
	return codec_line(root);
}

static json_t *setting_json(const struct setting_row *row)
{
	json_t *json = json_object();

	json_object_set_new(json, "name", member_make_text(row->name));
	json_object_set_new(json, "type", json_string(setting_type_name(row->type)));
	json_object_set_new(json, "required", json_boolean(row->is_required));
	json_object_set_new(json, "secret", json_boolean(row->is_secret));
	json_object_set_new(json, "fallback", member_make_text(row->fallback));
	json_object_set_new(json, "help", member_make_text(row->help));
	return json;
}

char *codec_hello_result_line(uint64_t id, const struct hello *hello)
{
	json_t *result = json_object(), *settings = json_array();

	for (const struct setting_row *row = hello->settings; row && row->name; row++)
		json_array_append_new(settings, setting_json(row));
	json_object_set_new(result, "protocol", json_integer(CODEC_PROTOCOL));
	json_object_set_new(result, "name", member_make_text(hello->name));
	json_object_set_new(result, "version", member_make_text(hello->version));
	json_object_set_new(result, "help", member_make_text(hello->help));
	json_object_set_new(result, "abilities", abilities_to_json(hello->traits.abilities));
	json_object_set_new(result, "settings", settings);
	json_object_set_new(result, "traits", traits_to_json(&hello->traits));
	return result_line(id, result);
}

static json_t *order_result_json(const struct order_result *result)
{
	json_t *json = json_object(), *failure;

	json_object_set_new(json, "uid", member_make_text(result->uid));
	if (result->fault == FAULT_NONE) {
		json_object_set_new(json, "instance", member_make_text(result->instance_id));
		return json;
	}
	failure = json_object();
	json_object_set_new(failure, "class", json_string(fault_name(result->fault)));
	json_object_set_new(failure, "text", member_make_text(result->text));
	json_object_set_new(json, "error", failure);
	return json;
}

static json_t *array_json(const GPtrArray *items, json_t *(*item_json)(const void *item))
{
	json_t *array = json_array();

	for (unsigned i = 0; items && i < items->len; i++)
		json_array_append_new(array, item_json(items->pdata[i]));
	return array;
}

static json_t *item_instance(const void *item)
{
	return instance_to_json(item);
}

static json_t *item_result(const void *item)
{
	return order_result_json(item);
}

static json_t *item_size(const void *item)
{
	return size_to_json(item);
}

static json_t *item_text(const void *item)
{
	return member_make_text(item);
}

char *codec_answer_line(uint64_t id, const struct answer *answer)
{
	json_t *result;

	if (answer->fault != FAULT_NONE)
		return codec_error_line(id, answer->fault, answer->text, answer->is_uncertain,
		                        answer->retry_after_ms);
	result = json_object();
	if (answer->requests > 1)
		json_object_set_new(result, "requests", json_integer(answer->requests));
	if (answer->verb == VERB_LIST) {
		json_object_set_new(result, "complete", json_boolean(answer->is_complete));
		json_object_set_new(result, "instances",
		                    array_json(answer->instances, item_instance));
	} else if (answer->verb == VERB_CATALOG) {
		json_object_set_new(result, "sizes", array_json(answer->sizes, item_size));
		json_object_set_new(result, "images", array_json(answer->images, item_text));
	} else if (answer->verb == VERB_CREATE) {
		json_object_set_new(result, "results", array_json(answer->results, item_result));
	}
	return result_line(id, result);
}

char *codec_error_line(uint64_t id, enum fault fault, const char *text, bool is_uncertain,
                       int64_t retry_after_ms)
{
	json_t *root = json_object(), *failure = json_object(), *data = json_object();

	json_object_set_new(data, "class", json_string(fault_name(fault)));
	json_object_set_new(data, "uncertain", json_boolean(is_uncertain));
	json_object_set_new(data, "retry_after_ms", json_integer(retry_after_ms));
	json_object_set_new(failure, "code", json_integer(ERROR_CODE));
	json_object_set_new(failure, "message", member_make_text(text ? text : fault_name(fault)));
	json_object_set_new(failure, "data", data);
	json_object_set_new(root, "jsonrpc", json_string("2.0"));
	json_object_set_new(root, "id", id ? json_integer((json_int_t)id) : json_null());
	json_object_set_new(root, "error", failure);
	return codec_line(root);
}
