/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes wrong between the asker and the cloud: outage, throttling, drawn errors, losses.
 */
#include "connectors/sim/inside.h"

static const char *const texts[] = {
	[FAULT_TRANSIENT] = "the cloud failed for a moment",
	[FAULT_THROTTLED] = "too many requests",
	[FAULT_QUOTA] = "the account's quota is used up",
	[FAULT_CAPACITY] = "no room for this now",
	[FAULT_CONFLICT] = "the object is busy",
	[FAULT_NOT_FOUND] = "no such object",
	[FAULT_EXISTS] = "the name is taken",
	[FAULT_AUTH] = "credentials refused",
	[FAULT_INVALID] = "the request is wrong",
	[FAULT_UNSUPPORTED] = "the cloud cannot do this",
	[FAULT_INTERNAL] = "a fault of the connector's own",
};

static struct answer *answer_make(const struct ask *ask, enum fault fault, const char *text)
{
	return answer_new_fault(ask->id, ask->verb, fault, text);
}

static struct answer *throttle(struct sim_world *world, const struct ask *ask, unsigned requests)
{
	uint64_t rate = world->settings.throttle_above, need = (uint64_t)requests * 1000;
	uint64_t passed_ms = (uint64_t)(world->now_ms - world->tokens_at_ms);
	struct answer *answer;

	if (rate == 0)
		return NULL;
	world->throttle_millis += MIN(passed_ms, 1000) * rate;
	world->throttle_millis = MIN(world->throttle_millis, rate * 1000);
	world->tokens_at_ms = world->now_ms;
	/* A list of more pages than a second allows would never pass: it empties the bucket. */
	need = MIN(need, rate * 1000);
	if (world->throttle_millis >= need) {
		world->throttle_millis -= need;
		return NULL;
	}
	world->counters.throttled++;
	answer = answer_make(ask, FAULT_THROTTLED, texts[FAULT_THROTTLED]);
	answer->retry_after_ms = (int64_t)((need - world->throttle_millis + rate - 1) / rate);
	return answer;
}

static struct answer *error_draw(struct sim_world *world, const struct ask *ask)
{
	for (size_t i = FAULT_NONE + 1; i < G_N_ELEMENTS(texts); i++) {
		struct answer *answer;

		if (!lot_happens(&world->faults, world->settings.errors_ppm[i]))
			continue;
		world->counters.errors++;
		answer = answer_make(ask, (enum fault)i, texts[i]);
		answer->retry_after_ms = i == FAULT_THROTTLED ? 1000 : 0;
		return answer;
	}
	return NULL;
}

struct answer *faults_lost(const struct ask *ask)
{
	struct answer *answer = answer_make(ask, FAULT_TRANSIENT, "no answer from the cloud");

	answer->is_uncertain = verb_is_mutating(ask->verb);
	return answer;
}

struct answer *faults_before(struct sim_world *world, const struct ask *ask, unsigned requests)
{
	struct answer *answer;

	if (world->now_ms < world->outage_until_ms)
		return answer_make(ask, FAULT_TRANSIENT, "the cloud is out of service");
	answer = throttle(world, ask, requests);
	if (!answer)
		answer = error_draw(world, ask);
	if (answer || !verb_is_mutating(ask->verb))
		return answer;
	if (lot_happens(&world->faults, world->settings.late_request_ppm)) {
		world->counters.requests_late++;
		ask_delay(world, ask);
		return faults_lost(ask);
	}
	if (!lot_happens(&world->faults, world->settings.lost_request_ppm))
		return NULL;
	world->counters.requests_lost++;
	return faults_lost(ask);
}

bool faults_lose_answer(struct sim_world *world, const struct ask *ask)
{
	if (!verb_is_mutating(ask->verb) ||
	    !lot_happens(&world->faults, world->settings.lost_answer_ppm))
		return false;
	world->counters.answers_lost++;
	return true;
}
