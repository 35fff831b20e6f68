/* SPDX-License-Identifier: GPL-2.0-or-later */
/* subject - one slot with all that the rules ask about it, looked up once.
 *
 * Borrowed values; lives while its slot is judged. What the rules say of it is a verdict. */
#pragma once

#include "reconcile/plan/scene.h"

struct tier;

struct subject {
	const struct scene *scene;
	const struct slot *slot;
	const struct tier *tier;         /* NULL: the member is not desired */
	const struct sighting *sighting; /* the instance that counts; NULL: none is seen */
	const struct cloud_scene *cloud; /* where it is or shall be; NULL: not in the scene */
	const char *cloud_name;          /* NULL: nowhere */
};

/* At most one action, and what is held of the member and of its duplicates. Owns them. */
struct verdict {
	struct action *action;
	struct hold *hold;
	struct hold *duplicate;
};

/* The sighting of @slot that is its member's: the record's, else the oldest, then the smallest id;
 * NULL when there is none. */
const struct sighting *subject_sighting(const struct slot *slot);
/* Where in scene->clouds @name stands, by binary search; clouds_len when it does not. */
size_t subject_cloud_at(const struct scene *scene, const char *name);
/* The same as the cloud itself, or NULL. */
const struct cloud_scene *subject_cloud(const struct scene *scene, const char *name);
/* The abilities of the subject's cloud, or'ed; 0 when they are not known. */
unsigned subject_abilities(const struct subject *subject);
/* Whether the marks shall protect it: protection outlives its line until protect: false is
 * written. */
bool subject_is_protected(const struct subject *subject);

/* An action on the subject with cloud, instance and component filled in. */
struct action *subject_action(const struct subject *subject, enum action_kind kind, enum verb verb);
/* A hold of it; @own_text is consumed, @why may be NULL, @place may be NULL. */
struct hold *subject_hold(const struct subject *subject, enum hold_reason reason,
                          enum action_kind kind, char *own_text);
/* The same with where it comes from; returns @hold. */
struct hold *hold_because(struct hold *hold, const char *why, const struct place *place);
/* "40s", "9m41s", "2h5m": a time to wait, rounded up to what people read; freed by the caller. */
char *subject_wait_text(int64_t ms);
