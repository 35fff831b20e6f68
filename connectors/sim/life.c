/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How instances change by time: boots, stops, deletions and deaths.
 */
#include "connectors/sim/inside.h"

static const int64_t HOUR_MS = 3600000;

static const char *const death_texts[DEATHS] = {
	[DEATH_STOP] = NULL,
	[DEATH_FAIL] = "the host failed",
	[DEATH_VANISH] = NULL,
};

static void vm_change(struct sim_world *world, struct vm *vm, enum instance_state state)
{
	vm_touch(world, vm);
	vm->truth->state = state;
	vm->epoch++;
}

static void vm_expect(struct sim_world *world, const struct vm *vm, enum due_kind kind,
                      int64_t after_ms)
{
	agenda_add(&world->agenda, (struct due){ .at_ms = world->now_ms + after_ms,
	                                         .kind = kind,
	                                         .serial = vm->serial,
	                                         .epoch = vm->epoch });
}

static void fault_set(struct vm *vm, const char *text)
{
	g_free(vm->truth->fault);
	vm->truth->fault = g_strdup(text);
}

static void address_give(struct vm *vm)
{
	uint64_t n = vm->serial;

	if (vm->truth->addresses)
		return;
	vm->truth->addresses = g_new0(char *, 2);
	vm->truth->addresses[0] =
		g_strdup_printf("10.%u.%u.%u", (unsigned)(n / 62500 % 250),
	                        (unsigned)(n / 250 % 250), (unsigned)(n % 250 + 1));
}

void life_boot(struct sim_world *world, struct vm *vm)
{
	vm_change(world, vm, INSTANCE_PENDING);
	vm->is_booting_to_fail = lot_happens(&world->lives, world->settings.boot_failure_ppm);
	vm_expect(world, vm, DUE_BOOTED, world->settings.boot_ms);
}

/* The waiting time is drawn evenly from 0 to twice the mean. */
static void death_expect(struct sim_world *world, const struct vm *vm)
{
	uint64_t rate = 0;

	for (size_t i = 0; i < DEATHS; i++)
		rate += world->settings.deaths_ppm[i];
	if (rate == 0)
		return;
	vm_expect(world, vm, DUE_DEATH,
	          (int64_t)lot_below(&world->lives, 2 * (uint64_t)HOUR_MS * LOT_MILLION / rate));
}

void life_run(struct sim_world *world, struct vm *vm)
{
	vm_change(world, vm, INSTANCE_RUNNING);
	fault_set(vm, NULL);
	address_give(vm);
	death_expect(world, vm);
}

void life_stop(struct sim_world *world, struct vm *vm)
{
	vm_change(world, vm, INSTANCE_STOPPING);
	vm_expect(world, vm, DUE_STOPPED, world->settings.stop_ms);
}

void life_delete(struct sim_world *world, struct vm *vm)
{
	vm_change(world, vm, INSTANCE_DELETING);
	vm_expect(world, vm, DUE_DELETED, world->settings.delete_ms);
}

void life_die(struct sim_world *world, struct vm *vm, enum death death)
{
	world->counters.died++;
	if (death == DEATH_VANISH) {
		world_remove(world, vm);
		return;
	}
	vm_change(world, vm, death == DEATH_STOP ? INSTANCE_STOPPED : INSTANCE_FAILED);
	fault_set(vm, death_texts[death]);
}

void life_resume(struct sim_world *world, struct vm *vm)
{
	switch (vm->truth->state) {
	case INSTANCE_PENDING:
		vm_expect(world, vm, DUE_BOOTED, world->settings.boot_ms);
		break;
	case INSTANCE_STOPPING:
		vm_expect(world, vm, DUE_STOPPED, world->settings.stop_ms);
		break;
	case INSTANCE_DELETING:
		vm_expect(world, vm, DUE_DELETED, world->settings.delete_ms);
		break;
	case INSTANCE_RUNNING:
		death_expect(world, vm);
		break;
	case INSTANCE_UNKNOWN:
	case INSTANCE_STOPPED:
	case INSTANCE_FAILED:
	case INSTANCE_STATES:
		break;
	}
}

/* The way of dying is drawn at the time, by the rates of then: none, when they have become calm. */
static void death_come(struct sim_world *world, struct vm *vm)
{
	const uint64_t *rates = world->settings.deaths_ppm;
	uint64_t draw = lot_below(&world->lives,
	                          rates[DEATH_STOP] + rates[DEATH_FAIL] + rates[DEATH_VANISH]);

	for (size_t i = 0; i < DEATHS; i++) {
		if (draw < rates[i]) {
			life_die(world, vm, (enum death)i);
			return;
		}
		draw -= rates[i];
	}
}

static void vm_due(struct sim_world *world, struct vm *vm, enum due_kind kind)
{
	switch (kind) {
	case DUE_BOOTED:
		if (vm->is_booting_to_fail) {
			vm_change(world, vm, INSTANCE_FAILED);
			fault_set(vm, "the image did not boot");
		} else {
			life_run(world, vm);
		}
		return;
	case DUE_STOPPED:
		vm_change(world, vm, INSTANCE_STOPPED);
		return;
	case DUE_DELETED:
		world->counters.destroyed++;
		world_remove(world, vm);
		return;
	case DUE_DEATH:
		death_come(world, vm);
		return;
	case DUE_FORGOTTEN:
		world_forget(world, vm);
		return;
	case DUE_SCRIPT:
	case DUE_LATE:
		return;
	}
}

void life_due(struct sim_world *world, const struct due *due)
{
	struct vm *vm;

	if (due->kind == DUE_SCRIPT) {
		script_run(world, due->serial);
		return;
	}
	if (due->kind == DUE_LATE) {
		ask_arrive(world, due->serial);
		return;
	}
	vm = g_hash_table_lookup(world->by_serial, (void *)(uintptr_t)due->serial);
	if (vm && vm->epoch == due->epoch)
		vm_due(world, vm, due->kind);
}
