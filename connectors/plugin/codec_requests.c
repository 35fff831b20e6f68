/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines that the agent writes.
 */
#include "connectors/kit/member.h"
#include "connectors/kit/model_json.h"
#include "connectors/plugin/codec.h"
#include "connectors/plugin/codec_inside.h"

#include <stdlib.h>
#include <string.h>

char *codec_line(json_t *own_root)
{
	char *text = json_dumps(own_root, JSON_COMPACT);
	size_t len;
	char *line;

	g_assert(text);
	len = strlen(text);
	line = g_malloc(len + 2);
	memcpy(line, text, len);
	memcpy(line + len, "\n", 2);
	free(text);
	json_decref(own_root);
	return line;
}

json_t *codec_parse(const char *line, size_t len, GError **error)
{
	json_error_t why;
	json_t *root;

	if (len >= CODEC_LINE_MAX) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL, "a line of over %d MiB",
		            CODEC_LINE_MAX >> 20);
		return NULL;
	}
	root = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);
	if (json_is_object(root))
		return root;
	g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL, "not a protocol line: %s",
	            root ? "it is no object" : why.text);
	json_decref(root);
	return NULL;
}

static char *request_line(uint64_t id, const char *method, json_t *own_params)
{
	json_t *root = json_object();

	json_object_set_new(root, "jsonrpc", json_string("2.0"));
	if (id)
		json_object_set_new(root, "id", json_integer((json_int_t)id));
	json_object_set_new(root, "method", json_string(method));
	json_object_set_new(root, "params", own_params);
	return codec_line(root);
}

char *codec_hello_line(uint64_t id, const char *agent)
{
	json_t *params = json_object();

	json_object_set_new(params, "protocol", json_integer(CODEC_PROTOCOL));
	json_object_set_new(params, "agent", member_make_text(agent));
	return request_line(id, "hello", params);
}

char *codec_cancel_line(uint64_t id)
{
	json_t *params = json_object();

	json_object_set_new(params, "id", json_integer((json_int_t)id));
	return request_line(0, "cancel", params);
}

/* Secrets never enter jansson's memory, which nobody wipes: they are quoted straight into the
 * line. */
static char *quote_append(char *to, const char *text)
{
	*to++ = '"';
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\') {
			*to++ = '\\';
			*to++ = *c;
		} else if ((unsigned char)*c < 0x20) {
			to += g_snprintf(to, 7, "\\u%04x", (unsigned char)*c);
		} else {
			*to++ = *c;
		}
	}
	*to++ = '"';
	return to;
}

static size_t secrets_size(const struct pairs *secrets)
{
	size_t size = 3;

	for (size_t i = 0; secrets && i < secrets->len; i++)
		size += 6 * (strlen(secrets->items[i].name) + strlen(secrets->items[i].value)) + 6;
	return size;
}

static char *secrets_append(char *to, const struct pairs *secrets)
{
	*to++ = '{';
	for (size_t i = 0; secrets && i < secrets->len; i++) {
		if (i)
			*to++ = ',';
		to = quote_append(to, secrets->items[i].name);
		*to++ = ':';
		to = quote_append(to, secrets->items[i].value);
	}
	*to++ = '}';
	return to;
}

char *codec_open_line(uint64_t id, const struct codec_open *open)
{
	static const char end[] = "}}\n", member[] = ",\"credentials\":";
	json_t *params = json_object();
	g_autofree char *start = NULL;
	char *line, *to;

	json_object_set_new(params, "cloud", member_make_text(open->cloud));
	json_object_set_new(params, "owner", member_make_text(open->owner));
	json_object_set_new(params, "observing", json_boolean(open->is_observing));
	json_object_set_new(params, "settings", pairs_to_json(open->settings));
	start = request_line(id, "open", params);
	g_assert(g_str_has_suffix(start, end));
	start[strlen(start) - strlen(end)] = '\0';
	line = g_malloc(strlen(start) + sizeof(member) + secrets_size(open->credentials) +
	                sizeof(end));
	to = g_stpcpy(g_stpcpy(line, start), member);
	strcpy(secrets_append(to, open->credentials), end);
	return line;
}

static json_t *texts_json(char *const *texts)
{
	json_t *array = json_array();

	for (size_t i = 0; texts && texts[i]; i++)
		json_array_append_new(array, member_make_text(texts[i]));
	return array;
}

static json_t *order_json(const struct ask *ask, const struct order *order)
{
	const struct marks marks = {
		.owner = ask->owner,
		.member = order->key,
		.uid = order->uid,
		.spec = order->fingerprint,
		.is_protected = order->is_protected,
	};
	json_t *json = json_object();

	json_object_set_new(json, "key", member_make_text(order->key));
	json_object_set_new(json, "uid", member_make_text(order->uid));
	json_object_set_new(json, "name", member_make_text(order->name));
	json_object_set_new(json, "user_data", member_make_text(order->user_data));
	json_object_set_new(json, "marks", marks_to_json(&marks));
	return json;
}

static json_t *firewall_json(const struct spec *spec)
{
	json_t *array = json_array();

	for (size_t i = 0; spec && i < spec->openings_len; i++) {
		json_t *json = json_object();

		json_object_set_new(json, "port", json_integer(spec->openings[i].port));
		json_object_set_new(json, "from", member_make_text(spec->openings[i].from));
		json_array_append_new(array, json);
	}
	return array;
}

static void params_create(json_t *params, const struct ask *ask)
{
	const struct spec *spec = ask->spec;
	json_t *orders = json_array();

	for (unsigned i = 0; i < ask->orders->len; i++)
		json_array_append_new(orders, order_json(ask, ask->orders->pdata[i]));
	json_object_set_new(params, "orders", orders);
	json_object_set_new(params, "image", pairs_to_json(ask->image));
	json_object_set_new(params, "size", size_to_json(&ask->size));
	json_object_set_new(params, "ssh_keys", texts_json(spec ? spec->ssh_keys : NULL));
	json_object_set_new(params, "networks", texts_json(spec ? spec->networks : NULL));
	json_object_set_new(params, "firewall", firewall_json(spec));
	json_object_set_new(params, "labels", pairs_to_json(spec ? spec->labels : NULL));
}

static void params_resize(json_t *params, const struct ask *ask)
{
	json_object_set_new(params, "size", size_to_json(&ask->size));
}

static void params_mark(json_t *params, const struct ask *ask)
{
	json_object_set_new(params, "marks", marks_to_json(&ask->marks));
	json_object_set_new(params, "labels", pairs_to_json(ask->labels));
}

/* What a verb has beside deadline and instance. */
static void (*const params_by_verb[VERBS])(json_t *params, const struct ask *ask) = {
	[VERB_CREATE] = params_create,
	[VERB_RESIZE] = params_resize,
	[VERB_MARK] = params_mark,
};

char *codec_ask_line(uint64_t id, const struct ask *ask, int64_t deadline_ms)
{
	json_t *params = json_object();

	json_object_set_new(params, "deadline_ms", json_integer(deadline_ms));
	if (ask->instance_id)
		json_object_set_new(params, "instance", member_make_text(ask->instance_id));
	if (params_by_verb[ask->verb])
		params_by_verb[ask->verb](params, ask);
	return request_line(id, verb_name(ask->verb), params);
}
