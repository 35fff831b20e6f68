/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Creating instances: sizes, quotas, room, names and tokens.
 */
#include "connectors/sim/inside.h"

#include <string.h>

/* What an order or ask may carry only where the cloud is able to take it. */
static const struct {
	enum ability ability;
	const char *what;
} options[] = {
	{ ABILITY_USER_DATA, "user data" },
	{ ABILITY_SSH_KEYS, "ssh keys" },
	{ ABILITY_NETWORKS, "networks" },
	{ ABILITY_FIREWALL, "a firewall" },
};

static unsigned options_used(const struct ask *ask)
{
	unsigned used = 0;

	for (unsigned i = 0; i < ask->orders->len; i++) {
		const struct order *order = ask->orders->pdata[i];

		used |= order->user_data ? ABILITY_USER_DATA : 0;
	}
	if (!ask->spec)
		return used;
	used |= ask->spec->ssh_keys && ask->spec->ssh_keys[0] ? ABILITY_SSH_KEYS : 0;
	used |= ask->spec->networks && ask->spec->networks[0] ? ABILITY_NETWORKS : 0;
	used |= ask->spec->openings_len ? ABILITY_FIREWALL : 0;
	return used;
}

static bool options_check(const struct sim_world *world, const struct ask *ask, GError **error)
{
	unsigned missing = options_used(ask) & ~world->settings.abilities;

	for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
		if (!(missing & options[i].ability))
			continue;
		g_set_error(error, FAULT_DOMAIN, FAULT_UNSUPPORTED, "this cloud takes no %s",
		            options[i].what);
		return false;
	}
	return true;
}

static bool batch_check(const struct sim_world *world, const struct ask *ask, GError **error)
{
	unsigned max = sim_world_traits(world).batch_max;

	if (ask->orders->len <= max)
		return true;
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "%u instances in one create, at most %u",
	            ask->orders->len, max);
	return false;
}

static bool image_check(const struct sim_world *world, const struct ask *ask, GError **error)
{
	char **images = world->settings.images;
	const char *name = pairs_get(ask->image, "name");

	if (!images[0] || (name && g_strv_contains((const char *const *)images, name)))
		return true;
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "no image \"%s\" at this cloud",
	            name ? name : "");
	return false;
}

bool creation_size(const struct sim_world *world, const struct size *want, struct size *ret_size,
                   GError **error)
{
	const struct size *offer =
		want->name ? sim_settings_find_size(&world->settings, want->name) : NULL;

	if (offer) {
		*ret_size = size_copy(offer);
		return true;
	}
	if (world->settings.abilities & ABILITY_ANY_SIZE && want->cpus > 0) {
		*ret_size = size_copy(want);
		return true;
	}
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "no size \"%s\" at this cloud",
	            want->name ? want->name : "(by amounts)");
	return false;
}

static bool room_check(const struct sim_world *world, const struct size *size, GError **error)
{
	const struct sim_settings *s = &world->settings;

	if (s->quota_instances && world->present >= s->quota_instances) {
		g_set_error(error, FAULT_DOMAIN, FAULT_QUOTA,
		            "the account has %zu of %" G_GUINT64_FORMAT " instances",
		            world->present, s->quota_instances);
		return false;
	}
	if (s->quota_cpus && world->cpus + size->cpus > s->quota_cpus) {
		g_set_error(error, FAULT_DOMAIN, FAULT_QUOTA,
		            "the account has %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
		            " cpus, %u more asked",
		            world->cpus, s->quota_cpus, size->cpus);
		return false;
	}
	if (s->capacity && world->present >= s->capacity) {
		g_set_error(error, FAULT_DOMAIN, FAULT_CAPACITY,
		            "the cloud has room for %" G_GUINT64_FORMAT " instances", s->capacity);
		return false;
	}
	return true;
}

static bool name_check(const struct sim_world *world, const struct order *order, GError **error)
{
	if (order->name && strlen(order->name) > world->settings.name_max) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
		            "name \"%s\" is longer than %" G_GUINT64_FORMAT " characters",
		            order->name, world->settings.name_max);
		return false;
	}
	if (world->settings.abilities & ABILITY_UNIQUE_NAME && order->name &&
	    g_hash_table_contains(world->by_name, order->name)) {
		g_set_error(error, FAULT_DOMAIN, FAULT_EXISTS, "the name \"%s\" is taken",
		            order->name);
		return false;
	}
	return true;
}

static struct instance *instance_make(struct sim_world *world, const struct ask *ask,
                                      const struct order *order, const struct size *size)
{
	struct instance *instance = instance_new(NULL);
	unsigned zones = g_strv_length(world->settings.zones);

	instance->id = world_draw_id(world);
	instance->name = g_strdup(order->name);
	instance->state = INSTANCE_PENDING;
	instance->size = size_copy(size);
	instance->created_at_ms = world->now_ms;
	if (zones)
		instance->zone = g_strdup(world->settings.zones[world->last_serial % zones]);
	if (world->settings.abilities & ABILITY_LABELS && ask->spec)
		instance->labels = pairs_ref(ask->spec->labels);
	if (world->settings.abilities & ABILITY_LIVE_RESIZE) {
		instance->live_cpus_max = size->cpus * 2;
		instance->live_memory_max_bytes = size->memory_bytes * 2;
	}
	if (world->settings.abilities & ABILITY_ATOMIC_MARKS) {
		instance->marks = (struct marks){ .owner = g_strdup(ask->owner),
			                          .member = g_strdup(order->key),
			                          .uid = g_strdup(order->uid),
			                          .spec = g_strdup(order->fingerprint),
			                          .is_protected = order->is_protected };
	}
	return instance;
}

static const char *order_create(struct sim_world *world, const struct ask *ask,
                                const struct order *order, const struct size *size)
{
	struct instance *instance = instance_make(world, ask, order, size);
	struct vm *vm = world_add(world, instance, ++world->last_serial);

	vm->made_by = g_strdup(ask->owner);
	if (world->settings.abilities & ABILITY_TOKEN && order->uid)
		g_hash_table_insert(world->tokens, g_strdup(order->uid), g_strdup(instance->id));
	world->counters.created++;
	life_boot(world, vm);
	return instance->id;
}

static struct order_result *order_carry_out(struct sim_world *world, const struct ask *ask,
                                            const struct order *order, const struct size *size)
{
	struct order_result *result = g_new0(struct order_result, 1);
	g_autoptr(GError) error = NULL;
	const char *id = NULL;

	result->uid = g_strdup(order->uid);
	if (world->settings.abilities & ABILITY_TOKEN && order->uid)
		id = g_hash_table_lookup(world->tokens, order->uid);
	if (!id && name_check(world, order, &error) && room_check(world, size, &error))
		id = order_create(world, ask, order, size);
	result->instance_id = g_strdup(id);
	if (error) {
		result->fault = (enum fault)error->code;
		result->text = g_strdup(error->message);
	}
	return result;
}

struct answer *creation_make(struct sim_world *world, const struct ask *ask)
{
	struct answer *answer;
	g_autoptr(GError) error = NULL;
	struct size size = { 0 };

	if (!batch_check(world, ask, &error) || !options_check(world, ask, &error) ||
	    !image_check(world, ask, &error) || !creation_size(world, &ask->size, &size, &error))
		return answer_new_fault(ask->id, ask->verb, (enum fault)error->code,
		                        error->message);
	answer = answer_new(ask->id, ask->verb);
	answer->results = g_ptr_array_new_with_free_func((GDestroyNotify)order_result_free);
	for (unsigned i = 0; i < ask->orders->len; i++)
		g_ptr_array_add(answer->results,
		                order_carry_out(world, ask, ask->orders->pdata[i], &size));
	size_clear(&size);
	return answer;
}
