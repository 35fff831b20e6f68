/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what the plan says to what a connector is told. */
#include "reconcile/engine/orders.h"

#include "reconcile/engine/cloud.h"

static void order_free_cb(void *order)
{
	order_free(order);
}

struct ask *orders_ask(struct engine *engine, const struct cloud_state *cloud, enum verb verb)
{
	struct ask *ask = ask_new(++engine->last_ask, verb, cloud->scene.name);

	ask->owner = g_strdup(engine->owner);
	ask->deadline_ms = cloud_deadline_ms(cloud);
	return ask;
}

/* What the cloud's manifest says of the image's word; the word itself where it says nothing. */
static struct pairs *image_options(const struct cloud_state *cloud, const char *word)
{
	const struct image *image =
		cloud->scene.cloud ? cloud_find_image(cloud->scene.cloud, word) : NULL;
	struct pair name = { .name = "name", .value = word };

	return image != NULL ? pairs_ref(image->options) : pairs_new(&name, 1);
}

struct ask *orders_create(struct engine *engine, const struct cloud_state *cloud,
                          const struct action *action)
{
	struct ask *ask = orders_ask(engine, cloud, VERB_CREATE);
	struct spec *spec = action->component->spec;

	if (ask->orders == NULL)
		ask->orders = g_ptr_array_new_with_free_func(order_free_cb);
	ask->spec = spec_ref(spec);
	if (spec->image != NULL)
		ask->image = image_options(cloud, spec->image);
	ask->size = size_copy(&action->size);
	return ask;
}

void orders_add(struct ask *ask, const struct member *member, const struct action *action)
{
	const struct operation *operation = member->slot.operation;
	struct order *order = g_new0(struct order, 1);

	order->key = g_strdup(operation->key);
	order->uid = g_strdup(operation->uid);
	order->name = g_strdup(operation->name);
	order->user_data = g_strdup(action->user_data);
	order->is_protected = action->is_protected;
	order->fingerprint = g_strdup(operation->fingerprint);
	g_ptr_array_add(ask->orders, order);
}

struct ask *orders_change(struct engine *engine, const struct cloud_state *cloud,
                          const struct action *action)
{
	struct ask *ask = orders_ask(engine, cloud, action->verb);

	ask->instance_id = g_strdup(action->instance_id);
	ask->key = g_strdup(action->key);
	if (action->verb == VERB_RESIZE)
		ask->size = size_copy(&action->size);
	if (action->verb == VERB_MARK) {
		ask->marks.owner = g_strdup(engine->owner);
		ask->marks.member = g_strdup(action->key);
		ask->marks.uid = g_strdup(action->uid);
		ask->marks.spec = g_strdup(action->fingerprint);
		ask->marks.is_protected = action->is_protected;
		if (action->component != NULL)
			ask->labels = pairs_ref(action->component->spec->labels);
	}
	return ask;
}

static struct order *order_copy(const struct order *order)
{
	struct order *copy = g_new0(struct order, 1);

	copy->key = g_strdup(order->key);
	copy->uid = g_strdup(order->uid);
	copy->name = g_strdup(order->name);
	copy->user_data = g_strdup(order->user_data);
	copy->is_protected = order->is_protected;
	copy->fingerprint = g_strdup(order->fingerprint);
	return copy;
}

struct ask *orders_copy(const struct ask *ask, guint i)
{
	struct ask *copy = ask_new(ask->id, ask->verb, ask->cloud);

	copy->owner = g_strdup(ask->owner);
	copy->deadline_ms = ask->deadline_ms;
	copy->spec = ask->spec ? spec_ref(ask->spec) : NULL;
	copy->image = pairs_ref(ask->image);
	copy->size = size_copy(&ask->size);
	copy->instance_id = g_strdup(ask->instance_id);
	copy->key = g_strdup(ask->key);
	copy->marks = marks_copy(&ask->marks);
	copy->labels = pairs_ref(ask->labels);
	if (ask->orders == NULL || i >= ask->orders->len)
		return copy;
	if (copy->orders == NULL)
		copy->orders = g_ptr_array_new_with_free_func(order_free_cb);
	g_ptr_array_add(copy->orders, order_copy(ask->orders->pdata[i]));
	return copy;
}
