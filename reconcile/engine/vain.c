/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was asked for, beside what is shown. */
#include "reconcile/engine/vain.h"

#include "reconcile/engine/backoff.h"
#include "reconcile/engine/cloud.h"
#include "reconcile/engine/member.h"
#include "reconcile/engine/news.h"
#include "reconcile/plan/drift.h"
#include "reconcile/plan/gate.h"

void vain_expect(struct member *member, struct ask *own_ask)
{
	struct vain *vain;

	if (member->slot.vains == NULL)
		member->slot.vains = g_new0(struct vain, VERBS);
	vain = &member->slot.vains[own_ask->verb];
	if (vain->ask != NULL && g_strcmp0(vain->ask->instance_id, own_ask->instance_id) != 0)
		vain->asked = 0;
	ask_free(vain->ask);
	vain->ask = own_ask;
	vain->asked++;
	vain->retry_at_ms = 0;
}

static void vain_clear(struct vain *vain)
{
	ask_free(vain->ask);
	*vain = (struct vain){ 0 };
}

void vain_forget(struct member *member)
{
	for (int verb = 0; member->slot.vains != NULL && verb < VERBS; verb++)
		vain_clear(&member->slot.vains[verb]);
	g_clear_pointer(&member->slot.vains, g_free);
}

static unsigned marks_drift(const struct ask *ask, const struct seen *seen)
{
	struct wish wish = { .labels = ask->labels,
		             .member = ask->marks.member,
		             .uid = ask->marks.uid,
		             .spec = ask->marks.spec,
		             .is_protected = ask->marks.is_protected };
	unsigned drift = drift_find(&wish, seen->sighting.instance) & (DRIFT_MARKS | DRIFT_LABELS);

	return cloud_can(seen->cloud, ABILITY_LABELS) ? drift : drift & ~(unsigned)DRIFT_LABELS;
}

static bool is_shown(const struct ask *ask, const struct seen *seen)
{
	const struct instance *instance = seen->sighting.instance;
	struct wish wish = { .size = &ask->size, .is_by_word = true };

	switch (ask->verb) {
	case VERB_START:
		return instance->state != INSTANCE_STOPPED && instance->state != INSTANCE_STOPPING;
	case VERB_STOP:
		return instance->state != INSTANCE_RUNNING && instance->state != INSTANCE_PENDING;
	case VERB_RESIZE:
		return (drift_find(&wish, instance) & DRIFT_SIZE) == 0;
	case VERB_MARK:
		return marks_drift(ask, seen) == 0;
	case VERB_LIST:
	case VERB_CATALOG:
	case VERB_CREATE:
	case VERB_DESTROY:
	case VERBS:
		break;
	}
	g_assert_not_reached();
}

static void vain_tell(struct engine *engine, const struct seen *seen, const struct vain *vain,
                      int64_t now_ms)
{
	struct event *event = news_member(engine, EVENT_HOLD, seen->member, now_ms);

	event->before = g_strdup(verb_name(vain->ask->verb));
	event->after = g_strdup(hold_reason_name(HOLD_BACKOFF));
	event->text = gate_vain_text(vain, &seen->sighting);
}

void vain_judge(struct engine *engine, const struct seen *seen, int64_t now_ms)
{
	struct member *member = seen->member;
	bool is_empty = true;

	if (member == NULL || member->slot.vains == NULL ||
	    seen->sighting.instance->state == INSTANCE_UNKNOWN)
		return;
	for (int verb = 0; verb < VERBS; verb++) {
		struct vain *vain = &member->slot.vains[verb];

		if (vain->ask == NULL)
			continue;
		if (g_strcmp0(vain->ask->instance_id, seen->sighting.instance->id) == 0 &&
		    is_shown(vain->ask, seen)) {
			vain_clear(vain);
			member_touch(engine, member); /* the marks follow the size */
			continue;
		}
		is_empty = false;
		if (vain->retry_at_ms != 0 || member->slot.operation != NULL)
			continue;
		/* As slowly as for a quota: each try may cost the VM a restart. */
		vain->retry_at_ms =
			backoff_until_ms(FAULT_QUOTA, vain->asked, &engine->rand, now_ms);
		if (vain->asked == 1)
			vain_tell(engine, seen, vain, now_ms);
	}
	if (is_empty)
		vain_forget(member);
}
