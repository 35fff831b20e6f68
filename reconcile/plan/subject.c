/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking up what belongs to a slot, and the making of actions and holds of it. */
#include "reconcile/plan/subject.h"

#include "reconcile/model/quantity.h"
#include "reconcile/plan/tier.h"

#include <string.h>

enum {
	SECOND_MS = 1000,
	MINUTE_MS = 60 * SECOND_MS,
	HOUR_MS = 60 * MINUTE_MS
};

static int64_t sighting_age_key(const struct sighting *sighting)
{
	return sighting->instance->created_at_ms != 0 ? sighting->instance->created_at_ms
	                                              : sighting->first_seen_at_ms;
}

static bool is_recorded(const struct record *record, const struct instance *instance)
{
	if (record == NULL)
		return false;
	if (record->uid != NULL && instance->marks.uid != NULL)
		return strcmp(record->uid, instance->marks.uid) == 0;
	return g_strcmp0(record->instance_id, instance->id) == 0;
}

static bool comes_before(const struct slot *slot, const struct sighting *a,
                         const struct sighting *b)
{
	bool is_a = is_recorded(slot->record, a->instance);

	if (is_a != is_recorded(slot->record, b->instance))
		return is_a;
	if (sighting_age_key(a) != sighting_age_key(b))
		return sighting_age_key(a) < sighting_age_key(b);
	return strcmp(a->instance->id, b->instance->id) < 0;
}

const struct sighting *subject_sighting(const struct slot *slot)
{
	const struct sighting *first = NULL;

	for (guint i = 0; slot->sightings != NULL && i < slot->sightings->len; i++) {
		const struct sighting *sighting = g_ptr_array_index(slot->sightings, i);

		if (first == NULL || comes_before(slot, sighting, first))
			first = sighting;
	}
	return first;
}

size_t subject_cloud_at(const struct scene *scene, const char *name)
{
	size_t from = 0, to = scene->clouds_len;

	while (name != NULL && from < to) {
		size_t middle = from + (to - from) / 2;
		int order = strcmp(name, scene->clouds[middle]->name);

		if (order == 0)
			return middle;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return scene->clouds_len;
}

const struct cloud_scene *subject_cloud(const struct scene *scene, const char *name)
{
	size_t at = subject_cloud_at(scene, name);

	return at < scene->clouds_len ? scene->clouds[at] : NULL;
}

unsigned subject_abilities(const struct subject *subject)
{
	return subject->cloud == NULL || subject->cloud->traits == NULL
	               ? 0
	               : subject->cloud->traits->abilities;
}

bool subject_is_protected(const struct subject *subject)
{
	const struct component *component = subject->slot->component;
	bool was = (subject->slot->record != NULL && subject->slot->record->is_protected) ||
	           (subject->sighting != NULL && subject->sighting->instance->marks.is_protected);

	if (component == NULL)
		return was;
	return component->is_protected || (was && !component->says_unprotected);
}

struct action *subject_action(const struct subject *subject, enum action_kind kind, enum verb verb)
{
	struct action *action = action_new(kind, verb, subject->slot->key);

	action->cloud = g_strdup(subject->cloud_name);
	action->component = subject->slot->component;
	if (subject->sighting != NULL)
		action->instance_id = g_strdup(subject->sighting->instance->id);
	if (action->component != NULL)
		action->place = action->component->place;
	return action;
}

struct hold *subject_hold(const struct subject *subject, enum hold_reason reason,
                          enum action_kind kind, char *own_text)
{
	struct hold *hold = hold_new(reason, kind, subject->slot->key);

	hold->cloud = g_strdup(subject->cloud_name);
	hold->text = own_text;
	return hold;
}

struct hold *hold_because(struct hold *hold, const char *why, const struct place *place)
{
	g_free(hold->why);
	hold->why = g_strdup(why);
	if (place != NULL)
		hold->place = *place;
	return hold;
}

char *subject_wait_text(int64_t ms)
{
	int64_t unit = ms > HOUR_MS ? MINUTE_MS : SECOND_MS;
	int64_t units = MAX(1, (ms + unit - 1) / unit);

	return quantity_format_duration(units * unit);
}
