/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of instances of a world, their older appearances, and its time.
 */
#include "connectors/sim/inside.h"

#include <string.h>

enum {
	CONSISTENCY_MARGIN_MS = 100,
	CREATE_DEADLINE_MS = 60000,
	ASK_DEADLINE_MS = 30000,
	REST_MS = 60000,
};

static void *serial_key(uint64_t serial)
{
	return (void *)(uintptr_t)serial;
}

static void appearance_clear(void *appearance)
{
	instance_free(((struct appearance *)appearance)->instance);
}

static void vm_free(void *data)
{
	struct vm *vm = data;

	instance_free(vm->truth);
	g_free(vm->made_by);
	g_clear_pointer(&vm->past, g_array_unref);
	g_free(vm);
}

static bool settings_take(struct sim_settings *settings, const struct pairs *pairs, GError **error)
{
	for (size_t i = 0; pairs && i < pairs->len; i++)
		if (!sim_settings_set(settings, pairs->items[i].name, pairs->items[i].value, error))
			return false;
	return true;
}

struct sim_world *sim_world_new(const struct pairs *settings, uint64_t seed, GError **error)
{
	autoptr(sim_world) world = g_new0(struct sim_world, 1);

	sim_settings_init(&world->settings);
	agenda_init(&world->agenda);
	world->vms = g_ptr_array_new();
	world->by_serial = g_hash_table_new_full(NULL, NULL, NULL, vm_free);
	world->by_id = g_hash_table_new(g_str_hash, g_str_equal);
	world->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	world->late = g_ptr_array_new_with_free_func((GDestroyNotify)ask_free);
	world->tokens = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (!settings_take(&world->settings, settings, error))
		return NULL;
	world->script = script_parse(world->settings.script, error);
	if (!world->script)
		return NULL;
	world->ids.counter = world->settings.seed ? world->settings.seed : seed;
	world->faults.counter = lot_draw(&world->ids);
	world->lives.counter = lot_draw(&world->ids);
	return g_steal_pointer(&world);
}

void sim_world_free(struct sim_world *world)
{
	if (!world)
		return;
	g_ptr_array_unref(world->vms);
	g_hash_table_unref(world->by_id);
	g_hash_table_unref(world->by_name);
	g_hash_table_unref(world->by_serial);
	g_hash_table_unref(world->tokens);
	g_clear_pointer(&world->script, g_array_unref);
	g_ptr_array_unref(world->late);
	agenda_clear(&world->agenda);
	sim_settings_clear(&world->settings);
	g_free(world);
}

struct traits sim_world_traits(const struct sim_world *world)
{
	const struct sim_settings *settings = &world->settings;
	bool is_batch = settings->abilities & ABILITY_BATCH_CREATE;
	int64_t lag_ms = settings->list_lag_ms;

	return (struct traits){
		.abilities = settings->abilities,
		.consistency_ms = lag_ms ? lag_ms + CONSISTENCY_MARGIN_MS : 0,
		.create_deadline_ms = CREATE_DEADLINE_MS + lag_ms + settings->late_ms,
		.ask_deadline_ms = ASK_DEADLINE_MS,
		.batch_max = is_batch ? (unsigned)settings->batch_size : 1,
		.requests_per_second = (unsigned)settings->requests_per_second,
		.burst = (unsigned)settings->requests_per_second,
		.in_flight = (unsigned)settings->in_flight,
		.name_max = (unsigned)settings->name_max,
		.rest_ms = REST_MS,
	};
}

/* Empty slots are closed when they are half of all, which keeps the order and costs O(1) each. */
static void slots_close(struct sim_world *world)
{
	size_t kept = 0;

	for (unsigned i = 0; i < world->vms->len; i++) {
		struct vm *vm = world->vms->pdata[i];

		if (!vm)
			continue;
		vm->slot = kept;
		world->vms->pdata[kept++] = vm;
	}
	g_ptr_array_set_size(world->vms, (int)kept);
	world->empty_slots = 0;
}

static void name_take(struct sim_world *world, struct vm *vm)
{
	if (vm->truth->name && !g_hash_table_contains(world->by_name, vm->truth->name))
		g_hash_table_insert(world->by_name, vm->truth->name, vm);
}

static void name_leave(struct sim_world *world, const struct vm *vm)
{
	if (vm->truth->name && g_hash_table_lookup(world->by_name, vm->truth->name) == vm)
		g_hash_table_remove(world->by_name, vm->truth->name);
}

struct vm *world_add(struct sim_world *world, struct instance *own_instance, uint64_t serial)
{
	struct vm *vm = g_new0(struct vm, 1);

	vm->truth = own_instance;
	vm->serial = serial;
	vm->slot = world->vms->len;
	vm->born_at_ms = world->now_ms;
	vm->gone_at_ms = INT64_MAX;
	g_ptr_array_add(world->vms, vm);
	g_hash_table_insert(world->by_serial, serial_key(serial), vm);
	g_hash_table_insert(world->by_id, vm->truth->id, vm);
	name_take(world, vm);
	world->present++;
	world->cpus += vm->truth->size.cpus;
	return vm;
}

void world_forget(struct sim_world *world, struct vm *vm)
{
	world->vms->pdata[vm->slot] = NULL;
	g_hash_table_remove(world->by_serial, serial_key(vm->serial));
	if (++world->empty_slots > 64 && world->empty_slots * 2 > world->vms->len)
		slots_close(world);
}

void world_remove(struct sim_world *world, struct vm *vm)
{
	vm->gone_at_ms = world->now_ms;
	vm->epoch++;
	g_hash_table_remove(world->by_id, vm->truth->id);
	name_leave(world, vm);
	world->present--;
	world->cpus -= vm->truth->size.cpus;
	if (world->settings.list_lag_ms == 0) {
		world_forget(world, vm);
		return;
	}
	agenda_add(&world->agenda,
	           (struct due){ .at_ms = world->now_ms + world->settings.list_lag_ms,
	                         .kind = DUE_FORGOTTEN,
	                         .serial = vm->serial,
	                         .epoch = vm->epoch });
}

struct vm *world_next(const struct sim_world *world, size_t *cursor)
{
	while (*cursor < world->vms->len) {
		struct vm *vm = world->vms->pdata[(*cursor)++];

		if (vm && vm->gone_at_ms == INT64_MAX)
			return vm;
	}
	return NULL;
}

struct vm *world_find_id(const struct sim_world *world, const char *id)
{
	return id ? g_hash_table_lookup(world->by_id, id) : NULL;
}

static struct vm *world_find_key(const struct sim_world *world, const char *key)
{
	size_t cursor = 0;
	struct vm *vm;

	while ((vm = world_next(world, &cursor)))
		if (g_strcmp0(vm->truth->marks.member, key) == 0)
			return vm;
	return NULL;
}

struct vm *world_find(const struct sim_world *world, const char *target)
{
	struct vm *vm = world_find_id(world, target);

	if (!vm)
		vm = world_find_key(world, target);
	return vm ? vm : g_hash_table_lookup(world->by_name, target);
}

static void past_prune(struct vm *vm, int64_t before_ms)
{
	unsigned old = 0;

	while (old < vm->past->len &&
	       g_array_index(vm->past, struct appearance, old).until_ms <= before_ms)
		old++;
	if (old)
		g_array_remove_range(vm->past, 0, old);
}

void vm_touch(struct sim_world *world, struct vm *vm)
{
	struct appearance appearance = { .until_ms = world->now_ms };

	if (world->settings.list_lag_ms == 0 || vm->born_at_ms == world->now_ms)
		return;
	if (!vm->past) {
		vm->past = g_array_new(false, false, sizeof(struct appearance));
		g_array_set_clear_func(vm->past, appearance_clear);
	}
	past_prune(vm, world->now_ms - world->settings.list_lag_ms);
	if (vm->past->len &&
	    g_array_index(vm->past, struct appearance, vm->past->len - 1).until_ms == world->now_ms)
		return;
	appearance.instance = instance_copy(vm->truth);
	g_array_append_val(vm->past, appearance);
}

const struct instance *vm_appearance(const struct vm *vm, int64_t at_ms)
{
	if (vm->born_at_ms > at_ms)
		return NULL;
	for (unsigned i = 0; vm->past && i < vm->past->len; i++) {
		const struct appearance *past = &g_array_index(vm->past, struct appearance, i);

		if (past->until_ms > at_ms)
			return past->instance;
	}
	return vm->gone_at_ms > at_ms ? vm->truth : NULL;
}

void world_rename(struct sim_world *world, struct vm *vm, const char *name)
{
	vm_touch(world, vm);
	name_leave(world, vm);
	g_free(vm->truth->name);
	vm->truth->name = g_strdup(name);
	name_take(world, vm);
}

void world_resize(struct sim_world *world, struct vm *vm, const struct size *size)
{
	vm_touch(world, vm);
	world->cpus = world->cpus - vm->truth->size.cpus + size->cpus;
	size_clear(&vm->truth->size);
	vm->truth->size = size_copy(size);
}

char *world_draw_id(struct sim_world *world)
{
	return g_strdup_printf("i-%016" G_GINT64_MODIFIER "x", lot_draw(&world->ids));
}

void sim_world_advance(struct sim_world *world, int64_t now_ms)
{
	struct due due;

	if (!world->is_begun) {
		world->is_begun = true;
		world->origin_ms = world->now_ms = world->tokens_at_ms = now_ms;
		world->throttle_millis = world->settings.throttle_above * 1000;
		world_resume(world);
		script_begin(world);
	}
	while (agenda_take(&world->agenda, now_ms, &due)) {
		world->now_ms = MAX(world->now_ms, due.at_ms);
		life_due(world, &due);
	}
	world->now_ms = MAX(world->now_ms, now_ms);
}

int64_t sim_world_next_at_ms(const struct sim_world *world)
{
	return agenda_next_at_ms(&world->agenda);
}

bool sim_world_set(struct sim_world *world, const char *name, const char *value, GError **error)
{
	return sim_settings_set(&world->settings, name, value, error);
}

void sim_world_calm(struct sim_world *world)
{
	sim_settings_calm(&world->settings);
	world->outage_until_ms = 0;
}

size_t sim_world_count(const struct sim_world *world)
{
	return world->present;
}

const struct instance *sim_world_next(const struct sim_world *world, size_t *cursor)
{
	const struct vm *vm = world_next(world, cursor);

	return vm ? vm->truth : NULL;
}

const struct instance *sim_world_find(const struct sim_world *world, const char *target)
{
	const struct vm *vm = world_find(world, target);

	return vm ? vm->truth : NULL;
}

const struct sim_counters *sim_world_counters(const struct sim_world *world)
{
	return &world->counters;
}
