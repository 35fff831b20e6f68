/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks in the order in which their reasons help: what only the manifest can mend comes first. */
#include "reconcile/plan/creation.h"

#include "reconcile/plan/gate.h"
#include "reconcile/plan/values.h"

static bool asks_user_data(const struct spec *spec)
{
	return spec->user_data != NULL;
}

static bool asks_ssh_keys(const struct spec *spec)
{
	return spec->ssh_keys != NULL && spec->ssh_keys[0] != NULL;
}

static bool asks_networks(const struct spec *spec)
{
	return spec->networks != NULL && spec->networks[0] != NULL;
}

static bool asks_firewall(const struct spec *spec)
{
	return spec->openings_len > 0;
}

static const struct {
	enum spec_field field;
	enum ability ability;
	bool (*is_asked)(const struct spec *spec);
} needs[] = {
	{ SPEC_USER_DATA, ABILITY_USER_DATA, asks_user_data },
	{ SPEC_SSH_KEYS, ABILITY_SSH_KEYS, asks_ssh_keys },
	{ SPEC_NETWORKS, ABILITY_NETWORKS, asks_networks },
	{ SPEC_FIREWALL, ABILITY_FIREWALL, asks_firewall },
};

void creations_init(struct creations *creations, const struct scene *scene)
{
	creations->by_cloud = g_new0(unsigned, scene->clouds_len);
}

void creations_clear(struct creations *creations)
{
	g_clear_pointer(&creations->by_cloud, g_free);
}

static struct hold *lack_hold(const struct subject *subject)
{
	const struct spec *spec = subject->tier->component->spec;
	unsigned abilities = subject_abilities(subject);

	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
		if (!needs[i].is_asked(spec) || (abilities & (unsigned)needs[i].ability) != 0)
			continue;
		g_autofree char *why =
			g_strdup_printf("needs the ability %s", ability_name(needs[i].ability));
		char *text = g_strdup_printf("%s cannot do %s", subject->cloud_name,
		                             spec_field_name(needs[i].field));

		return hold_because(subject_hold(subject, HOLD_UNSUPPORTED, ACTION_CREATE, text),
		                    why, &spec->places[needs[i].field]);
	}
	return NULL;
}

static struct hold *word_hold(const struct subject *subject)
{
	const struct tier *tier = subject->tier;
	const struct spec *spec = tier->component->spec;

	if (tier->image_problem != NULL) {
		return hold_because(subject_hold(subject, HOLD_IMAGE, ACTION_CREATE,
		                                 g_strdup(tier->image_problem)),
		                    "image", &spec->places[SPEC_IMAGE]);
	}
	if (tier->size_problem != NULL) {
		return hold_because(subject_hold(subject, HOLD_SIZE, ACTION_CREATE,
		                                 g_strdup(tier->size_problem)),
		                    "size", &spec->places[SPEC_SIZE]);
	}
	return NULL;
}

static struct hold *after_hold(const struct subject *subject)
{
	const struct tier *tier = subject->tier;

	if (tier->waits == NULL)
		return NULL;
	return hold_because(subject_hold(subject, HOLD_AFTER, ACTION_CREATE, g_strdup(tier->waits)),
	                    tier->after_why, &tier->component->after_place);
}

/* The user data goes to @ret_user_data, or a hold is returned. */
static struct hold *template_hold(const struct subject *subject, char **ret_user_data)
{
	const struct tier *tier = subject->tier;
	const struct spec *spec = tier->component->spec;
	const char *missing = tier->missing;

	*ret_user_data = NULL;
	if (spec->user_data == NULL)
		return NULL;
	*ret_user_data = tier->has_user_data ? g_strdup(tier->user_data)
	                                     : values_resolve(subject->scene, tier->component,
	                                                      subject->slot->key, &missing);
	if (*ret_user_data != NULL)
		return NULL;
	g_autofree char *why = g_strdup_printf("userData: ${%s}", missing);

	return hold_because(subject_hold(subject, HOLD_TEMPLATE, ACTION_CREATE,
	                                 values_missing_text(missing, subject->scene->name)),
	                    why, &spec->places[SPEC_USER_DATA]);
}

/* Takes one of the cloud's instances, or says that there is none left. */
static struct hold *limit_hold(struct creations *creations, const struct subject *subject)
{
	const struct cloud_scene *cloud = subject->cloud;
	unsigned *made = &creations->by_cloud[subject_cloud_at(subject->scene, cloud->name)];
	unsigned limit = cloud->cloud->limits.instances;

	if (limit == 0 || cloud->instances + *made < limit) {
		(*made)++;
		return NULL;
	}
	char *text = g_strdup_printf("%s is at its limit of %u instance%s", cloud->name, limit,
	                             limit == 1 ? "" : "s");

	return hold_because(subject_hold(subject, HOLD_INSTANCES_LIMIT, ACTION_CREATE, text),
	                    "limits.instances", &cloud->cloud->place);
}

/* An earlier attempt's uid is a token only where the cloud takes it for one, and for the same
 * wish. */
static const char *uid_again(const struct subject *subject)
{
	const struct record *record = subject->slot->record;
	unsigned replays = subject_abilities(subject) & (ABILITY_TOKEN | ABILITY_UNIQUE_NAME);

	if (record == NULL || record->instance_id != NULL || replays == 0 ||
	    g_strcmp0(record->cloud, subject->cloud_name) != 0 ||
	    g_strcmp0(record->fingerprint, subject->tier->fingerprint) != 0)
		return NULL;
	return record->uid;
}

static void why_tell(const struct subject *subject, struct action *action)
{
	const struct record *record = subject->slot->record;
	const struct tier *tier = subject->tier;
	bool was_made = record != NULL && record->created_at_ms != 0;

	if (was_made && record->fault != FAULT_NONE) {
		action->why = g_strdup_printf("attempt %u, after %s", record->attempts + 1,
		                              fault_name(record->fault));
	} else if (was_made && record->uid == NULL) {
		action->why = g_strdup("vanished");
	} else if (tier->count_why != NULL) {
		action->why = g_strdup(tier->count_why);
		if (tier->component->count_place.line != 0)
			action->place = tier->component->count_place;
	} else {
		action->why = g_strdup("new");
	}
}

static struct action *creation_make(const struct subject *subject, char *own_user_data)
{
	const struct tier *tier = subject->tier;
	struct action *action = subject_action(subject, ACTION_CREATE, VERB_CREATE);

	action->uid = g_strdup(uid_again(subject));
	action->what = g_strdup(tier->what);
	action->size = size_copy(&tier->size);
	action->user_data = own_user_data;
	action->fingerprint = g_strdup(tier->fingerprint);
	action->is_protected = subject_is_protected(subject);
	why_tell(subject, action);
	return action;
}

/* What holds the creation but templates and the limit, which count for each member. */
static struct hold *creation_hold(const struct subject *subject)
{
	struct hold *hold = gate_cloud(subject, ACTION_CREATE);

	if (hold == NULL)
		hold = lack_hold(subject);
	if (hold == NULL)
		hold = word_hold(subject);
	if (hold == NULL) {
		hold = gate_failure(subject, ACTION_CREATE, VERB_CREATE,
		                    subject->tier->fingerprint);
	}
	return hold != NULL ? hold : after_hold(subject);
}

void creation_judge(struct creations *creations, const struct subject *subject,
                    struct verdict *verdict)
{
	g_autofree char *user_data = NULL;

	verdict->hold = creation_hold(subject);
	if (verdict->hold == NULL)
		verdict->hold = template_hold(subject, &user_data);
	if (verdict->hold == NULL)
		verdict->hold = limit_hold(creations, subject);
	if (verdict->hold == NULL)
		verdict->action = creation_make(subject, g_steal_pointer(&user_data));
}
