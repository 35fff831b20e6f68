/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of asks and answers, and the words of the verbs.
 */
#include "reconcile/model/ask.h"

static const struct {
	const char *name;
	bool is_mutating;
} verbs[VERBS] = {
	[VERB_LIST] = { "list", false },    [VERB_CATALOG] = { "catalog", false },
	[VERB_CREATE] = { "create", true }, [VERB_DESTROY] = { "destroy", true },
	[VERB_START] = { "start", true },   [VERB_STOP] = { "stop", true },
	[VERB_RESIZE] = { "resize", true }, [VERB_MARK] = { "mark", true },
};

struct ask *ask_new(uint64_t id, enum verb verb, const char *cloud)
{
	struct ask *ask = g_new0(struct ask, 1);

	ask->id = id;
	ask->verb = verb;
	ask->cloud = g_strdup(cloud);
	if (verb == VERB_CREATE)
		ask->orders = g_ptr_array_new_with_free_func((GDestroyNotify)order_free);
	return ask;
}

void ask_free(struct ask *ask)
{
	if (!ask)
		return;
	g_free(ask->cloud);
	g_free(ask->owner);
	g_clear_pointer(&ask->orders, g_ptr_array_unref);
	spec_unref(ask->spec);
	pairs_unref(ask->image);
	size_clear(&ask->size);
	g_free(ask->instance_id);
	g_free(ask->key);
	marks_clear(&ask->marks);
	pairs_unref(ask->labels);
	g_free(ask);
}

void order_free(struct order *order)
{
	if (!order)
		return;
	g_free(order->key);
	g_free(order->uid);
	g_free(order->name);
	g_free(order->user_data);
	g_free(order->fingerprint);
	g_free(order);
}

struct answer *answer_new(uint64_t id, enum verb verb)
{
	struct answer *answer = g_new0(struct answer, 1);

	answer->id = id;
	answer->verb = verb;
	answer->requests = 1;
	return answer;
}

struct answer *answer_new_fault(uint64_t id, enum verb verb, enum fault fault, const char *text)
{
	struct answer *answer = answer_new(id, verb);

	answer->fault = fault;
	answer->text = g_strdup(text);
	return answer;
}

void answer_free(struct answer *answer)
{
	if (!answer)
		return;
	g_free(answer->text);
	g_clear_pointer(&answer->results, g_ptr_array_unref);
	g_clear_pointer(&answer->instances, g_ptr_array_unref);
	g_clear_pointer(&answer->sizes, g_ptr_array_unref);
	g_clear_pointer(&answer->images, g_ptr_array_unref);
	g_free(answer);
}

void order_result_free(struct order_result *result)
{
	if (!result)
		return;
	g_free(result->uid);
	g_free(result->instance_id);
	g_free(result->text);
	g_free(result);
}

const char *verb_name(enum verb verb)
{
	g_assert((size_t)verb < VERBS);
	return verbs[verb].name;
}

bool verb_parse(const char *name, enum verb *ret_verb)
{
	for (size_t i = 0; i < VERBS; i++) {
		if (g_str_equal(name, verbs[i].name)) {
			*ret_verb = (enum verb)i;
			return true;
		}
	}
	return false;
}

bool verb_is_mutating(enum verb verb)
{
	g_assert((size_t)verb < VERBS);
	return verbs[verb].is_mutating;
}
