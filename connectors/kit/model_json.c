/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nouns of the model as JSON.
 */
#include "connectors/kit/model_json.h"

#include "connectors/kit/member.h"
#include "reconcile/model/fault.h"

#include <stddef.h>

enum {
	ID_MAX = 1024,
	NAME_MAX_BYTES = 1024,
	TEXT_MAX = 65536,
	ADDRESSES_MAX = 256,
	FORWARDS_MAX = 4096,
	PAIRS_MAX = 1024,
	CPUS_MAX = 65536,
	PORT_MAX = 65535,
};

static const int64_t AMOUNT_MAX = INT64_C(1) << 60;

static void put(json_t *object, const char *name, json_t *own_value)
{
	json_object_set_new_nocheck(object, name, own_value);
}

static void put_text(json_t *object, const char *name, const char *text)
{
	if (text)
		put(object, name, member_make_text(text));
}

static void put_amount(json_t *object, const char *name, int64_t amount)
{
	if (amount)
		put(object, name, json_integer(amount));
}

json_t *size_to_json(const struct size *size)
{
	json_t *json = json_object();

	put_text(json, "name", size->name);
	put_amount(json, "cpus", size->cpus);
	put_amount(json, "memory_bytes", size->memory_bytes);
	put_amount(json, "disk_bytes", size->disk_bytes);
	put_amount(json, "price_micros", size->price_micros);
	return json;
}

bool size_from_json(const json_t *json, struct size *ret_size, GError **error)
{
	int64_t cpus = ret_size->cpus;
	bool is_good =
		member_text(json, "name", NAME_MAX_BYTES, &ret_size->name, error) &&
		member_number(json, "cpus", 0, CPUS_MAX, &cpus, error) &&
		member_number(json, "memory_bytes", 0, AMOUNT_MAX, &ret_size->memory_bytes,
	                      error) &&
		member_number(json, "disk_bytes", 0, AMOUNT_MAX, &ret_size->disk_bytes, error) &&
		member_number(json, "price_micros", 0, AMOUNT_MAX, &ret_size->price_micros, error);

	ret_size->cpus = (unsigned)cpus;
	return is_good;
}

json_t *marks_to_json(const struct marks *marks)
{
	json_t *json = json_object();

	put_text(json, "owner", marks->owner);
	put_text(json, "member", marks->member);
	put_text(json, "uid", marks->uid);
	put_text(json, "spec", marks->spec);
	put(json, "protected", json_boolean(marks->is_protected));
	return json;
}

bool marks_from_json(const json_t *json, struct marks *ret_marks, GError **error)
{
	return member_text(json, "owner", NAME_MAX_BYTES, &ret_marks->owner, error) &&
	       member_text(json, "member", NAME_MAX_BYTES, &ret_marks->member, error) &&
	       member_text(json, "uid", NAME_MAX_BYTES, &ret_marks->uid, error) &&
	       member_text(json, "spec", NAME_MAX_BYTES, &ret_marks->spec, error) &&
	       member_bool(json, "protected", &ret_marks->is_protected, error);
}

json_t *pairs_to_json(const struct pairs *pairs)
{
	json_t *json = json_object();

	for (size_t i = 0; pairs && i < pairs->len; i++)
		put_text(json, pairs->items[i].name, pairs->items[i].value);
	return json;
}

struct pairs *pairs_from_json(const json_t *json, GError **error)
{
	g_autoptr(GArray) items = g_array_new(false, false, sizeof(struct pair));
	/* Jansson's iterators do not write, but are not const. */
	json_t *object = (json_t *)(uintptr_t)json;

	if (json_object_size(json) > PAIRS_MAX) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL, "over %d pairs", PAIRS_MAX);
		return NULL;
	}
	for (void *i = json_object_iter(object); i; i = json_object_iter_next(object, i)) {
		struct pair pair = { json_object_iter_key(i),
			             json_string_value(json_object_iter_value(i)) };

		if (json_is_null(json_object_iter_value(i)))
			continue;
		if (!pair.value) {
			g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL, "\"%s\" is not a text",
			            pair.name);
			return NULL;
		}
		g_array_append_val(items, pair);
	}
	return pairs_new((const struct pair *)(const void *)items->data, items->len);
}

static json_t *forwards_to_json(const struct instance *instance)
{
	json_t *array = json_array();

	for (size_t i = 0; i < instance->forwards_len; i++) {
		const struct forward *forward = &instance->forwards[i];
		json_t *json = json_object();

		put_amount(json, "port", forward->port);
		put_text(json, "host", forward->host);
		put_amount(json, "host_port", forward->host_port);
		json_array_append_new(array, json);
	}
	return array;
}

static json_t *texts_to_json(char *const *texts)
{
	json_t *array = json_array();

	for (size_t i = 0; texts && texts[i]; i++)
		json_array_append_new(array, member_make_text(texts[i]));
	return array;
}

json_t *instance_to_json(const struct instance *instance)
{
	json_t *json = json_object();

	put_text(json, "id", instance->id);
	put_text(json, "name", instance->name);
	put_text(json, "state", instance_state_name(instance->state));
	put(json, "marks", marks_to_json(&instance->marks));
	put(json, "size", size_to_json(&instance->size));
	put_amount(json, "live_cpus_max", instance->live_cpus_max);
	put_amount(json, "live_memory_max_bytes", instance->live_memory_max_bytes);
	put(json, "addresses", texts_to_json(instance->addresses));
	put(json, "forwards", forwards_to_json(instance));
	put(json, "labels", pairs_to_json(instance->labels));
	put_amount(json, "created_at_ms", instance->created_at_ms);
	put_text(json, "zone", instance->zone);
	put_text(json, "fault", instance->fault);
	return json;
}

static bool forward_from_json(const json_t *json, struct forward *ret_forward, GError **error)
{
	int64_t port = 0, host_port = 0;

	if (!member_number(json, "port", 1, PORT_MAX, &port, error) ||
	    !member_text(json, "host", NAME_MAX_BYTES, &ret_forward->host, error) ||
	    !member_number(json, "host_port", 1, PORT_MAX, &host_port, error))
		return false;
	if (!port || !host_port || !ret_forward->host) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL,
		            "a forward lacks port, host or host_port");
		return false;
	}
	ret_forward->port = (uint16_t)port;
	ret_forward->host_port = (uint16_t)host_port;
	return true;
}

static bool forwards_from_json(const json_t *json, struct instance *instance, GError **error)
{
	const json_t *array = NULL;

	if (!member_array(json, "forwards", FORWARDS_MAX, &array, error))
		return false;
	if (!array || json_array_size(array) == 0)
		return true;
	instance->forwards_len = json_array_size(array);
	instance->forwards = g_new0(struct forward, instance->forwards_len);
	for (size_t i = 0; i < instance->forwards_len; i++)
		if (!forward_from_json(json_array_get(array, i), &instance->forwards[i], error))
			return false;
	return true;
}

static bool nested_from_json(const json_t *json, struct instance *instance, GError **error)
{
	const json_t *marks = NULL, *size = NULL, *labels = NULL;

	if (!member_object(json, "marks", &marks, error) ||
	    !member_object(json, "size", &size, error) ||
	    !member_object(json, "labels", &labels, error))
		return false;
	if ((marks && !marks_from_json(marks, &instance->marks, error)) ||
	    (size && !size_from_json(size, &instance->size, error)))
		return false;
	if (!labels)
		return true;
	instance->labels = pairs_from_json(labels, error);
	return instance->labels;
}

static bool instance_fill(const json_t *json, struct instance *instance, GError **error)
{
	g_autofree char *state = NULL;
	int64_t live_cpus_max = 0;

	if (!member_text(json, "name", NAME_MAX_BYTES, &instance->name, error) ||
	    !member_text(json, "state", NAME_MAX_BYTES, &state, error) ||
	    !nested_from_json(json, instance, error) ||
	    !member_number(json, "live_cpus_max", 0, CPUS_MAX, &live_cpus_max, error) ||
	    !member_number(json, "live_memory_max_bytes", 0, AMOUNT_MAX,
	                   &instance->live_memory_max_bytes, error) ||
	    !member_texts(json, "addresses", ADDRESSES_MAX, &instance->addresses, error) ||
	    !forwards_from_json(json, instance, error) ||
	    !member_number(json, "created_at_ms", 0, AMOUNT_MAX, &instance->created_at_ms, error) ||
	    !member_text(json, "zone", NAME_MAX_BYTES, &instance->zone, error) ||
	    !member_text(json, "fault", TEXT_MAX, &instance->fault, error))
		return false;
	if (state)
		instance_state_parse(state, &instance->state);
	instance->live_cpus_max = (unsigned)live_cpus_max;
	if (instance->addresses && !instance->addresses[0])
		g_clear_pointer(&instance->addresses, g_strfreev);
	return true;
}

struct instance *instance_from_json(const json_t *json, GError **error)
{
	autoptr(instance) instance = instance_new(NULL);

	if (!json_is_object(json)) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL, "an instance is not an object");
		return NULL;
	}
	if (!member_text(json, "id", ID_MAX, &instance->id, error))
		return NULL;
	if (!instance->id || !instance->id[0]) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL, "an instance has no id");
		return NULL;
	}
	if (!instance_fill(json, instance, error)) {
		g_prefix_error(error, "instance \"%s\": ", instance->id);
		return NULL;
	}
	return g_steal_pointer(&instance);
}

/* The numbers of struct traits. */
static const struct {
	const char *name;
	size_t offset;
	bool is_time; /* int64_t, else unsigned */
	int64_t max;
} trait_rows[] = {
	{ "consistency_ms", offsetof(struct traits, consistency_ms), true, 86400000 },
	{ "create_deadline_ms", offsetof(struct traits, create_deadline_ms), true, 86400000 },
	{ "ask_deadline_ms", offsetof(struct traits, ask_deadline_ms), true, 86400000 },
	{ "batch_max", offsetof(struct traits, batch_max), false, 100000 },
	{ "requests_per_second", offsetof(struct traits, requests_per_second), false, 1000000 },
	{ "burst", offsetof(struct traits, burst), false, 1000000 },
	{ "in_flight", offsetof(struct traits, in_flight), false, 100000 },
	{ "name_max", offsetof(struct traits, name_max), false, 1024 },
	{ "rest_ms", offsetof(struct traits, rest_ms), true, 86400000 },
};

json_t *traits_to_json(const struct traits *traits)
{
	json_t *json = json_object();

	for (size_t i = 0; i < G_N_ELEMENTS(trait_rows); i++) {
		const void *field = (const char *)traits + trait_rows[i].offset;

		put(json, trait_rows[i].name,
		    json_integer(trait_rows[i].is_time ? *(const int64_t *)field
		                                       : *(const unsigned *)field));
	}
	return json;
}

bool traits_from_json(const json_t *json, struct traits *traits, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(trait_rows); i++) {
		void *field = (char *)traits + trait_rows[i].offset;
		int64_t number = trait_rows[i].is_time ? *(int64_t *)field : *(unsigned *)field;

		if (!member_number(json, trait_rows[i].name, 0, trait_rows[i].max, &number, error))
			return false;
		if (trait_rows[i].is_time)
			*(int64_t *)field = number;
		else
			*(unsigned *)field = (unsigned)number;
	}
	return true;
}

json_t *abilities_to_json(unsigned abilities)
{
	json_t *array = json_array();

	for (unsigned bit = 0; bit < 32; bit++) {
		const char *name =
			abilities & (1u << bit) ? ability_name((enum ability)(1u << bit)) : NULL;

		if (name)
			json_array_append_new(array, json_string(name));
	}
	return array;
}

bool abilities_from_json(const json_t *array, unsigned *ret_abilities, GError **error)
{
	unsigned abilities = 0;

	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *name = json_string_value(json_array_get(array, i));
		enum ability ability;

		if (!name) {
			g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL,
			            "an ability is not a text");
			return false;
		}
		if (ability_parse(name, &ability))
			abilities |= ability;
	}
	*ret_abilities = abilities;
	return true;
}
