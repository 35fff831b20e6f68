/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A world as JSON text: its instances and the tokens that made them. What was under way begins anew
 * from the saved state when the world is next asked.
 */
#include "connectors/kit/member.h"
#include "connectors/kit/model_json.h"
#include "connectors/sim/inside.h"

#include <stdlib.h>
#include <string.h>

enum {
	WORD_MAX = 1 << 20,
	VMS_MAX = 1000000,
};

static json_t *vm_json(const struct vm *vm)
{
	json_t *json = json_object();

	json_object_set_new(json, "instance", instance_to_json(vm->truth));
	json_object_set_new(json, "made_by", member_make_text(vm->made_by));
	return json;
}

static json_t *tokens_json(const struct sim_world *world)
{
	json_t *json = json_object();
	GHashTableIter iter;
	void *uid, *id;

	g_hash_table_iter_init(&iter, world->tokens);
	while (g_hash_table_iter_next(&iter, &uid, &id))
		json_object_set_new(json, uid, member_make_text(id));
	return json;
}

char *sim_world_save(const struct sim_world *world)
{
	json_t *root = json_object(), *vms = json_array();
	size_t cursor = 0;
	const struct vm *vm;
	char *text, *copy;

	while ((vm = world_next(world, &cursor)))
		json_array_append_new(vms, vm_json(vm));
	json_object_set_new(root, "vms", vms);
	json_object_set_new(root, "tokens", tokens_json(world));
	json_object_set_new(root, "serial", json_integer((json_int_t)world->last_serial));
	text = json_dumps(root, JSON_INDENT(1) | JSON_SORT_KEYS);
	copy = g_strdup(text);
	free(text);
	json_decref(root);
	return copy;
}

static bool vm_load(struct sim_world *world, const json_t *json, GError **error)
{
	struct instance *instance = instance_from_json(json_object_get(json, "instance"), error);
	struct vm *vm;

	if (!instance)
		return false;
	vm = world_add(world, instance, ++world->last_serial);
	return member_text(json, "made_by", WORD_MAX, &vm->made_by, error);
}

static bool tokens_load(struct sim_world *world, json_t *json, GError **error)
{
	for (void *i = json_object_iter(json); i; i = json_object_iter_next(json, i)) {
		const char *id = json_string_value(json_object_iter_value(i));

		if (!id) {
			g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "a token is no text");
			return false;
		}
		g_hash_table_insert(world->tokens, g_strdup(json_object_iter_key(i)), g_strdup(id));
	}
	return true;
}

static bool world_load(struct sim_world *world, const json_t *root, GError **error)
{
	const json_t *vms = NULL;
	int64_t serial = 0;

	if (!member_array(root, "vms", VMS_MAX, &vms, error) ||
	    !member_number(root, "serial", 0, INT64_MAX, &serial, error))
		return false;
	if (!vms) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "it holds no instances");
		return false;
	}
	for (size_t i = 0; i < json_array_size(vms); i++)
		if (!vm_load(world, json_array_get(vms, i), error))
			return false;
	world->last_serial = MAX(world->last_serial, (uint64_t)serial);
	/* Ids go on where they stopped, so none is drawn twice. */
	for (uint64_t i = 0; i < world->last_serial; i++)
		lot_draw(&world->ids);
	return tokens_load(world, json_object_get(root, "tokens"), error);
}

static void world_empty(struct sim_world *world)
{
	size_t cursor = 0;
	struct vm *vm;

	while ((vm = world_next(world, &cursor))) {
		world_remove(world, vm);
		cursor = 0;
	}
}

bool sim_world_load(struct sim_world *world, const char *text, GError **error)
{
	json_error_t why;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	g_autoptr(GError) wrong = NULL;
	bool is_good = json_is_object(root) && world_load(world, root, &wrong);

	g_assert(!world->is_begun);
	json_decref(root);
	if (is_good)
		return true;
	world_empty(world);
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "not a saved world: %s",
	            wrong ? wrong->message : why.text);
	return false;
}

void world_resume(struct sim_world *world)
{
	size_t cursor = 0;
	struct vm *vm;

	while ((vm = world_next(world, &cursor)))
		life_resume(world, vm);
}
