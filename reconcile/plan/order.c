/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who waits for whom. */
#include "reconcile/plan/order.h"

#include "reconcile/model/key.h"

#include <string.h>

void order_resolve(const struct tiers *tiers, struct tier *tier, const char *deployment)
{
	g_autoptr(GString) waits = g_string_new("");
	char *const *after = tier->component->after;

	for (size_t i = 0; after != NULL && after[i] != NULL; i++) {
		const struct tier *before = tiers_find_name(tiers, after[i], strlen(after[i]));

		if (before != NULL && before->ready < before->wanted) {
			g_string_append_printf(waits, "%s %s/%s (%zu of %zu ready)",
			                       waits->len == 0 ? "waits for" : ",", deployment,
			                       after[i], before->ready, before->wanted);
		}
	}
	if (waits->len > 0) {
		g_autofree char *names = g_strjoinv(", ", (char **)after);
		tier->after_why = g_strdup_printf("after: [%s]", names);
		tier->waits = g_strdup(waits->str);
	}
}

const struct tier *order_find_tier(const struct tiers *tiers, const char *key)
{
	struct key_parts parts;

	return key_split(key, &parts) ? tiers_find_name(tiers, parts.component, parts.component_len)
	                              : NULL;
}

bool order_is_whole(const struct tiers *tiers, const struct slot *slot)
{
	const struct tier *tier = order_find_tier(tiers, slot->key);

	return tier == NULL || tier->wanted == 0;
}

static unsigned slot_rank(const struct slot *slot)
{
	return slot->record == NULL ? 0 : slot->record->rank;
}

static bool slot_is_protected(const struct slot *slot)
{
	const struct sighting *sighting = subject_sighting(slot);

	return (slot->record != NULL && slot->record->is_protected) ||
	       (sighting != NULL && sighting->instance->marks.is_protected);
}

static char *component_text(const char *key)
{
	const char *member = strrchr(key, '/');

	return member == NULL ? g_strdup(key) : g_strndup(key, (size_t)(member - key));
}

static void leaving_count(struct leaving *leaving, const struct slot *slot)
{
	unsigned rank = slot_rank(slot);

	if (leaving->component != NULL && rank < leaving->rank)
		return;
	if (leaving->component == NULL || rank > leaving->rank) {
		g_free(leaving->component);
		*leaving = (struct leaving){ .rank = rank, .component = component_text(slot->key) };
	}
	leaving->left++;
	leaving->protected += slot_is_protected(slot);
}

void leaving_init(struct leaving *leaving, const struct tiers *tiers, const struct scene *scene)
{
	*leaving = (struct leaving){ 0 };
	for (size_t i = 0; i < scene->slots_len; i++) {
		const struct slot *slot = scene->slots[i];

		if (slot->component == NULL && slot_is_present(slot) && order_is_whole(tiers, slot))
			leaving_count(leaving, slot);
	}
}

void leaving_clear(struct leaving *leaving)
{
	g_free(leaving->component);
	*leaving = (struct leaving){ 0 };
}

struct hold *order_hold(const struct leaving *leaving, const struct tiers *tiers,
                        const struct subject *subject)
{
	if (leaving->component == NULL || slot_rank(subject->slot) >= leaving->rank ||
	    !order_is_whole(tiers, subject->slot))
		return NULL;
	char *text =
		leaving->protected == 0
			? g_strdup_printf("waits until %s is gone (%zu left)", leaving->component,
	                                  leaving->left)
			: g_strdup_printf("waits until %s is gone (%zu left, %zu protected)",
	                                  leaving->component, leaving->left, leaving->protected);

	return hold_because(subject_hold(subject, HOLD_ORDER, ACTION_DESTROY, text),
	                    "removal goes in reverse of after", NULL);
}
