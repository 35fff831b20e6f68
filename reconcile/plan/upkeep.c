/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules go from what hinders most to what matters least: state, size, power, marks,
 * replacement. */
#include "reconcile/plan/upkeep.h"

#include "reconcile/model/fingerprint.h"
#include "reconcile/plan/change.h"
#include "reconcile/plan/drift.h"
#include "reconcile/plan/gate.h"

#include <string.h>

/* What differs, and what the marks say or shall say. */
struct change {
	struct wish wish;
	unsigned drift;
	unsigned fields;  /* 1 << enum spec_field: only a new instance has them */
	bool is_size_new; /* it is as asked, and the marks do not say so yet */
	char *spec;       /* what wish borrows of it */
};

static bool can(unsigned abilities, unsigned needed)
{
	return (abilities & needed) == needed;
}

/* What the instance was made of: the record knows, else its mark; else today's wish is as good as
 * any. */
static const char *made_of(const struct subject *subject)
{
	const struct record *record = subject->slot->record;
	const struct instance *seen = subject->sighting->instance;
	bool is_its = record != NULL && g_strcmp0(record->instance_id, seen->id) == 0;

	if (is_its && record->fingerprint != NULL)
		return record->fingerprint;
	return seen->marks.spec != NULL ? seen->marks.spec : subject->tier->fingerprint;
}

static const char *made_as(const struct subject *subject)
{
	const struct record *record = subject->slot->record;
	const struct instance *seen = subject->sighting->instance;
	bool is_its = record != NULL && g_strcmp0(record->instance_id, seen->id) == 0;

	return is_its && record->uid != NULL ? record->uid : seen->marks.uid;
}

/* Whether the user asks for the size that was asked when it was made, as far as that is known. */
static bool is_size_asked_before(const struct tier *tier, const char *made_of)
{
	unsigned fields = fingerprint_diff(made_of, tier->fingerprint);

	return fingerprint_names(made_of, SPEC_SIZE) && (fields & (1U << SPEC_SIZE)) == 0;
}

/* A choice of the cloud's for amounts: it may be another one tomorrow. */
static bool is_size_chosen(const struct tier *tier)
{
	return tier->asked->name == NULL && tier->size.name != NULL;
}

/* Whether the marks shall say that the instance has the size that is asked now: a list must have
 * shown it. */
static bool is_size_new(const struct subject *subject, const struct change *change)
{
	const struct tier *tier = subject->tier;
	const struct vain *vains = subject->slot->vains;
	bool is_shown = vains == NULL || vains[VERB_RESIZE].ask == NULL;

	return change->wish.size != NULL && subject->cloud != NULL &&
	       subject->cloud->cloud != NULL && (change->drift & DRIFT_SIZE) == 0 && is_shown &&
	       !is_size_asked_before(tier, change->wish.spec) &&
	       (fingerprint_names(change->wish.spec, SPEC_SIZE) || is_size_chosen(tier));
}

/* Fills in what the marks shall say from now on; returns what the wish borrows then. */
static char *spec_renew(const struct subject *subject, struct change *change)
{
	char *spec = NULL;

	change->is_size_new = is_size_new(subject, change);
	if (change->is_size_new) {
		spec = fingerprint_with(change->wish.spec, SPEC_SIZE, subject->tier->fingerprint);
		change->wish.spec = spec;
	}
	return spec;
}

/* @change owns its spec from then on. */
static void change_find(const struct subject *subject, struct change *change)
{
	const struct tier *tier = subject->tier;
	const struct instance *seen = subject->sighting->instance;
	unsigned abilities = subject_abilities(subject);

	*change = (struct change){
		.wish = { .size = tier->size_problem == NULL ? &tier->size : NULL,
		          .is_by_word = tier->component->spec->size.name != NULL,
		          .labels = tier->component->spec->labels,
		          .member = subject->slot->key,
		          .uid = made_as(subject),
		          .spec = made_of(subject),
		          .is_protected = subject_is_protected(subject) },
	};
	if (is_size_chosen(tier) && is_size_asked_before(tier, change->wish.spec))
		change->wish.asked = tier->asked;
	change->drift = drift_find(&change->wish, seen);
	change->spec = spec_renew(subject, change);
	change->drift = drift_find(&change->wish, seen);
	if (!can(abilities, ABILITY_MARK))
		change->drift &= ~(unsigned)DRIFT_MARKS;
	if (!can(abilities, ABILITY_LABELS))
		change->drift &= ~(unsigned)DRIFT_LABELS;
	change->fields =
		fingerprint_diff(change->wish.spec, tier->fingerprint) & ~(1U << SPEC_SIZE);
	if (tier->image_problem != NULL)
		change->fields &= ~(1U << SPEC_IMAGE);
	if ((change->drift & DRIFT_LABELS) != 0 && !can(abilities, ABILITY_MARK))
		change->fields |= 1U << SPEC_LABELS;
}

/* An action of the subject, unless its cloud or its last failure holds it. */
static void action_judge(const struct subject *subject, struct verdict *verdict,
                         struct action *own_action)
{
	verdict->hold = gate_cloud(subject, own_action->kind);
	if (verdict->hold == NULL)
		verdict->hold = gate_failure(subject, own_action->kind, own_action->verb, NULL);
	if (verdict->hold == NULL)
		verdict->hold = gate_vain(subject, own_action->kind, own_action->verb);
	if (verdict->hold != NULL)
		action_free(own_action);
	else
		verdict->action = own_action;
}

static void move_judge(const struct subject *subject, struct verdict *verdict)
{
	const struct component *component = subject->slot->component;
	char *text = g_strdup_printf("is on %s, not on %s", subject->cloud_name, component->cloud);

	verdict->hold =
		hold_because(subject_hold(subject, HOLD_MOVE, ACTION_CREATE, text),
	                     "delete the instance and it is made there", &component->cloud_place);
}

/* What waits for the cloud to finish, by state; ACTION_KINDS: nothing. */
static const enum action_kind under_way[INSTANCE_STATES] = {
	[INSTANCE_UNKNOWN] = ACTION_KINDS, [INSTANCE_PENDING] = ACTION_START,
	[INSTANCE_RUNNING] = ACTION_KINDS, [INSTANCE_STOPPING] = ACTION_STOP,
	[INSTANCE_STOPPED] = ACTION_KINDS, [INSTANCE_DELETING] = ACTION_DESTROY,
	[INSTANCE_FAILED] = ACTION_KINDS,
};

static void repair_judge(const struct subject *subject, struct verdict *verdict)
{
	const char *fault = subject->sighting->instance->fault;
	g_autofree char *why = g_strdup_printf("failed%s%s", fault == NULL ? "" : ": ",
	                                       fault == NULL ? "" : fault);

	if (subject_is_protected(subject)) {
		verdict->hold = hold_because(subject_hold(subject, HOLD_PROTECTED, ACTION_DESTROY,
		                                          g_strdup("is protected: not replaced")),
		                             why, &subject->slot->component->protect_place);
		return;
	}
	struct action *action = subject_action(subject, ACTION_DESTROY, VERB_DESTROY);

	action->why = g_steal_pointer(&why);
	action->is_repair = true;
	action_judge(subject, verdict, action);
}

/* States in which nothing else is done; true when it was one of them. */
static bool state_judge(const struct subject *subject, struct verdict *verdict)
{
	enum instance_state state = subject->sighting->instance->state;

	if (state == INSTANCE_UNKNOWN) {
		verdict->hold = gate_unknown_state(subject, ACTION_MARK);
	} else if (state == INSTANCE_FAILED) {
		repair_judge(subject, verdict);
	} else if (under_way[state] != ACTION_KINDS) {
		verdict->hold = hold_because(
			subject_hold(subject, HOLD_PENDING, under_way[state],
		                     g_strdup_printf("%s on %s", instance_state_name(state),
		                                     subject->cloud_name)),
			"waits for the cloud", NULL);
	}
	return verdict->hold != NULL || verdict->action != NULL;
}

static struct hold *size_replace_hold(const struct subject *subject, const struct change *change)
{
	const struct instance *seen = subject->sighting->instance;
	bool shrinks = (change->drift & DRIFT_DISK_SHRINK) != 0;
	g_autofree char *size = change_size_text(shrinks ? DRIFT_DISK_SHRINK : change->drift,
	                                         change->wish.size, &seen->size);
	char *text =
		g_strdup_printf("%s: %s", size, shrinks ? "a disk cannot shrink" : "not in place");

	return hold_because(subject_hold(subject, HOLD_REPLACE, ACTION_RESIZE, text),
	                    "delete the instance and a new one is made",
	                    &subject->tier->component->spec->places[SPEC_SIZE]);
}

static void resize_make(const struct subject *subject, const struct change *change,
                        enum change_way way, struct verdict *verdict)
{
	const struct instance *seen = subject->sighting->instance;
	bool stops = way == CHANGE_RESTART && seen->state == INSTANCE_RUNNING;
	g_autofree char *size = change_size_text(change->drift, change->wish.size, &seen->size);
	struct action *action =
		subject_action(subject, ACTION_RESIZE, stops ? VERB_STOP : VERB_RESIZE);

	action->size = size_copy(change->wish.size);
	action->what = g_strdup_printf("%s, %s", size, way == CHANGE_LIVE ? "live" : "restart");
	action->why = g_strdup("size changed");
	if (subject->tier->component->spec->places[SPEC_SIZE].line != 0)
		action->place = subject->tier->component->spec->places[SPEC_SIZE];
	action_judge(subject, verdict, action);
}

/* A size that the cloud does not know matters only where what is there is not enough. */
static bool is_size_missed(const struct subject *subject)
{
	const struct tier *tier = subject->tier;
	const struct size *wanted = &tier->component->spec->size;
	bool is_known = subject->cloud != NULL && subject->cloud->is_up &&
	                (subject->cloud->catalog_sizes != NULL ||
	                 !can(subject_abilities(subject), ABILITY_CATALOG));

	return tier->size_problem != NULL && is_known &&
	       (wanted->name != NULL || !size_fits(wanted, &subject->sighting->instance->size));
}

/* Whether nothing else is done meanwhile: what needs another instance or another size, or a cloud
 * that heeds us, does not keep this one from being looked after. */
static bool resize_judge(const struct subject *subject, const struct change *change,
                         struct verdict *verdict)
{
	const struct record *record = subject->slot->record;
	const struct instance *seen = subject->sighting->instance;
	bool is_refused = record != NULL && record->fault == FAULT_UNSUPPORTED;

	if (is_size_missed(subject)) {
		verdict->hold =
			hold_because(subject_hold(subject, HOLD_SIZE, ACTION_RESIZE,
		                                  g_strdup(subject->tier->size_problem)),
		                     "size", &subject->tier->component->spec->places[SPEC_SIZE]);
		return false;
	}
	enum change_way way = change_size_way(change->drift, change->wish.size, seen,
	                                      subject_abilities(subject), is_refused);

	if (way == CHANGE_NONE)
		return false;
	verdict->hold = way == CHANGE_REPLACE ? size_replace_hold(subject, change)
	                                      : gate_vain(subject, ACTION_RESIZE, VERB_RESIZE);
	if (verdict->hold != NULL)
		return false;
	resize_make(subject, change, way, verdict);
	return true;
}

static bool is_our_stop(const struct slot *slot)
{
	return slot->done == VERB_STOP || slot->done == VERB_RESIZE;
}

/* Why it does not run, as far as anybody told us. */
static char *stop_text(const struct subject *subject)
{
	const char *fault = subject->sighting->instance->fault;

	if (is_our_stop(subject->slot))
		return g_strdup("stopped to be resized");
	return fault == NULL ? g_strdup("stopped by somebody")
	                     : g_strdup_printf("stopped: %s", fault);
}

static void start_judge(const struct subject *subject, struct verdict *verdict)
{
	if (!can(subject_abilities(subject), ABILITY_POWER)) {
		verdict->hold = hold_because(
			subject_hold(subject, HOLD_UNSUPPORTED, ACTION_START,
		                     g_strdup_printf("%s cannot start it", subject->cloud_name)),
			"needs the ability power", NULL);
		return;
	}
	struct action *action = subject_action(subject, ACTION_START, VERB_START);

	action->what = g_strdup_printf("on %s", subject->cloud_name);
	action->why = stop_text(subject);
	action_judge(subject, verdict, action);
}

static void mark_tell(const struct subject *subject, const struct change *change,
                      struct action *action)
{
	const struct component *component = subject->tier->component;
	g_autofree char *marks = drift_marks_text(change->drift);
	bool has_labels = (change->drift & DRIFT_LABELS) != 0;
	bool is_protection = (change->drift & (DRIFT_MARKS | DRIFT_LABELS)) == DRIFT_PROTECT;

	action->what = g_strdup_printf("%s%s%s", has_labels ? "labels" : "",
	                               has_labels && *marks != '\0' ? ", " : "", marks);
	if (has_labels) {
		action->why = g_strdup("labels changed");
		action->place = component->spec->places[SPEC_LABELS];
	} else if (change->is_size_new && (change->drift & DRIFT_MARKS) == DRIFT_SPEC) {
		action->why = g_strdup("has the size asked now");
		action->place = component->spec->places[SPEC_SIZE];
	} else if (is_protection) {
		action->why = g_strdup(change->wish.is_protected ? "protected" : "not protected");
		action->place = component->protect_place;
	} else {
		action->why = g_strdup("marks missing or changed");
	}
	if (action->place.line == 0)
		action->place = component->place;
}

static void mark_judge(const struct subject *subject, const struct change *change,
                       struct verdict *verdict)
{
	struct action *action = subject_action(subject, ACTION_MARK, VERB_MARK);

	action->uid = g_strdup(change->wish.uid);
	action->fingerprint = g_strdup(change->wish.spec);
	action->is_protected = change->wish.is_protected;
	mark_tell(subject, change, action);
	action_judge(subject, verdict, action);
}

static struct hold *replace_hold(const struct subject *subject, unsigned fields)
{
	const struct spec *spec = subject->tier->component->spec;
	g_autoptr(GString) text = g_string_new("");
	const struct place *place = NULL;

	for (unsigned field = 0; field < SPEC_FIELDS; field++) {
		if ((fields & (1U << field)) != 0) {
			g_string_append_printf(text, "%s%s", text->len == 0 ? "" : ", ",
			                       spec_field_name((enum spec_field)field));
			place = place == NULL ? &spec->places[field] : place;
		}
	}
	g_string_append(text, " changed: needs a new instance");
	return hold_because(subject_hold(subject, HOLD_REPLACE, ACTION_CREATE, g_strdup(text->str)),
	                    "delete the instance and a new one is made", place);
}

/* What has nothing to do with the size; a replacement is told beside an action, not instead. */
static void others_judge(const struct subject *subject, const struct change *change,
                         struct verdict *verdict)
{
	bool has_labels =
		(change->drift & DRIFT_LABELS) != 0 && (change->fields & (1U << SPEC_LABELS)) == 0;

	if (subject->sighting->instance->state == INSTANCE_STOPPED)
		start_judge(subject, verdict);
	else if ((change->drift & DRIFT_MARKS) != 0 || has_labels)
		mark_judge(subject, change, verdict);
	if (verdict->hold == NULL && change->fields != 0)
		verdict->hold = replace_hold(subject, change->fields);
}

void upkeep_judge(const struct subject *subject, struct verdict *verdict)
{
	struct change change;
	struct verdict others = { 0 };

	if (strcmp(subject->cloud_name, subject->slot->component->cloud) != 0) {
		move_judge(subject, verdict);
		return;
	}
	if (state_judge(subject, verdict))
		return;
	change_find(subject, &change);
	if (!resize_judge(subject, &change, verdict)) {
		others_judge(subject, &change, &others);
		verdict->action = others.action;
		if (verdict->hold == NULL)
			verdict->hold = others.hold;
		else
			hold_free(others.hold);
	}
	g_free(change.spec);
}
