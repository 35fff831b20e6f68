/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reasons not to destroy, and then destroying. */
#include "reconcile/plan/removal.h"

#include "reconcile/model/key.h"
#include "reconcile/plan/gate.h"
#include "reconcile/plan/policy.h"

#include <string.h>

enum {
	PROOF_LISTS = 2 /* complete lists that must have shown it */
};

static void state_hold(const struct subject *subject, struct verdict *verdict)
{
	enum instance_state state = subject->sighting->instance->state;

	if (state == INSTANCE_DELETING) {
		verdict->hold = hold_because(
			subject_hold(subject, HOLD_PENDING, ACTION_DESTROY,
		                     g_strdup_printf("deleting on %s", subject->cloud_name)),
			"waits for the cloud", NULL);
	} else if (state == INSTANCE_UNKNOWN) {
		verdict->hold = gate_unknown_state(subject, ACTION_DESTROY);
	}
}

/* What is not remembered and not desired, or is the second of its member, may be a creation whose
 * answer is on its way, or a list's lag: it must be seen twice and be older than any creation. */
static struct hold *proof_hold(const struct subject *subject, const struct sighting *sighting,
                               enum hold_reason reason, const char *noun)
{
	const struct cloud_scene *cloud = subject_cloud(subject->scene, sighting->cloud);
	int64_t age_ms = subject->scene->now_ms - sighting->first_seen_at_ms;
	int64_t need_ms =
		cloud == NULL || cloud->traits == NULL ? 0 : cloud->traits->create_deadline_ms;

	if (sighting->complete_lists >= PROOF_LISTS && age_ms > need_ms)
		return NULL;
	g_autofree char *need = subject_wait_text(need_ms);
	char *text = g_strdup_printf("%s %s is looked at until it is proved", noun,
	                             sighting->instance->id);
	g_autofree char *why =
		g_strdup_printf("%u of %d lists, known for less than %s",
	                        MIN(sighting->complete_lists, PROOF_LISTS), PROOF_LISTS, need);
	struct hold *hold = subject_hold(subject, reason, ACTION_DESTROY, text);

	if (age_ms > need_ms) {
		g_free(why);
		why = g_strdup_printf("%u of %d lists", sighting->complete_lists, PROOF_LISTS);
	} else {
		hold->until_ms = sighting->first_seen_at_ms + need_ms + 1;
	}
	return hold_because(hold, why, NULL);
}

static bool is_orphan(const struct slot *slot)
{
	return slot->record == NULL;
}

static struct hold *order_of_reasons(const struct leaving *leaving, const struct tiers *tiers,
                                     const struct subject *subject)
{
	struct hold *hold = gate_cloud(subject, ACTION_DESTROY);

	if (hold == NULL)
		hold = policy_missing_hold(subject);
	if (hold == NULL && is_orphan(subject->slot))
		hold = proof_hold(subject, subject->sighting, HOLD_ORPHAN, "orphan");
	if (hold == NULL)
		hold = policy_protected_hold(subject, subject_is_protected(subject));
	if (hold == NULL)
		hold = order_hold(leaving, tiers, subject);
	return hold != NULL ? hold : gate_failure(subject, ACTION_DESTROY, VERB_DESTROY, NULL);
}

/* Whether the component's count says all about the going of @key. */
static bool is_counted(const struct tier *tier, const char *key)
{
	struct key_parts parts;

	return tier->count_why != NULL && tier->component->names == NULL &&
	       key_split(key, &parts) && parts.ordinal > tier->wanted;
}

/* "count 5 → 3" where fewer ordinals are asked for; the places that say so. */
static void why_tell(const struct tiers *tiers, const struct subject *subject,
                     struct action *action)
{
	const struct scene *scene = subject->scene;
	const struct tier *tier = order_find_tier(tiers, subject->slot->key);

	if (is_orphan(subject->slot)) {
		action->why = g_strdup("orphan: not a member");
		action->what = g_strdup_printf("%s on %s", action->instance_id, action->cloud);
	} else if (scene->deployment == NULL) {
		g_autofree char *grace = subject_wait_text(scene->limits->missing_grace_ms);
		action->why = g_strdup_printf("manifest missing for %s", grace);
	} else if (scene->deployment->is_absent) {
		action->why = g_strdup("state: absent");
		action->place = scene->deployment->place;
	} else if (tier == NULL) {
		action->why = g_strdup("component removed");
	} else if (is_counted(tier, action->key)) {
		action->why = g_strdup(tier->count_why);
		action->place = tier->component->count_place;
	} else {
		action->why = g_strdup("not desired");
	}
}

void removal_judge(const struct leaving *leaving, const struct tiers *tiers,
                   const struct subject *subject, struct verdict *verdict)
{
	state_hold(subject, verdict);
	if (verdict->hold == NULL)
		verdict->hold = order_of_reasons(leaving, tiers, subject);
	if (verdict->hold != NULL)
		return;
	verdict->action = subject_action(subject, ACTION_DESTROY, VERB_DESTROY);
	why_tell(tiers, subject, verdict->action);
}

/* The one to go first: by id, so that the choice is the same in each pass. */
static const struct sighting *duplicate_find(const struct subject *subject)
{
	const struct sighting *found = NULL;
	GPtrArray *sightings = subject->slot->sightings;

	for (guint i = 0; i < sightings->len; i++) {
		const struct sighting *sighting = g_ptr_array_index(sightings, i);

		if (sighting == subject->sighting || sighting->missed > 0 ||
		    sighting->instance->state == INSTANCE_DELETING)
			continue;
		if (found == NULL || strcmp(sighting->instance->id, found->instance->id) < 0)
			found = sighting;
	}
	return found;
}

void removal_judge_duplicate(const struct subject *subject, struct verdict *verdict)
{
	const struct sighting *duplicate = duplicate_find(subject);
	struct subject other = *subject;

	if (duplicate == NULL)
		return;
	other.sighting = duplicate;
	other.cloud_name = duplicate->cloud;
	other.cloud = subject_cloud(subject->scene, duplicate->cloud);
	struct hold *hold = gate_cloud(&other, ACTION_DESTROY);

	if (hold == NULL)
		hold = proof_hold(&other, duplicate, HOLD_DUPLICATE, "duplicate");
	if (hold == NULL)
		hold = policy_protected_hold(&other, duplicate->instance->marks.is_protected);
	if (hold != NULL || verdict->action != NULL) {
		verdict->duplicate = hold;
		return;
	}
	verdict->action = subject_action(&other, ACTION_DESTROY, VERB_DESTROY);
	verdict->action->what =
		g_strdup_printf("%s on %s", duplicate->instance->id, other.cloud_name);
	verdict->action->why = g_strdup("duplicate");
}
