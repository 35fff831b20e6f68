/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shapes and their windows. */
#include "reconcile/engine/batch.h"

#include "reconcile/engine/backoff.h"

#include <string.h>

enum {
	FAILURES_IN_A_ROW = 4,
	SHAPES_MAX = 16 * 1024,
};

static gboolean is_idle(void *name, void *value, void *data)
{
	const struct shape *shape = value;

	(void)name;
	(void)data;
	return shape->in_flight == 0 && shape->failures == 0;
}

struct shape *shape_get(struct cloud_state *cloud, const struct action *action)
{
	g_autofree char *size = size_text(&action->size);
	/* The component is part of it: what fails in one deployment delays no other. */
	const char *last = strrchr(action->key, '/');
	g_autofree char *name = g_strdup_printf("%.*s %s %s", (int)(last - action->key),
	                                        action->key, size, action->fingerprint);
	struct shape *shape = g_hash_table_lookup(cloud->shapes, name);

	if (shape == NULL) {
		/* Old manifests' shapes are only worth their memory for a while. */
		if (g_hash_table_size(cloud->shapes) >= SHAPES_MAX)
			g_hash_table_foreach_remove(cloud->shapes, is_idle, NULL);
		shape = g_new0(struct shape, 1);
		shape->name = g_steal_pointer(&name);
		shape->window = 1;
		g_hash_table_insert(cloud->shapes, shape->name, shape);
	}
	return shape;
}

bool shape_allows(const struct shape *shape, int64_t now_ms, int64_t *ret_at_ms)
{
	*ret_at_ms = INT64_MAX;
	if (shape->window < SHAPE_PROVEN && shape->in_flight >= shape->window)
		return false;
	if (shape->retry_at_ms <= now_ms)
		return true;
	*ret_at_ms = shape->retry_at_ms;
	return false;
}

unsigned shape_batch(const struct shape *shape, unsigned most)
{
	return shape->failures > 0 && shape->window == 1 ? 1 : MAX(most, 1);
}

void shape_take(struct shape *shape)
{
	shape->in_flight++;
}

/* Of a proven shape a few failures are a few members' own; no room is everybody's. */
static bool is_general(const struct shape *shape, enum fault fault)
{
	return shape->window < SHAPE_PROVEN || fault == FAULT_QUOTA || fault == FAULT_CAPACITY ||
	       shape->failures >= FAILURES_IN_A_ROW;
}

/* A failure that is said to need another manifest may be one member's own: the others get their
 * turn, one after the other and slowly. */
static enum fault fault_to_wait_for(enum fault fault)
{
	return fault == FAULT_INVALID || fault == FAULT_UNSUPPORTED ? FAULT_TRANSIENT : fault;
}

void shape_return(struct shape *shape, enum fault fault, struct rand *rand, int64_t now_ms)
{
	g_assert(shape->in_flight > 0);
	shape->in_flight--;
	if (fault == FAULT_NONE) {
		shape->window = MIN(shape->window * 2, SHAPE_PROVEN);
		shape->failures = 0;
		shape->retry_at_ms = 0;
		return;
	}
	shape->failures++;
	if (!is_general(shape, fault))
		return;
	shape->window = 1;
	shape->retry_at_ms =
		backoff_until_ms(fault_to_wait_for(fault), shape->failures, rand, now_ms);
}

bool batch_is_equal(const struct action *a, const struct action *b)
{
	return a->component == b->component && g_strcmp0(a->cloud, b->cloud) == 0 &&
	       g_strcmp0(a->fingerprint, b->fingerprint) == 0 &&
	       g_strcmp0(a->size.name, b->size.name) == 0 && a->size.cpus == b->size.cpus &&
	       a->size.memory_bytes == b->size.memory_bytes &&
	       a->size.disk_bytes == b->size.disk_bytes;
}
