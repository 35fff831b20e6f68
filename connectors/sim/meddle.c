/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What others do at the cloud, past all asks.
 */
#include "connectors/sim/inside.h"

static bool die(struct sim_world *world, const char *target, enum death death)
{
	struct vm *vm = world_find(world, target);

	if (vm)
		life_die(world, vm, death);
	return vm;
}

bool sim_world_kill(struct sim_world *world, const char *target)
{
	return die(world, target, DEATH_STOP);
}

bool sim_world_fail(struct sim_world *world, const char *target)
{
	return die(world, target, DEATH_FAIL);
}

bool sim_world_vanish(struct sim_world *world, const char *target)
{
	return die(world, target, DEATH_VANISH);
}

bool sim_world_stop(struct sim_world *world, const char *target)
{
	struct vm *vm = world_find(world, target);

	if (vm)
		life_stop(world, vm);
	return vm;
}

bool sim_world_start(struct sim_world *world, const char *target)
{
	struct vm *vm = world_find(world, target);

	if (vm)
		life_boot(world, vm);
	return vm;
}

bool sim_world_rename(struct sim_world *world, const char *target, const char *name)
{
	struct vm *vm = world_find(world, target);

	if (vm)
		world_rename(world, vm, name);
	return vm;
}

bool sim_world_resize(struct sim_world *world, const char *target, const struct size *size)
{
	struct vm *vm = world_find(world, target);

	if (vm)
		world_resize(world, vm, size);
	return vm;
}

bool sim_world_set_marks(struct sim_world *world, const char *target, const struct marks *marks)
{
	struct vm *vm = world_find(world, target);

	if (!vm)
		return false;
	vm_touch(world, vm);
	marks_clear(&vm->truth->marks);
	vm->truth->marks = marks_copy(marks);
	return true;
}

bool sim_world_set_labels(struct sim_world *world, const char *target, struct pairs *labels)
{
	struct vm *vm = world_find(world, target);

	if (!vm)
		return false;
	vm_touch(world, vm);
	pairs_unref(vm->truth->labels);
	vm->truth->labels = pairs_ref(labels);
	return true;
}

const char *sim_world_create_foreign(struct sim_world *world, const char *name,
                                     const struct marks *marks)
{
	const struct size *sizes = (const struct size *)(const void *)world->settings.sizes->data;
	struct instance *instance = instance_new(NULL);
	struct vm *vm;

	instance->id = world_draw_id(world);
	instance->name = g_strdup(name);
	instance->created_at_ms = world->now_ms;
	if (world->settings.sizes->len)
		instance->size = size_copy(&sizes[0]);
	vm = world_add(world, instance, ++world->last_serial);
	if (marks)
		sim_world_set_marks(world, instance->id, marks);
	life_run(world, vm);
	return instance->id;
}
