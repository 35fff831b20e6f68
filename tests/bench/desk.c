/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The desk's cloud makes what it is asked for at once and never fails. */
#include "tests/bench/desk.h"

static const struct traits desk_traits = {
	.abilities = ABILITY_BATCH_CREATE | ABILITY_ATOMIC_MARKS | ABILITY_TOKEN | ABILITY_POWER |
	             ABILITY_MARK | ABILITY_ANY_SIZE,
	.create_deadline_ms = 60 * 1000,
	.ask_deadline_ms = 30 * 1000,
	.batch_max = 1000,
	.requests_per_second = 100000,
	.burst = 100000,
	.in_flight = 1000,
	.rest_ms = 60 * 1000,
};

char *desk_deployment_text(unsigned number, unsigned members)
{
	return g_strdup_printf("apiVersion: muster/v1\n"
	                       "kind: Deployment\n"
	                       "metadata: { name: d%05u, labels: { team: web } }\n"
	                       "spec:\n"
	                       "  cloud: desk\n"
	                       "  components:\n"
	                       "    web:\n"
	                       "      count: %u\n"
	                       "      image: debian-12\n"
	                       "      size: small\n",
	                       number, members);
}

char *desk_cloud_text(void)
{
	return g_strdup("apiVersion: muster/v1\n"
	                "kind: Cloud\n"
	                "metadata: { name: desk }\n"
	                "spec:\n"
	                "  connector: sim\n"
	                "  images: { debian-12: \"Debian 12\" }\n"
	                "  sizes: { small: { cpus: 1, memory: 1GiB } }\n");
}

static void desk_put(struct desk *desk, const char *file, char *own_text)
{
	g_autoptr(GBytes) bytes = g_bytes_new_take(own_text, strlen(own_text));

	manifests_put(desk->manifests, file, bytes);
}

struct desk *desk_new(unsigned deployments, unsigned members)
{
	const struct engine_options options = {
		.owner = "desk",
		.seed = 1,
		.limits = engine_limits_default,
	};
	struct desk *desk = g_new0(struct desk, 1);

	desk->manifests = manifests_new(&manifests_limits_default);
	desk->engine = engine_new(&options);
	desk->instances = g_ptr_array_new_with_free_func((GDestroyNotify)instance_free);
	desk->now_ms = 1000000;
	desk_put(desk, "cloud.yaml", desk_cloud_text());
	for (unsigned i = 0; i < deployments; i++) {
		g_autofree char *file = g_strdup_printf("d%05u.yaml", i);

		desk_put(desk, file, desk_deployment_text(i, members));
	}
	desk_set_fleet(desk);
	engine_cloud_up(desk->engine, "desk", &desk_traits, desk->now_ms);
	return desk;
}

void desk_free(struct desk *desk)
{
	engine_free(desk->engine);
	manifests_free(desk->manifests);
	g_ptr_array_unref(desk->instances);
	g_free(desk);
}

void desk_set_fleet(struct desk *desk)
{
	autoptr(fleet) fleet = manifests_fleet(desk->manifests, NULL);

	engine_set_fleet(desk->engine, fleet, desk->now_ms);
}

static void free_instance(void *instance)
{
	instance_free(instance);
}

static void free_result(void *result)
{
	order_result_free(result);
}

struct answer *desk_list(const struct desk *desk, uint64_t id)
{
	struct answer *answer = answer_new(id, VERB_LIST);

	answer->is_complete = true;
	answer->instances = g_ptr_array_new_full(desk->instances->len, free_instance);
	answer->requests = 1;
	for (size_t i = 0; i < desk->instances->len; i++)
		g_ptr_array_add(answer->instances,
		                instance_copy(g_ptr_array_index(desk->instances, i)));
	return answer;
}

static void desk_make(struct desk *desk, const struct ask *ask, const struct order *order,
                      struct answer *answer)
{
	g_autofree char *id = g_strdup_printf("i-%u", desk->instances->len);
	struct instance *instance = instance_new(id);
	struct order_result *result = g_new0(struct order_result, 1);

	instance->name = g_strdup(order->name);
	instance->state = INSTANCE_RUNNING;
	instance->marks.owner = g_strdup(ask->owner);
	instance->marks.member = g_strdup(order->key);
	instance->marks.uid = g_strdup(order->uid);
	instance->marks.spec = g_strdup(order->fingerprint);
	instance->size = size_copy(&ask->size);
	instance->labels = pairs_ref(ask->spec->labels);
	g_ptr_array_add(desk->instances, instance);
	result->uid = g_strdup(order->uid);
	result->instance_id = g_strdup(id);
	g_ptr_array_add(answer->results, result);
}

static struct answer *desk_answer(struct desk *desk, const struct ask *ask)
{
	struct answer *answer;

	if (ask->verb == VERB_LIST)
		return desk_list(desk, ask->id);
	answer = answer_new(ask->id, ask->verb);
	answer->requests = 1;
	if (ask->verb == VERB_CREATE) {
		answer->results = g_ptr_array_new_with_free_func(free_result);
		for (size_t i = 0; i < ask->orders->len; i++)
			desk_make(desk, ask, g_ptr_array_index(ask->orders, i), answer);
	}
	return answer;
}

size_t desk_pass(struct desk *desk)
{
	autoptr(effects) effects = engine_step(desk->engine, desk->now_ms);
	size_t asks = effects->asks->len;

	desk->asks += asks;
	desk->writes += effects->writes->len;
	for (size_t i = 0; i < asks; i++)
		engine_answer(desk->engine, desk_answer(desk, g_ptr_array_index(effects->asks, i)),
		              desk->now_ms);
	if (!asks)
		desk->now_ms =
			MAX(desk->now_ms + 1, MIN(effects->wake_at_ms, desk->now_ms + 60000));
	return asks;
}

unsigned desk_converge(struct desk *desk)
{
	unsigned passes = 0;
	bool has_failed;

	do {
		desk_pass(desk);
		passes++;
	} while (passes < 100000 && !engine_is_converged(desk->engine, desk->now_ms, &has_failed));
	return passes;
}
