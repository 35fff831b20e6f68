/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carrying out asks: the row of each verb, and what surrounds all of them.
 */
#include "connectors/plugin/codec.h"
#include "connectors/sim/inside.h"

#include <string.h>

static struct answer *refuse(const struct ask *ask, enum fault fault, const char *text)
{
	return answer_new_fault(ask->id, ask->verb, fault, text);
}

static struct answer *done(const struct ask *ask)
{
	return answer_new(ask->id, ask->verb);
}

static struct answer *conflict(const struct ask *ask, const struct vm *vm)
{
	g_autofree char *text = g_strdup_printf("instance \"%s\" is %s", vm->truth->id,
	                                        instance_state_name(vm->truth->state));

	return refuse(ask, FAULT_CONFLICT, text);
}

static struct answer *destroy(struct sim_world *world, const struct ask *ask, struct vm *vm)
{
	if (vm->truth->state != INSTANCE_DELETING)
		life_delete(world, vm);
	return done(ask);
}

static struct answer *start(struct sim_world *world, const struct ask *ask, struct vm *vm)
{
	enum instance_state state = vm->truth->state;

	if (state == INSTANCE_RUNNING || state == INSTANCE_PENDING)
		return done(ask);
	if (state != INSTANCE_STOPPED)
		return conflict(ask, vm);
	life_boot(world, vm);
	return done(ask);
}

static struct answer *stop(struct sim_world *world, const struct ask *ask, struct vm *vm)
{
	enum instance_state state = vm->truth->state;

	if (state == INSTANCE_STOPPED || state == INSTANCE_STOPPING)
		return done(ask);
	if (state != INSTANCE_RUNNING)
		return conflict(ask, vm);
	life_stop(world, vm);
	return done(ask);
}

/* While running, an instance grows within what it shows; stopped, it takes any size. */
static bool can_resize(const struct sim_world *world, const struct vm *vm, const struct size *size)
{
	const struct instance *now = vm->truth;

	if (now->state == INSTANCE_STOPPED)
		return world->settings.abilities & ABILITY_RESIZE;
	return now->state == INSTANCE_RUNNING && world->settings.abilities & ABILITY_LIVE_RESIZE &&
	       size->cpus >= now->size.cpus && size->memory_bytes >= now->size.memory_bytes &&
	       size->cpus <= now->live_cpus_max && size->memory_bytes <= now->live_memory_max_bytes;
}

static struct answer *resize(struct sim_world *world, const struct ask *ask, struct vm *vm)
{
	g_autoptr(GError) error = NULL;
	struct answer *answer;
	struct size size = { 0 };

	if (!creation_size(world, &ask->size, &size, &error))
		return refuse(ask, (enum fault)error->code, error->message);
	if (!can_resize(world, vm, &size)) {
		answer = conflict(ask, vm);
	} else if (world->settings.quota_cpus && size.cpus > vm->truth->size.cpus &&
	           world->cpus - vm->truth->size.cpus + size.cpus > world->settings.quota_cpus) {
		answer = refuse(ask, FAULT_QUOTA, "the account's cpus are used up");
	} else {
		world_resize(world, vm, &size);
		answer = done(ask);
	}
	size_clear(&size);
	return answer;
}

static struct answer *mark(struct sim_world *world, const struct ask *ask, struct vm *vm)
{
	if (vm->truth->state == INSTANCE_DELETING)
		return conflict(ask, vm);
	sim_world_set_marks(world, vm->truth->id, &ask->marks);
	if (world->settings.abilities & ABILITY_LABELS)
		sim_world_set_labels(world, vm->truth->id, ask->labels);
	return done(ask);
}

/* The verbs that change one instance. */
static const struct {
	struct answer *(*change)(struct sim_world *, const struct ask *, struct vm *);
	unsigned abilities; /* one of them is needed; 0: none */
} changes[VERBS] = {
	[VERB_DESTROY] = { destroy, 0 },
	[VERB_START] = { start, ABILITY_POWER },
	[VERB_STOP] = { stop, ABILITY_POWER },
	[VERB_RESIZE] = { resize, ABILITY_RESIZE | ABILITY_LIVE_RESIZE },
	[VERB_MARK] = { mark, ABILITY_MARK },
};

static struct answer *change_make(struct sim_world *world, const struct ask *ask)
{
	unsigned abilities = changes[ask->verb].abilities;
	g_autofree char *text = NULL;
	struct vm *vm;

	if (abilities && !(abilities & world->settings.abilities)) {
		text = g_strdup_printf("this cloud cannot %s", verb_name(ask->verb));
		return refuse(ask, FAULT_UNSUPPORTED, text);
	}
	vm = world_find_id(world, ask->instance_id);
	if (!vm) {
		text = g_strdup_printf("no instance \"%s\"", ask->instance_id);
		return refuse(ask, FAULT_NOT_FOUND, text);
	}
	if (g_strcmp0(vm->made_by, ask->owner) != 0)
		world->counters.foreign_touched++;
	if (ask->verb != VERB_DESTROY && lot_happens(&world->faults, world->settings.idle_ppm))
		return done(ask);
	return changes[ask->verb].change(world, ask, vm);
}

static void size_free(void *data)
{
	size_clear(data);
	g_free(data);
}

static struct answer *catalog_make(struct sim_world *world, const struct ask *ask)
{
	struct answer *answer;

	if (!(world->settings.abilities & ABILITY_CATALOG))
		return refuse(ask, FAULT_UNSUPPORTED, "this cloud has no catalog");
	answer = done(ask);
	answer->sizes = g_ptr_array_new_with_free_func(size_free);
	for (unsigned i = 0; i < world->settings.sizes->len; i++) {
		struct size *size = g_new(struct size, 1);

		*size = size_copy(&g_array_index(world->settings.sizes, struct size, i));
		g_ptr_array_add(answer->sizes, size);
	}
	answer->images = g_ptr_array_new_with_free_func(g_free);
	for (char **image = world->settings.images; *image; image++)
		g_ptr_array_add(answer->images, g_strdup(*image));
	return answer;
}

static struct answer *(*const makers[VERBS])(struct sim_world *, const struct ask *) = {
	[VERB_LIST] = listing_make,   [VERB_CATALOG] = catalog_make, [VERB_CREATE] = creation_make,
	[VERB_DESTROY] = change_make, [VERB_START] = change_make,    [VERB_STOP] = change_make,
	[VERB_RESIZE] = change_make,  [VERB_MARK] = change_make,
};

/* By way of the plugin protocol; NULL where that would not carry it. */
static struct ask *ask_copy(const struct ask *ask)
{
	g_autofree char *line = codec_ask_line(1, ask, ask->deadline_ms);
	autoptr(plugin_request) request = plugin_request_parse(line, strlen(line), NULL);

	if (!request)
		return NULL;
	g_free(request->ask->owner);
	request->ask->owner = g_strdup(ask->owner);
	return g_steal_pointer(&request->ask);
}

void ask_delay(struct sim_world *world, const struct ask *ask)
{
	uint64_t late_ms = lot_below(&world->faults, (uint64_t)world->settings.late_ms) + 1;

	agenda_add(&world->agenda, (struct due){ .at_ms = world->now_ms + (int64_t)late_ms,
	                                         .kind = DUE_LATE,
	                                         .serial = world->late->len });
	g_ptr_array_add(world->late, ask_copy(ask));
}

void ask_arrive(struct sim_world *world, uint64_t index)
{
	autoptr(ask) ask = g_steal_pointer(&world->late->pdata[index]);

	if (ask)
		answer_free(makers[ask->verb](world, ask));
}

static int64_t latency_draw(struct sim_world *world, unsigned requests)
{
	int64_t latency_ms = world->settings.latency_ms * requests;

	if (world->settings.jitter_ms)
		latency_ms +=
			(int64_t)lot_below(&world->faults, (uint64_t)world->settings.jitter_ms + 1);
	return latency_ms;
}

struct answer *sim_world_ask(struct sim_world *world, const struct ask *ask, int64_t now_ms,
                             int64_t *ret_latency_ms)
{
	struct answer *answer;
	unsigned requests;

	sim_world_advance(world, now_ms);
	requests = ask->verb == VERB_LIST ? listing_pages(world) : 1;
	world->counters.asks[ask->verb]++;
	world->counters.requests[ask->verb] += requests;
	*ret_latency_ms = latency_draw(world, requests);
	answer = faults_before(world, ask, requests);
	if (!answer)
		answer = makers[ask->verb](world, ask);
	if (answer->fault == FAULT_NONE && faults_lose_answer(world, ask)) {
		answer_free(answer);
		answer = faults_lost(ask);
	}
	/* Half of what is lost is noticed only when the asker gives up waiting. */
	if (answer->is_uncertain && lot_below(&world->faults, 2))
		*ret_latency_ms = MAX(*ret_latency_ms, ask->deadline_ms);
	answer->requests = requests;
	return answer;
}
