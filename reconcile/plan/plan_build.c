/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts what components share, judges each slot by itself, then lets the deletion budget have its
 * say. */
#include "reconcile/plan/plan_build.h"

#include "reconcile/plan/creation.h"
#include "reconcile/plan/gate.h"
#include "reconcile/plan/policy.h"
#include "reconcile/plan/removal.h"
#include "reconcile/plan/upkeep.h"

#include <string.h>

struct build {
	const struct scene *scene;
	struct tiers tiers;
	struct leaving leaving;
	struct creations creations;
	size_t present;
	const struct tier *tier; /* of the slot before: slots of one component stand together */
};

static const struct tier *tier_of(struct build *build, const struct slot *slot)
{
	if (slot->component == NULL)
		return NULL;
	if (build->tier == NULL || build->tier->component != slot->component)
		build->tier = tiers_find(&build->tiers, slot->component);
	return build->tier;
}

static bool is_remembered_only(const struct subject *subject)
{
	return subject->sighting == NULL && subject->slot->record != NULL &&
	       subject->slot->record->instance_id != NULL;
}

/* Believed to exist, but the last complete list lacks it, or none has shown it yet. */
static bool is_absent(const struct subject *subject)
{
	return is_remembered_only(subject) ||
	       (subject->sighting != NULL && subject->sighting->missed > 0);
}

/* Where the instance is seen or remembered, else where it shall be. */
static void subject_init(struct build *build, const struct slot *slot, struct subject *subject)
{
	*subject = (struct subject){
		.scene = build->scene,
		.slot = slot,
		.tier = tier_of(build, slot),
		.sighting = subject_sighting(slot),
	};
	if (subject->sighting != NULL)
		subject->cloud_name = subject->sighting->cloud;
	else if (is_remembered_only(subject))
		subject->cloud_name = slot->record->cloud;
	else if (slot->component != NULL)
		subject->cloud_name = slot->component->cloud;
	subject->cloud =
		subject->tier != NULL && subject->tier->cloud != NULL &&
				g_str_equal(subject->tier->cloud->name, subject->cloud_name)
			? subject->tier->cloud
			: subject_cloud(build->scene, subject->cloud_name);
}

/* A creation that was answered is on the next list or the one after. */
static bool is_just_made(const struct subject *subject, int64_t age_ms)
{
	return subject->sighting == NULL && age_ms <= subject->cloud->traits->create_deadline_ms;
}

static void absent_judge(const struct subject *subject, struct verdict *verdict)
{
	const struct record *record = subject->slot->record;
	enum action_kind kind = subject->slot->component == NULL ? ACTION_DESTROY : ACTION_CREATE;

	verdict->hold = gate_cloud(subject, kind);
	if (verdict->hold != NULL)
		return;
	int64_t age_ms = record == NULL ? 0 : subject->scene->now_ms - record->created_at_ms;
	bool is_new = is_just_made(subject, age_ms);

	g_autofree char *age = subject_wait_text(age_ms);
	char *text = is_new ? g_strdup_printf("made %s ago, not on a list yet", age)
	                    : g_strdup_printf("not on the last list of %s", subject->cloud_name);

	verdict->hold =
		hold_because(subject_hold(subject, HOLD_ABSENT, kind, text),
	                     is_new ? "waits for the next list" : "that it is gone needs proof",
	                     record == NULL ? NULL : &record->place);
}

static void desired_judge(struct build *build, const struct subject *subject,
                          struct verdict *verdict)
{
	if (subject->sighting != NULL)
		upkeep_judge(subject, verdict);
	else
		creation_judge(&build->creations, subject, verdict);
}

static void slot_judge(struct build *build, const struct slot *slot, struct verdict *verdict)
{
	struct subject subject;

	subject_init(build, slot, &subject);
	verdict->hold = gate_operation(&subject);
	if (verdict->hold != NULL)
		return;
	if (is_absent(&subject)) {
		absent_judge(&subject, verdict);
		return;
	}
	if (slot->component != NULL)
		desired_judge(build, &subject, verdict);
	else if (subject.sighting != NULL)
		removal_judge(&build->leaving, &build->tiers, &subject, verdict);
	if (slot->sightings != NULL && slot->sightings->len > 1)
		removal_judge_duplicate(&subject, verdict);
}

/* What is on its way out is among the deletions already. */
static bool is_staying(const struct slot *slot)
{
	const struct sighting *sighting = subject_sighting(slot);
	bool is_leaving = (slot->operation != NULL && slot->operation->verb == VERB_DESTROY) ||
	                  (sighting != NULL && sighting->instance->state == INSTANCE_DELETING);

	return slot_is_present(slot) && !is_leaving;
}

static void build_init(struct build *build, const struct scene *scene)
{
	*build = (struct build){ .scene = scene };
	tiers_init(&build->tiers, scene);
	leaving_init(&build->leaving, &build->tiers, scene);
	creations_init(&build->creations, scene);
	for (size_t i = 0; i < scene->slots_len; i++)
		build->present += is_staying(scene->slots[i]);
}

static void build_clear(struct build *build)
{
	tiers_clear(&build->tiers);
	leaving_clear(&build->leaving);
	creations_clear(&build->creations);
}

/* A deployment's clouds: those that its components name and those where it still has something. */
static unsigned clouds_count(const struct scene *scene, const struct tiers *tiers)
{
	g_autofree bool *is_used = g_new0(bool, scene->clouds_len + 1);
	unsigned count = 0;
	const char *before = NULL;

	for (size_t i = 0; i < tiers->len; i++)
		is_used[subject_cloud_at(scene, tiers->items[i].component->cloud)] = true;
	for (size_t i = 0; i < scene->slots_len; i++) {
		const struct sighting *sighting = subject_sighting(scene->slots[i]);

		if (sighting != NULL && sighting->cloud != before) {
			before = sighting->cloud;
			is_used[subject_cloud_at(scene, before)] = true;
		}
	}
	for (size_t i = 0; i <= scene->clouds_len; i++)
		count += is_used[i];
	return count;
}

static void verdict_take(struct plan *plan, struct verdict *verdict)
{
	if (verdict->action != NULL)
		g_ptr_array_add(plan->actions, verdict->action);
	if (verdict->hold != NULL)
		g_ptr_array_add(plan->holds, verdict->hold);
	if (verdict->duplicate != NULL)
		g_ptr_array_add(plan->holds, verdict->duplicate);
}

struct plan *plan_build(const struct scene *scene)
{
	struct plan *plan = plan_new(scene->name);
	g_autofree struct verdict *verdicts = g_new0(struct verdict, scene->slots_len);
	struct build build;

	build_init(&build, scene);
	plan->commit = g_strdup(scene->fleet->commit);
	plan->clouds = clouds_count(scene, &build.tiers);
	for (size_t i = 0; i < scene->slots_len; i++)
		slot_judge(&build, scene->slots[i], &verdicts[i]);
	policy_budget(scene, build.present, verdicts);
	for (size_t i = 0; i < scene->slots_len; i++)
		verdict_take(plan, &verdicts[i]);
	build_clear(&build);
	return plan;
}
