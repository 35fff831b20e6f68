/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Worlds drawn by lot: whatever they look like, no plan does what must never be done. A failing
 * world is named by --verbose, and its number draws it again. */
#include "tests/reconcile/plan/stage.h"

#include <string.h>

enum {
	WORLDS = 3000,
	BATCH = 100,
	COMPONENTS = 3,
	ORDINALS = 7,
	HOUR_MS = 3600 * 1000,
};

static const char *const clouds[] = { "edge", "lab" };

static int draw(GRand *rand, int below)
{
	return g_rand_int_range(rand, 0, below);
}

static bool chance(GRand *rand, int percent)
{
	return draw(rand, 100) < percent;
}

static void clouds_draw(struct stage *stage, GRand *rand)
{
	for (size_t i = 0; i < G_N_ELEMENTS(clouds); i++) {
		g_autofree char *file = g_strdup_printf("%s.yaml", clouds[i]);
		g_autofree char *text = g_strdup_printf("apiVersion: muster/v1\n"
		                                        "kind: Cloud\n"
		                                        "metadata: { name: %s }\n"
		                                        "spec:\n"
		                                        "  connector: sim\n"
		                                        "  limits: { instances: %d }\n",
		                                        clouds[i], 3 + draw(rand, 30));
		stage_put(stage, file, text);
	}
}

static void shop_draw(struct stage *stage, GRand *rand)
{
	g_autoptr(GString) text = g_string_new("apiVersion: muster/v1\n"
	                                       "kind: Deployment\n"
	                                       "metadata: { name: shop }\n"
	                                       "spec:\n"
	                                       "  cloud: lab\n"
	                                       "  components:\n");

	for (int i = 0; i < COMPONENTS; i++) {
		g_string_append_printf(
			text, "    c%d: { image: d, count: %d, size: { cpus: %d }%s%s%s }\n", i,
			draw(rand, ORDINALS), 1 + draw(rand, 3),
			chance(rand, 20) ? ", protect: true" : "",
			i > 0 && chance(rand, 50) ? ", after: [c0]" : "",
			chance(rand, 20) ? ", cloud: edge" : "");
	}
	if (chance(rand, 10)) {
		g_string_assign(text, "apiVersion: muster/v1\nkind: Deployment\n"
		                      "metadata: { name: shop, state: absent }\n");
	}
	if (!chance(rand, 10))
		stage_put(stage, "shop.yaml", text->str);
}

static void moods_draw(struct stage *stage, GRand *rand)
{
	for (size_t i = 0; i < G_N_ELEMENTS(clouds); i++) {
		struct cloud_scene *cloud = stage_cloud(stage, clouds[i]);
		struct traits *traits = stage_traits(stage, clouds[i]);

		cloud->is_up = chance(rand, 85);
		cloud->is_listed = cloud->is_up && chance(rand, 85);
		traits->abilities &= g_rand_int(rand) | g_rand_int(rand);
		traits->abilities |= ABILITY_ANY_SIZE;
	}
	stage->fleet->is_complete = chance(rand, 80);
	stage->limits.deletions = (unsigned)draw(rand, 4);
	for (int i = draw(rand, 4); i > 0; i--) {
		stage_deletion(stage, chance(rand, 50) ? "shop/c0/9" : "blog/web/1",
		               clouds[draw(rand, 2)], draw(rand, 2 * HOUR_MS));
	}
}

static void record_draw(struct stage *stage, struct slot *slot, GRand *rand)
{
	struct record *record = stage_record(stage, slot->key);

	if (record->cloud == NULL)
		record->cloud = g_strdup(clouds[draw(rand, 2)]);
	record->is_protected = chance(rand, 10);
	record->rank = (unsigned)draw(rand, 3);
	record->fault = chance(rand, 80) ? FAULT_NONE : (enum fault)draw(rand, FAULT_INTERNAL + 1);
	record->attempts = (unsigned)draw(rand, 4);
	record->retry_at_ms = stage->now_ms + draw(rand, 3000) - 2000;
	record->missing_since_ms = stage->now_ms - draw(rand, HOUR_MS / 2);
}

static void instance_draw(struct stage *stage, const char *key, int i, GRand *rand)
{
	g_autofree char *id = g_strdup_printf("i-%d", i);
	struct sighting *sighting = stage_instance(stage, key, clouds[draw(rand, 2)], id);

	if (chance(rand, 40))
		sighting->instance->state = (enum instance_state)draw(rand, INSTANCE_STATES);
	sighting->instance->size.cpus = 1 + (unsigned)draw(rand, 3);
	sighting->instance->live_cpus_max = (unsigned)draw(rand, 4);
	sighting->instance->marks.is_protected = chance(rand, 10);
	sighting->complete_lists = (unsigned)draw(rand, 4);
	sighting->missed = chance(rand, 10);
	sighting->first_seen_at_ms = stage->now_ms - draw(rand, HOUR_MS / 2);
}

static void member_draw(struct stage *stage, const char *key, int i, GRand *rand)
{
	struct slot *slot = stage_slot(stage, key);

	if (chance(rand, 70)) {
		instance_draw(stage, key, i, rand);
		if (chance(rand, 10))
			instance_draw(stage, key, i + 1000, rand);
		slot->is_ready = chance(rand, 70);
	}
	if (chance(rand, 60))
		record_draw(stage, slot, rand);
	else if (chance(rand, 30))
		g_clear_pointer(&slot->record, record_free);
	if (chance(rand, 10)) {
		struct operation *operation = stage_operation(stage, key, VERB_START);
		operation->state = chance(rand, 50) ? OPERATION_OPEN : OPERATION_UNCERTAIN;
	}
}

static struct stage *world_draw(GRand *rand)
{
	struct stage *stage = stage_new();

	clouds_draw(stage, rand);
	shop_draw(stage, rand);
	stage_settle(stage);
	moods_draw(stage, rand);
	for (int i = 0; i < COMPONENTS * ORDINALS; i++) {
		g_autofree char *key =
			g_strdup_printf("shop/c%d/%d", i / ORDINALS, 1 + i % ORDINALS);

		member_draw(stage, key, i, rand);
	}
	return stage;
}

static const struct sighting *sighting_find(const struct slot *slot, const char *id)
{
	for (guint i = 0; slot->sightings != NULL && i < slot->sightings->len; i++) {
		const struct sighting *sighting = g_ptr_array_index(slot->sightings, i);

		if (g_strcmp0(sighting->instance->id, id) == 0)
			return sighting;
	}
	return NULL;
}

static bool is_desired_unprotected(const struct slot *slot)
{
	return slot->component != NULL && slot->component->says_unprotected;
}

static void destroy_check(const struct stage *stage, const struct slot *slot,
                          const struct action *action)
{
	const struct sighting *sighting = sighting_find(slot, action->instance_id);
	bool is_second = slot->sightings->len > 1;

	g_assert_nonnull(sighting);
	g_assert_false(sighting->instance->marks.is_protected && !is_desired_unprotected(slot));
	g_assert_false(!is_second && slot->record != NULL && slot->record->is_protected &&
	               !is_desired_unprotected(slot));
	g_assert_cmpuint(sighting->missed, ==, 0);
	g_assert_cmpint(sighting->instance->state, !=, INSTANCE_DELETING);
	if (slot->component != NULL && !is_second) {
		g_assert_true(action->is_repair);
		g_assert_cmpint(sighting->instance->state, ==, INSTANCE_FAILED);
	}
	if (slot->component == NULL && fleet_find_deployment(stage->fleet, "shop") == NULL &&
	    !is_second)
		g_assert_true(stage->fleet->is_complete);
	if (slot->record == NULL && slot->component == NULL)
		g_assert_cmpuint(sighting->complete_lists, >=, 2);
}

static void action_check(struct stage *stage, const struct action *action)
{
	const struct slot *slot = stage_slot(stage, action->key);
	const struct cloud_scene *cloud = stage_cloud(stage, action->cloud);
	bool is_seen = slot->sightings != NULL && slot->sightings->len > 0;

	g_assert_null(slot->operation);
	g_assert_true(cloud->is_up && cloud->is_listed);
	g_assert_true((action->kind == ACTION_CREATE) == (action->instance_id == NULL));
	if (action->kind == ACTION_CREATE) {
		g_assert_false(is_seen);
		g_assert_true(slot->component != NULL);
		g_assert_true(slot->record == NULL || slot->record->instance_id == NULL);
	} else {
		g_assert_true(is_seen);
	}
	if (action->kind == ACTION_DESTROY)
		destroy_check(stage, slot, action);
}

static void counts_check(const struct stage *stage, const struct plan *plan)
{
	size_t destroyed = 0;

	for (guint i = 0; i < plan->actions->len; i++) {
		const struct action *action = g_ptr_array_index(plan->actions, i);
		destroyed += action->kind == ACTION_DESTROY && !action->is_repair;
	}
	g_assert_cmpuint(destroyed, <=, MAX(stage->limits.deletions, 4U));
}

static void keys_check(const struct plan *plan)
{
	g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < plan->actions->len; i++) {
		const struct action *action = g_ptr_array_index(plan->actions, i);
		g_assert_true(g_hash_table_add(keys, action->key));
	}
}

static void world_check(guint32 seed)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
	autoptr(stage) stage = world_draw(rand);
	autoptr(plan) plan = stage_plan(stage, "shop");

	for (guint i = 0; i < plan->actions->len; i++)
		action_check(stage, g_ptr_array_index(plan->actions, i));
	counts_check(stage, plan);
	keys_check(plan);
}

static void test_worlds(const void *data)
{
	guint32 first = GPOINTER_TO_UINT(data);

	for (guint32 seed = first; seed < first + BATCH; seed++) {
		if (g_test_verbose())
			g_test_message("world %u", seed);
		world_check(seed);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint32 first = 0; first < WORLDS; first += BATCH) {
		g_autofree char *path = g_strdup_printf("/plan/worlds/from-%u", first);

		g_test_add_data_func(path, GUINT_TO_POINTER(first), test_worlds);
	}
	return g_test_run();
}
