/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers by hand. */
#include "tests/reconcile/engine/rig.h"

#include <string.h>

static const struct traits usual = {
	.abilities = ABILITY_ATOMIC_MARKS | ABILITY_POWER | ABILITY_RESIZE | ABILITY_MARK |
	             ABILITY_LABELS | ABILITY_USER_DATA,
	.create_deadline_ms = 600 * 1000,
	.ask_deadline_ms = 30 * 1000,
	.batch_max = 1,
	.requests_per_second = 1000,
	.burst = 1000,
	.in_flight = 1000,
};

static void put(struct rig *rig, const char *file, char *own_text)
{
	g_autoptr(GBytes) bytes = g_bytes_new_take(own_text, strlen(own_text));

	manifests_put(rig->manifests, file, bytes);
}

struct rig *rig_new(void)
{
	struct rig *rig = g_new0(struct rig, 1);

	rig->manifests = manifests_new(&manifests_limits_default);
	rig->traits = usual;
	rig->limits = engine_limits_default;
	rig->now_ms = 1000 * 1000;
	rig->effects = g_ptr_array_new_with_free_func((GDestroyNotify)effects_free);
	rig->asks = g_ptr_array_new();
	rig->probes = g_ptr_array_new();
	rig->cloud = g_ptr_array_new_with_free_func((GDestroyNotify)instance_free);
	put(rig, "lab.yaml",
	    g_strdup("apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: lab }\n"
	             "spec: { connector: sim, sizes: { small: small } }\n"));
	return rig;
}

void rig_free(struct rig *rig)
{
	engine_free(rig->engine);
	manifests_free(rig->manifests);
	g_ptr_array_unref(rig->asks);
	g_ptr_array_unref(rig->probes);
	g_ptr_array_unref(rig->effects);
	g_ptr_array_unref(rig->cloud);
	g_free(rig);
}

void rig_deploy(struct rig *rig, const char *name, const char *components)
{
	g_autofree char *file = g_strdup_printf("%s.yaml", name);

	put(rig, file,
	    g_strdup_printf("apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: %s }\n"
	                    "spec:\n  cloud: lab\n  components:\n%s",
	                    name, components));
}

void rig_deploy_web(struct rig *rig, const char *name, unsigned count)
{
	g_autofree char *text =
		g_strdup_printf("    web: { count: %u, image: debian, size: small }\n", count);

	rig_deploy(rig, name, text);
}

void rig_remove(struct rig *rig, const char *name)
{
	g_autofree char *file = g_strdup_printf("%s.yaml", name);

	manifests_remove(rig->manifests, file);
}

void rig_set_fleet(struct rig *rig)
{
	g_autoptr(GPtrArray) findings = NULL;
	autoptr(fleet) fleet = manifests_fleet(rig->manifests, &findings);

	g_assert_cmpuint(findings->len, ==, 0);
	engine_set_fleet(rig->engine, fleet, rig->now_ms);
}

void rig_restart(struct rig *rig, GPtrArray *own_records, GPtrArray *own_operations)
{
	struct engine_options options = {
		.owner = "tester",
		.seed = 7 + (uint64_t)rig->now_ms,
		.limits = rig->limits,
	};

	engine_free(rig->engine);
	g_ptr_array_set_size(rig->asks, 0);
	g_ptr_array_set_size(rig->probes, 0);
	g_ptr_array_set_size(rig->effects, 0);
	rig->engine = engine_new(&options);
	engine_restore(rig->engine, own_records ? own_records : g_ptr_array_new(),
	               own_operations ? own_operations : g_ptr_array_new(), g_ptr_array_new(), 100);
	rig_set_fleet(rig);
	engine_cloud_up(rig->engine, "lab", &rig->traits, rig->now_ms);
}

void rig_start(struct rig *rig)
{
	rig_restart(rig, NULL, NULL);
}

void rig_step(struct rig *rig, int64_t ms)
{
	struct effects *effects;

	rig->now_ms += ms;
	effects = engine_step(rig->engine, rig->now_ms);
	g_ptr_array_add(rig->effects, effects);
	g_ptr_array_extend(rig->asks, effects->asks, NULL, NULL);
	g_ptr_array_extend(rig->probes, effects->probes, NULL, NULL);
}

struct ask *rig_ask(const struct rig *rig, enum verb verb)
{
	for (guint i = 0; i < rig->asks->len; i++) {
		struct ask *ask = rig->asks->pdata[i];

		if (ask->verb == verb)
			return ask;
	}
	return NULL;
}

unsigned rig_open(const struct rig *rig, enum verb verb)
{
	unsigned open = 0;

	for (guint i = 0; i < rig->asks->len; i++)
		open += ((struct ask *)rig->asks->pdata[i])->verb == verb;
	return open;
}

unsigned rig_sent(const struct rig *rig, enum verb verb)
{
	unsigned sent = 0;

	for (guint i = 0; i < rig->effects->len; i++) {
		const struct effects *effects = rig->effects->pdata[i];

		for (guint j = 0; j < effects->asks->len; j++)
			sent += ((struct ask *)effects->asks->pdata[j])->verb == verb;
	}
	return sent;
}

static void answer(struct rig *rig, const struct ask *ask, struct answer *own_answer)
{
	g_assert_true(g_ptr_array_remove(rig->asks, (void *)ask));
	engine_answer(rig->engine, own_answer, rig->now_ms);
}

static void list(struct rig *rig, bool is_complete)
{
	struct answer *shown;
	struct ask *ask;

	for (int i = 0; rig_ask(rig, VERB_LIST) == NULL && i < 1000; i++)
		rig_step(rig, 1000);
	ask = rig_ask(rig, VERB_LIST);
	g_assert_nonnull(ask);
	shown = answer_new(ask->id, VERB_LIST);
	shown->is_complete = is_complete;
	shown->instances = g_ptr_array_new_with_free_func((GDestroyNotify)instance_free);
	for (guint i = 0; i < rig->cloud->len; i++)
		g_ptr_array_add(shown->instances, instance_copy(rig->cloud->pdata[i]));
	answer(rig, ask, shown);
	rig_step(rig, 0);
}

void rig_list(struct rig *rig)
{
	list(rig, true);
}

void rig_list_incomplete(struct rig *rig)
{
	list(rig, false);
}

struct instance *rig_instance(struct rig *rig, const char *id, const char *key, const char *uid)
{
	struct instance *instance = instance_new(id);

	instance->name = g_strdup(id);
	instance->state = INSTANCE_RUNNING;
	instance->size.name = g_strdup("small");
	instance->marks.owner = g_strdup("tester");
	instance->marks.member = g_strdup(key);
	instance->marks.uid = g_strdup(uid);
	g_ptr_array_add(rig->cloud, instance);
	return instance;
}

void rig_appear(struct rig *rig, const struct ask *ask, guint i)
{
	const struct order *order = ask->orders->pdata[i];
	g_autofree char *id = g_strdup_printf("i-%s", order->uid);
	struct instance *instance = rig_instance(rig, id, order->key, order->uid);

	g_free(instance->name);
	instance->name = g_strdup(order->name);
	instance->marks.spec = g_strdup(order->fingerprint);
	instance->marks.is_protected = order->is_protected;
	instance->labels = pairs_ref(ask->spec->labels);
	if ((rig->traits.abilities & ABILITY_ATOMIC_MARKS) == 0)
		marks_clear(&instance->marks);
}

void rig_vanish(struct rig *rig, const char *id)
{
	for (guint i = 0; i < rig->cloud->len; i++) {
		if (strcmp(((struct instance *)rig->cloud->pdata[i])->id, id) == 0) {
			g_ptr_array_remove_index(rig->cloud, i);
			return;
		}
	}
	g_assert_not_reached();
}

static void carry_out(struct rig *rig, const struct ask *ask)
{
	for (guint i = 0; ask->instance_id != NULL && i < rig->cloud->len; i++) {
		struct instance *instance = rig->cloud->pdata[i];

		if (strcmp(instance->id, ask->instance_id) != 0)
			continue;
		if (ask->verb == VERB_START)
			instance->state = INSTANCE_RUNNING;
		if (ask->verb != VERB_MARK)
			continue;
		marks_clear(&instance->marks);
		instance->marks = (struct marks){ .owner = g_strdup(ask->marks.owner),
			                          .member = g_strdup(ask->marks.member),
			                          .uid = g_strdup(ask->marks.uid),
			                          .spec = g_strdup(ask->marks.spec),
			                          .is_protected = ask->marks.is_protected };
		pairs_unref(instance->labels);
		instance->labels = pairs_ref(ask->labels);
	}
}

void rig_done(struct rig *rig, struct ask *ask)
{
	struct answer *done = answer_new(ask->id, ask->verb);

	if (ask->verb == VERB_CREATE)
		done->results = g_ptr_array_new_with_free_func((GDestroyNotify)order_result_free);
	for (guint i = 0; ask->orders != NULL && i < ask->orders->len; i++) {
		const struct order *order = ask->orders->pdata[i];
		struct order_result *result = g_new0(struct order_result, 1);

		rig_appear(rig, ask, i);
		result->uid = g_strdup(order->uid);
		result->instance_id = g_strdup_printf("i-%s", order->uid);
		g_ptr_array_add(done->results, result);
	}
	carry_out(rig, ask);
	if (ask->verb == VERB_DESTROY)
		rig_vanish(rig, ask->instance_id);
	answer(rig, ask, done);
}

void rig_fault(struct rig *rig, struct ask *ask, enum fault fault)
{
	answer(rig, ask, answer_new_fault(ask->id, ask->verb, fault, "so it is"));
}

void rig_lose(struct rig *rig, struct ask *ask)
{
	struct answer *lost = answer_new_fault(ask->id, ask->verb, FAULT_TRANSIENT, "no answer");

	lost->is_uncertain = true;
	answer(rig, ask, lost);
}

void rig_converge(struct rig *rig)
{
	bool has_failed = false;

	for (int i = 0; i < 1000 && !engine_is_converged(rig->engine, rig->now_ms, &has_failed);
	     i++) {
		struct ask *ask;

		rig_step(rig, 100);
		for (enum verb verb = VERB_CREATE; verb < VERBS; verb++)
			while ((ask = rig_ask(rig, verb)) != NULL)
				rig_done(rig, ask);
		if (rig_ask(rig, VERB_LIST) != NULL)
			rig_list(rig);
	}
	g_assert_true(engine_is_converged(rig->engine, rig->now_ms, &has_failed));
	g_assert_false(has_failed);
}

unsigned rig_events(const struct rig *rig, enum event_name name)
{
	unsigned count = 0;

	for (guint i = 0; i < rig->effects->len; i++) {
		const GPtrArray *writes = ((struct effects *)rig->effects->pdata[i])->writes;

		for (guint j = 0; j < writes->len; j++) {
			const struct write *write = writes->pdata[j];

			count += write->kind == WRITE_EVENT && write->event->name == name;
		}
	}
	return count;
}

static const struct write *last_write(const struct rig *rig, enum write_kind kind, const char *key)
{
	for (guint i = rig->effects->len; i > 0; i--) {
		const GPtrArray *writes = ((struct effects *)rig->effects->pdata[i - 1])->writes;

		for (guint j = writes->len; j > 0; j--) {
			const struct write *write = writes->pdata[j - 1];
			const char *its = write->record      ? write->record->key
			                  : write->operation ? write->operation->key
			                                     : write->key;

			if (g_strcmp0(its, key) != 0)
				continue;
			if (write->kind == WRITE_RECORD_GONE && kind == WRITE_RECORD)
				return NULL;
			if (write->kind == kind)
				return write;
		}
	}
	return NULL;
}

const struct record *rig_record(const struct rig *rig, const char *key)
{
	const struct write *write = last_write(rig, WRITE_RECORD, key);

	return write ? write->record : NULL;
}

const struct operation *rig_operation(const struct rig *rig, const char *key)
{
	const struct write *write = last_write(rig, WRITE_OPERATION, key);

	return write ? write->operation : NULL;
}
