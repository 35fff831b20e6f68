/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Life, comparison and words of an observed VM.
 */
#include "reconcile/model/instance.h"

static const char *const states[INSTANCE_STATES] = {
	[INSTANCE_UNKNOWN] = "unknown", [INSTANCE_PENDING] = "pending",
	[INSTANCE_RUNNING] = "running", [INSTANCE_STOPPING] = "stopping",
	[INSTANCE_STOPPED] = "stopped", [INSTANCE_DELETING] = "deleting",
	[INSTANCE_FAILED] = "failed",
};

struct instance *instance_new(const char *id)
{
	struct instance *instance = g_new0(struct instance, 1);

	instance->id = g_strdup(id);
	return instance;
}

void instance_free(struct instance *instance)
{
	if (!instance)
		return;
	g_free(instance->id);
	g_free(instance->name);
	marks_clear(&instance->marks);
	size_clear(&instance->size);
	g_strfreev(instance->addresses);
	for (size_t i = 0; i < instance->forwards_len; i++)
		g_free(instance->forwards[i].host);
	g_free(instance->forwards);
	pairs_unref(instance->labels);
	g_free(instance->zone);
	g_free(instance->fault);
	g_free(instance);
}

struct marks marks_copy(const struct marks *marks)
{
	return (struct marks){
		.owner = g_strdup(marks->owner),
		.member = g_strdup(marks->member),
		.uid = g_strdup(marks->uid),
		.spec = g_strdup(marks->spec),
		.is_protected = marks->is_protected,
	};
}

static struct forward *forwards_copy(const struct forward *forwards, size_t len)
{
	struct forward *copy = len ? g_new(struct forward, len) : NULL;

	for (size_t i = 0; i < len; i++) {
		copy[i] = forwards[i];
		copy[i].host = g_strdup(forwards[i].host);
	}
	return copy;
}

struct instance *instance_copy(const struct instance *instance)
{
	struct instance *copy = g_new(struct instance, 1);

	*copy = *instance;
	copy->id = g_strdup(instance->id);
	copy->name = g_strdup(instance->name);
	copy->marks = marks_copy(&instance->marks);
	copy->size = size_copy(&instance->size);
	copy->addresses = g_strdupv(instance->addresses);
	copy->forwards = forwards_copy(instance->forwards, instance->forwards_len);
	copy->labels = pairs_ref(instance->labels);
	copy->zone = g_strdup(instance->zone);
	copy->fault = g_strdup(instance->fault);
	return copy;
}

static bool marks_equal(const struct marks *a, const struct marks *b)
{
	return g_strcmp0(a->owner, b->owner) == 0 && g_strcmp0(a->member, b->member) == 0 &&
	       g_strcmp0(a->uid, b->uid) == 0 && g_strcmp0(a->spec, b->spec) == 0 &&
	       a->is_protected == b->is_protected;
}

static bool sizes_equal(const struct size *a, const struct size *b)
{
	return g_strcmp0(a->name, b->name) == 0 && a->cpus == b->cpus &&
	       a->memory_bytes == b->memory_bytes && a->disk_bytes == b->disk_bytes &&
	       a->price_micros == b->price_micros;
}

/* No addresses and an empty list of them are the same. */
static bool addresses_equal(char *const *a, char *const *b)
{
	static char *const none[] = { NULL };

	return g_strv_equal((const char *const *)(a ? a : none),
	                    (const char *const *)(b ? b : none));
}

static bool forwards_equal(const struct instance *a, const struct instance *b)
{
	if (a->forwards_len != b->forwards_len)
		return false;
	for (size_t i = 0; i < a->forwards_len; i++) {
		const struct forward *x = &a->forwards[i], *y = &b->forwards[i];

		if (x->port != y->port || x->host_port != y->host_port ||
		    g_strcmp0(x->host, y->host) != 0)
			return false;
	}
	return true;
}

bool instance_equal(const struct instance *a, const struct instance *b)
{
	return a->state == b->state && a->live_cpus_max == b->live_cpus_max &&
	       a->live_memory_max_bytes == b->live_memory_max_bytes &&
	       a->created_at_ms == b->created_at_ms && g_strcmp0(a->id, b->id) == 0 &&
	       g_strcmp0(a->name, b->name) == 0 && marks_equal(&a->marks, &b->marks) &&
	       sizes_equal(&a->size, &b->size) && addresses_equal(a->addresses, b->addresses) &&
	       forwards_equal(a, b) && pairs_equal(a->labels, b->labels) &&
	       g_strcmp0(a->zone, b->zone) == 0 && g_strcmp0(a->fault, b->fault) == 0;
}

void marks_clear(struct marks *marks)
{
	g_free(marks->owner);
	g_free(marks->member);
	g_free(marks->uid);
	g_free(marks->spec);
	*marks = (struct marks){ 0 };
}

const char *instance_state_name(enum instance_state state)
{
	g_assert((size_t)state < INSTANCE_STATES);
	return states[state];
}

bool instance_state_parse(const char *name, enum instance_state *ret_state)
{
	for (size_t i = 0; i < INSTANCE_STATES; i++) {
		if (g_str_equal(name, states[i])) {
			*ret_state = (enum instance_state)i;
			return true;
		}
	}
	return false;
}

bool instance_endpoint(const struct instance *instance, uint16_t port, const char **ret_host,
                       uint16_t *ret_port)
{
	for (size_t i = 0; i < instance->forwards_len; i++) {
		if (instance->forwards[i].port != port)
			continue;
		*ret_host = instance->forwards[i].host;
		*ret_port = instance->forwards[i].host_port;
		return true;
	}
	if (!instance->addresses || !instance->addresses[0])
		return false;
	*ret_host = instance->addresses[0];
	*ret_port = port;
	return true;
}
