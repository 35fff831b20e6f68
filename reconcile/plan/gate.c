/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clouds that cannot be asked and members that must wait. */
#include "reconcile/plan/gate.h"

#include "reconcile/plan/tier.h"

#include <string.h>

static const enum action_kind kinds[VERBS] = {
	[VERB_LIST] = ACTION_KINDS,    [VERB_CATALOG] = ACTION_KINDS,
	[VERB_CREATE] = ACTION_CREATE, [VERB_DESTROY] = ACTION_DESTROY,
	[VERB_START] = ACTION_START,   [VERB_STOP] = ACTION_STOP,
	[VERB_RESIZE] = ACTION_RESIZE, [VERB_MARK] = ACTION_MARK,
};

/* What each class of failure holds a member with, and whether time lifts it. */
static const struct {
	enum hold_reason reason;
	bool has_clock;
} failures[] = {
	[FAULT_NONE] = { HOLD_BACKOFF, true },
	[FAULT_TRANSIENT] = { HOLD_BACKOFF, true },
	[FAULT_THROTTLED] = { HOLD_BACKOFF, true },
	[FAULT_QUOTA] = { HOLD_QUOTA, true },
	[FAULT_CAPACITY] = { HOLD_CAPACITY, true },
	[FAULT_CONFLICT] = { HOLD_BACKOFF, true },
	[FAULT_NOT_FOUND] = { HOLD_BACKOFF, true },
	[FAULT_EXISTS] = { HOLD_BACKOFF, true },
	[FAULT_AUTH] = { HOLD_BACKOFF, true },
	[FAULT_INVALID] = { HOLD_INVALID, false },
	[FAULT_UNSUPPORTED] = { HOLD_UNSUPPORTED, false },
	[FAULT_INTERNAL] = { HOLD_BACKOFF, true },
};

struct hold *gate_operation(const struct subject *subject)
{
	const struct operation *operation = subject->slot->operation;

	if (operation == NULL)
		return NULL;
	bool is_uncertain = operation->state == OPERATION_UNCERTAIN;
	g_autofree char *age = subject_wait_text(subject->scene->now_ms - operation->begun_at_ms);
	char *text = g_strdup_printf("%s, begun %s ago%s", verb_name(operation->verb), age,
	                             is_uncertain ? ", outcome not known yet" : "");
	struct hold *hold = subject_hold(subject, is_uncertain ? HOLD_UNCERTAIN : HOLD_OPERATION,
	                                 kinds[operation->verb], text);

	g_free(hold->cloud);
	hold->cloud = g_strdup(operation->cloud);
	return hold_because(hold, operation->why, &operation->place);
}

static struct hold *cloud_unknown(const struct subject *subject, enum action_kind kind,
                                  const char *problem)
{
	const struct component *component = subject->slot->component;
	char *text = problem != NULL
	                     ? g_strdup_printf("cloud %s: %s", subject->cloud_name, problem)
	                     : g_strdup_printf("no cloud is called %s", subject->cloud_name);

	return hold_because(subject_hold(subject, HOLD_CLOUD_UNKNOWN, kind, text),
	                    problem != NULL ? "its connector is not there"
	                                    : "its manifest is not there",
	                    component == NULL ? NULL : &component->cloud_place);
}

static struct hold *cloud_down(const struct subject *subject, enum action_kind kind)
{
	const struct cloud_scene *cloud = subject->cloud;
	const struct place *place = cloud->cloud == NULL ? NULL : &cloud->cloud->place;
	bool is_auth = cloud->fault == FAULT_AUTH;
	const char *problem = cloud->fault_text == NULL ? "not asked yet" : cloud->fault_text;
	char *text =
		is_auth ? g_strdup_printf("%s refuses the credentials: %s", cloud->name, problem)
			: g_strdup_printf("%s is down: %s", cloud->name, problem);

	return hold_because(
		subject_hold(subject, is_auth ? HOLD_CLOUD_AUTH : HOLD_CLOUD_DOWN, kind, text),
		is_auth ? "new credentials lift it" : "goes on when it is back", place);
}

/* A cloud that lost its manifest is still good for emptying it. */
struct hold *gate_cloud(const struct subject *subject, enum action_kind kind)
{
	const struct cloud_scene *cloud = subject->cloud;

	bool has_no_manifest = cloud == NULL || cloud->cloud == NULL;

	if (cloud == NULL || (has_no_manifest && !cloud->is_up) ||
	    ((has_no_manifest || cloud->cloud->is_gone) && kind == ACTION_CREATE))
		return cloud_unknown(subject, kind, NULL);
	if (!cloud->is_up && (cloud->fault == FAULT_NOT_FOUND || cloud->fault == FAULT_UNSUPPORTED))
		return cloud_unknown(subject, kind, cloud->fault_text);
	if (!cloud->is_up || cloud->traits == NULL)
		return cloud_down(subject, kind);
	if (!cloud->is_listed) {
		char *text = g_strdup_printf("waits for the first complete list of %s%s%s",
		                             cloud->name, cloud->fault_text == NULL ? "" : ": ",
		                             cloud->fault_text == NULL ? "" : cloud->fault_text);
		return hold_because(subject_hold(subject, HOLD_NOT_LISTED, kind, text),
		                    "looks before it acts", NULL);
	}
	return NULL;
}

struct hold *gate_unknown_state(const struct subject *subject, enum action_kind kind)
{
	struct hold *hold = gate_cloud(subject, kind);

	if (hold != NULL)
		return hold;
	const char *fault = subject->sighting->instance->fault;

	return hold_because(
		subject_hold(subject, HOLD_UNKNOWN_STATE, kind,
	                     g_strdup_printf("%s shows an unknown state%s%s", subject->cloud_name,
	                                     fault == NULL ? "" : ": ",
	                                     fault == NULL ? "" : fault)),
		"looks again", NULL);
}

static struct hold *failure_wait(const struct subject *subject, enum action_kind kind)
{
	const struct record *record = subject->slot->record;
	enum hold_reason reason = failures[record->fault].reason;
	g_autofree char *wait = subject_wait_text(record->retry_at_ms - subject->scene->now_ms);
	g_autofree char *why =
		g_strdup_printf("%u failed: %s", record->attempts, fault_name(record->fault));
	char *text = g_strdup_printf("next attempt in %s%s%s", wait,
	                             record->fault_text == NULL ? "" : ": ",
	                             record->fault_text == NULL ? "" : record->fault_text);
	struct hold *hold = subject_hold(subject, reason, kind, text);

	hold->until_ms = record->retry_at_ms;
	return hold_because(hold, why, &record->place);
}

static struct hold *failure_stop(const struct subject *subject, enum action_kind kind)
{
	const struct record *record = subject->slot->record;
	const char *problem =
		record->fault_text == NULL ? fault_name(record->fault) : record->fault_text;
	bool is_invalid = record->fault == FAULT_INVALID;

	return hold_because(subject_hold(subject, failures[record->fault].reason, kind,
	                                 g_strdup_printf("refused: %s", problem)),
	                    is_invalid ? "waits for a change of the manifest"
	                               : "the connector cannot; waits for a change of the manifest",
	                    &record->place);
}

/* Another wish lifts a refusal; a live change that the connector cannot do leaves the way by
 * restart. */
static bool is_lifted(const struct record *record, enum action_kind kind, enum verb verb,
                      const char *fingerprint)
{
	if (kind == ACTION_RESIZE && verb == VERB_STOP && record->fault == FAULT_UNSUPPORTED)
		return true;
	return fingerprint != NULL && record->fingerprint != NULL &&
	       strcmp(fingerprint, record->fingerprint) != 0;
}

struct hold *gate_failure(const struct subject *subject, enum action_kind kind, enum verb verb,
                          const char *fingerprint)
{
	const struct record *record = subject->slot->record;

	if (record == NULL)
		return NULL;
	if (!failures[record->fault].has_clock) {
		/* What was refused while it was desired is no reason to keep it. */
		bool is_leaving = subject->slot->component == NULL;

		return is_leaving || is_lifted(record, kind, verb, fingerprint)
		               ? NULL
		               : failure_stop(subject, kind);
	}
	return record->retry_at_ms > subject->scene->now_ms ? failure_wait(subject, kind) : NULL;
}

static char *shown_text(enum verb verb, const struct instance *seen)
{
	if (verb == VERB_RESIZE)
		return size_text(&seen->size);
	return g_strdup(verb == VERB_MARK ? "other marks or labels"
	                                  : instance_state_name(seen->state));
}

char *gate_vain_text(const struct vain *vain, const struct sighting *sighting)
{
	g_autofree char *shown = shown_text(vain->ask->verb, sighting->instance);
	g_autofree char *times =
		vain->asked == 1 ? g_strdup("once") : g_strdup_printf("%u times", vain->asked);

	return g_strdup_printf("asked %s, %s still shows %s", times, sighting->cloud, shown);
}

struct hold *gate_vain(const struct subject *subject, enum action_kind kind, enum verb verb)
{
	const struct vain *vain = subject->slot->vains == NULL ? NULL : &subject->slot->vains[verb];

	if (vain == NULL || vain->ask == NULL || vain->retry_at_ms <= subject->scene->now_ms ||
	    g_strcmp0(vain->ask->instance_id, subject->sighting->instance->id) != 0)
		return NULL;
	g_autofree char *text = gate_vain_text(vain, subject->sighting);
	g_autofree char *wait = subject_wait_text(vain->retry_at_ms - subject->scene->now_ms);
	struct hold *hold = subject_hold(subject, HOLD_BACKOFF, kind,
	                                 g_strdup_printf("%s: next attempt in %s", text, wait));
	g_autofree char *why =
		g_strdup_printf("%s was answered as done, to no effect", verb_name(verb));

	hold->until_ms = vain->retry_at_ms;
	return hold_because(hold, why, NULL);
}
