/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inside - what the files of a world share; nothing outside connectors/sim includes this.
 *
 * An instance keeps its older appearances for as long as a lagging list may show them; one that is
 * gone stays in the table, marked, until then. With no lag nothing is kept. */
#pragma once

#include "connectors/sim/agenda.h"
#include "connectors/sim/lot.h"
#include "connectors/sim/settings.h"
#include "connectors/sim/world.h"

struct script_line;

struct vm {
	struct instance *truth;
	uint64_t serial; /* from 1, in the order of creation */
	size_t slot;     /* in world->vms */
	unsigned epoch;  /* raised by each change of state */
	int64_t born_at_ms;
	int64_t gone_at_ms; /* INT64_MAX while it is there */
	bool is_booting_to_fail;
	char *made_by; /* the owner that asked for it; NULL: none of our asks */
	GArray *past;  /* struct appearance, oldest first; NULL: none */
};

/* What a vm looked like before a change. */
struct appearance {
	int64_t until_ms;
	struct instance *instance;
};

struct sim_world {
	struct sim_settings settings;
	struct sim_counters counters;
	struct lot faults; /* drawn by asks */
	struct lot lives;  /* drawn by instances; apart, so that an ask more changes no life */
	struct lot ids;
	struct agenda agenda;
	GPtrArray *vms; /* struct vm in the order of creation, NULL in empty slots */
	size_t empty_slots;
	size_t present;
	uint64_t cpus;
	GHashTable *by_serial; /* serial → struct vm, those that lists may still show included */
	GHashTable *by_id;     /* present ones */
	GHashTable *by_name;   /* present ones; the first of a name */
	GHashTable *tokens;    /* uid → id, also of what is gone */
	uint64_t last_serial;
	GArray *script;  /* struct script_line */
	GPtrArray *late; /* struct ask, NULL once carried out */
	bool is_begun;
	int64_t origin_ms;
	int64_t now_ms;
	int64_t outage_until_ms;
	int64_t tokens_at_ms;     /* of the throttle */
	uint64_t throttle_millis; /* thousandths of a request that may be sent now */
};

/* world.c */
struct vm *world_add(struct sim_world *world, struct instance *own_instance, uint64_t serial);
/* Takes @vm out; with lag it stays for the lists. Ends the life of @vm without lag. */
void world_remove(struct sim_world *world, struct vm *vm);
/* Drops what no list can show any more. */
void world_forget(struct sim_world *world, struct vm *vm);
struct vm *world_find(const struct sim_world *world, const char *target);
struct vm *world_find_id(const struct sim_world *world, const char *id);
/* Call before any change of vm->truth. */
void vm_touch(struct sim_world *world, struct vm *vm);
/* What a list as of @at_ms shows of @vm; NULL: nothing. */
const struct instance *vm_appearance(const struct vm *vm, int64_t at_ms);
void world_rename(struct sim_world *world, struct vm *vm, const char *name);
void world_resize(struct sim_world *world, struct vm *vm, const struct size *size);
/* A fresh id, drawn. */
char *world_draw_id(struct sim_world *world);
/* Steps over empty slots and those that are gone. */
struct vm *world_next(const struct sim_world *world, size_t *cursor);

/* life.c: changes of state; each gives the vm a new epoch and puts what follows on the agenda. */
void life_boot(struct sim_world *world, struct vm *vm);
void life_run(struct sim_world *world, struct vm *vm);
void life_stop(struct sim_world *world, struct vm *vm);
void life_delete(struct sim_world *world, struct vm *vm);
void life_die(struct sim_world *world, struct vm *vm, enum death death);
/* Puts on the agenda what follows from the state that @vm was loaded with. */
void life_resume(struct sim_world *world, struct vm *vm);
/* What is due, at world->now_ms. */
void life_due(struct sim_world *world, const struct due *due);

/* faults.c: an answer when @ask fails on its way there (NULL: it arrives), taking @requests. */
struct answer *faults_before(struct sim_world *world, const struct ask *ask, unsigned requests);
/* Whether the answer to @ask is lost on its way back. */
bool faults_lose_answer(struct sim_world *world, const struct ask *ask);
struct answer *faults_lost(const struct ask *ask);

/* asks.c: puts a copy of @ask off, by lot. */
void ask_delay(struct sim_world *world, const struct ask *ask);
/* Carries the late request @index out. */
void ask_arrive(struct sim_world *world, uint64_t index);

/* listing.c: the answer to a list, and its pages. */
unsigned listing_pages(const struct sim_world *world);
struct answer *listing_make(struct sim_world *world, const struct ask *ask);

/* creation.c */
struct answer *creation_make(struct sim_world *world, const struct ask *ask);
/* Where a size that was asked for leads: a size of the catalogue, or free amounts. */
bool creation_size(const struct sim_world *world, const struct size *want, struct size *ret_size,
                   GError **error);

/* save.c: once the time has begun */
void world_resume(struct sim_world *world);

/* script.c */
GArray *script_parse(const char *text, GError **error);
/* Puts all lines of the world's script on the agenda. */
void script_begin(struct sim_world *world);
void script_run(struct sim_world *world, uint64_t line);
