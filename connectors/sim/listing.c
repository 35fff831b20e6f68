/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a list shows: the world as it was a while ago, perhaps with holes.
 */
#include "connectors/sim/inside.h"

enum {
	HOLES_PPM = 100000 /* of the instances, in a list with holes */
};

unsigned listing_pages(const struct sim_world *world)
{
	uint64_t page = world->settings.page_size;

	return (unsigned)MAX((world->present + page - 1) / page, 1);
}

static int64_t view_at_ms(struct sim_world *world)
{
	int64_t lag_ms = world->settings.list_lag_ms;

	if (world->settings.list_lag_varies)
		lag_ms = (int64_t)lot_below(&world->faults, (uint64_t)lag_ms + 1);
	return world->now_ms - lag_ms;
}

static bool holes_draw(struct sim_world *world, bool *ret_is_complete)
{
	bool is_lying = lot_happens(&world->faults, world->settings.lying_ppm);
	bool is_incomplete = lot_happens(&world->faults, world->settings.incomplete_ppm);

	*ret_is_complete = !is_incomplete;
	if (is_lying || is_incomplete)
		world->counters.lists_incomplete++;
	return is_lying || is_incomplete;
}

struct answer *listing_make(struct sim_world *world, const struct ask *ask)
{
	struct answer *answer = answer_new(ask->id, ask->verb);
	int64_t at_ms = view_at_ms(world);
	bool has_holes = holes_draw(world, &answer->is_complete);
	uint64_t hole = has_holes ? lot_below(&world->faults, world->vms->len) : UINT64_MAX;

	answer->instances =
		g_ptr_array_new_full((unsigned)world->present, (GDestroyNotify)instance_free);
	for (unsigned i = 0; i < world->vms->len; i++) {
		const struct vm *vm = world->vms->pdata[i];
		const struct instance *shown = vm ? vm_appearance(vm, at_ms) : NULL;

		if (!shown || i == hole || (has_holes && lot_happens(&world->faults, HOLES_PPM)))
			continue;
		g_ptr_array_add(answer->instances, instance_copy(shown));
	}
	return answer;
}
