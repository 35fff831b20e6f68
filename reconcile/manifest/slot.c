/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The good version is kept as text and decoded again only when it is needed: mostly it never is. */
#include "reconcile/manifest/slot.h"

#include "reconcile/model/key.h"

#include <string.h>

struct slot *slot_new(enum kind_id kind, const char *name)
{
	struct slot *slot = g_new0(struct slot, 1);

	slot->kind = kind;
	slot->name = g_strdup(name);
	slot->entries = g_ptr_array_new();
	return slot;
}

static void stale_clear(struct slot *slot)
{
	if (slot->stale != NULL) {
		kinds[slot->kind].free(slot->stale);
	}
	slot->stale = NULL;
	g_clear_pointer(&slot->why_stale, g_free);
}

void slot_free(struct slot *slot)
{
	stale_clear(slot);
	g_free(slot->name);
	g_ptr_array_unref(slot->entries);
	g_clear_pointer(&slot->good_text, g_ref_string_release);
	g_clear_pointer(&slot->findings, g_ptr_array_unref);
	g_free(slot);
}

int slot_compare(const void *a, const void *b)
{
	return key_compare((*(const struct slot *const *)a)->name,
	                   (*(const struct slot *const *)b)->name);
}

void slot_set_good(struct slot *slot, const char *text, const char *file, uint32_t line)
{
	if (g_strcmp0(slot->good_text, text) == 0 && slot->good_file == file &&
	    slot->good_line == line) {
		return;
	}
	g_clear_pointer(&slot->good_text, g_ref_string_release);
	slot->good_text = g_ref_string_acquire((char *)text);
	slot->good_file = file;
	slot->good_line = line;
	slot->is_changed = true;
	stale_clear(slot);
}

void slot_drop_good(struct slot *slot)
{
	if (slot->good_text != NULL) {
		g_clear_pointer(&slot->good_text, g_ref_string_release);
		slot->is_changed = true;
		stale_clear(slot);
	}
}

static void stale_flag(enum kind_id kind, void *object, const char *why)
{
	switch (kind) {
	case KIND_CLOUD:
		((struct cloud *)object)->is_stale = true;
		((struct cloud *)object)->why_stale = g_strdup(why);
		break;
	case KIND_DEPLOYMENT:
		((struct deployment *)object)->is_stale = true;
		((struct deployment *)object)->why_stale = g_strdup(why);
		break;
	case KINDS:
		g_assert_not_reached();
	}
}

void *slot_stale(struct slot *slot, const struct manifest_limits *limits, const char *why)
{
	if (slot->good_text == NULL) {
		return NULL;
	}
	if (slot->stale != NULL && g_str_equal(slot->why_stale, why)) {
		return slot->stale;
	}
	struct piece piece = { slot->good_text, strlen(slot->good_text), slot->good_line };
	struct yaml_usage usage = { 0 };
	autoptr(entry) entry = entry_new(slot->good_file, &piece, limits, &usage);

	stale_clear(slot);
	if (entry->object == NULL || entry->kind != slot->kind) {
		return NULL; /* a text that an earlier version of the program took */
	}
	slot->stale = g_steal_pointer(&entry->object);
	slot->why_stale = g_strdup(why);
	stale_flag(slot->kind, slot->stale, why);
	return slot->stale;
}

static void finding_free_cb(void *finding)
{
	finding_free(finding);
}

static void twice_find(struct slot *slot, const struct manifest_limits *limits, guint i)
{
	const struct entry *entry = slot->entries->pdata[i];
	const struct entry *other = slot->entries->pdata[i == 0 ? 1 : 0];
	struct source source = entry_source(entry, limits, slot->findings);
	char *text = g_strdup_printf("%s \"%s\" is here twice; the other is at %s:%u:%u",
	                             kinds[slot->kind].name, slot->name, other->file,
	                             other->name_place.line, other->name_place.column);
	struct finding *finding =
		source_find_at(&source, entry->name_place.line, entry->name_place.column, text);

	if (finding != NULL) {
		finding->also = other->name_place;
	}
}

bool slot_check_single(struct slot *slot, const struct manifest_limits *limits)
{
	if (slot->entries->len < 2) {
		return false;
	}
	g_clear_pointer(&slot->findings, g_ptr_array_unref);
	slot->findings = g_ptr_array_new_with_free_func(finding_free_cb);
	slot->checked = NULL;
	for (guint i = 0; i < slot->entries->len; i++) {
		twice_find(slot, limits, i);
	}
	return true;
}
