/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life and the words of a journaled step. */
#include "reconcile/model/operation.h"

static const char *const states[OPERATION_STATES] = {
	[OPERATION_OPEN] = "open",
	[OPERATION_UNCERTAIN] = "uncertain",
	[OPERATION_DONE] = "done",
	[OPERATION_FAILED] = "failed",
};

struct operation *operation_new(int64_t id, enum verb verb, const char *key, const char *cloud)
{
	struct operation *operation = g_new0(struct operation, 1);

	operation->id = id;
	operation->verb = verb;
	operation->key = g_strdup(key);
	operation->cloud = g_strdup(cloud);
	return operation;
}

void operation_free(struct operation *operation)
{
	if (operation == NULL)
		return;
	g_free(operation->key);
	g_free(operation->cloud);
	g_free(operation->uid);
	g_free(operation->name);
	g_free(operation->instance_id);
	g_free(operation->fingerprint);
	size_clear(&operation->size);
	g_free(operation->text);
	g_free(operation->why);
	g_free(operation->commit);
	g_free(operation);
}

struct operation *operation_copy(const struct operation *operation)
{
	struct operation *copy = g_new(struct operation, 1);

	*copy = *operation;
	copy->key = g_strdup(operation->key);
	copy->cloud = g_strdup(operation->cloud);
	copy->uid = g_strdup(operation->uid);
	copy->name = g_strdup(operation->name);
	copy->instance_id = g_strdup(operation->instance_id);
	copy->fingerprint = g_strdup(operation->fingerprint);
	copy->size = size_copy(&operation->size);
	copy->text = g_strdup(operation->text);
	copy->why = g_strdup(operation->why);
	copy->commit = g_strdup(operation->commit);
	return copy;
}

const char *operation_state_name(enum operation_state state)
{
	g_assert((size_t)state < OPERATION_STATES);
	return states[state];
}

bool operation_state_parse(const char *name, enum operation_state *ret_state)
{
	for (size_t i = 0; i < OPERATION_STATES; i++) {
		if (g_str_equal(name, states[i])) {
			*ret_state = (enum operation_state)i;
			return true;
		}
	}
	return false;
}
