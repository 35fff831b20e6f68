/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The good version is kept as text and decoded again only when it is needed: mostly it never is. */
#include "reconcile/manifest/claim.h"

#include "reconcile/model/key.h"

#include <string.h>

struct claim *claim_new(enum kind_id kind, const char *name)
{
	struct claim *claim = g_new0(struct claim, 1);

	claim->kind = kind;
	claim->name = g_strdup(name);
	claim->entries = g_ptr_array_new();
	return claim;
}

static void stale_clear(struct claim *claim)
{
	if (claim->stale != NULL)
		kinds[claim->kind].free(claim->stale);
	claim->stale = NULL;
	g_clear_pointer(&claim->why_stale, g_free);
}

void claim_free(struct claim *claim)
{
	stale_clear(claim);
	g_free(claim->name);
	g_ptr_array_unref(claim->entries);
	g_clear_pointer(&claim->good_text, g_ref_string_release);
	g_clear_pointer(&claim->findings, g_ptr_array_unref);
	g_free(claim);
}

int claim_compare(const void *a, const void *b)
{
	return key_compare((*(const struct claim *const *)a)->name,
	                   (*(const struct claim *const *)b)->name);
}

void claim_set_good(struct claim *claim, const char *text, const char *file, uint32_t line)
{
	bool is_same = claim->good_text == text || g_strcmp0(claim->good_text, text) == 0;

	if (is_same && claim->good_file == file && claim->good_line == line)
		return;
	g_clear_pointer(&claim->good_text, g_ref_string_release);
	claim->good_text = g_ref_string_acquire((char *)text);
	claim->good_file = file;
	claim->good_line = line;
	claim->is_changed = true;
	stale_clear(claim);
}

void claim_drop_good(struct claim *claim)
{
	if (claim->good_text != NULL) {
		g_clear_pointer(&claim->good_text, g_ref_string_release);
		claim->is_changed = true;
		stale_clear(claim);
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

void *claim_stale(struct claim *claim, const struct manifest_limits *limits, const char *why)
{
	if (claim->good_text == NULL)
		return NULL;
	if (claim->stale != NULL && g_str_equal(claim->why_stale, why))
		return claim->stale;
	struct piece piece = { claim->good_text, strlen(claim->good_text), claim->good_line };
	struct yaml_usage usage = { 0 };
	autoptr(entry) entry = entry_new(claim->good_file, &piece, limits, &usage);

	stale_clear(claim);
	if (entry->object == NULL || entry->kind != claim->kind)
		return NULL; /* a text that an earlier version of the program took */
	claim->stale = g_steal_pointer(&entry->object);
	claim->why_stale = g_strdup(why);
	stale_flag(claim->kind, claim->stale, why);
	return claim->stale;
}

static void twice_find(struct claim *claim, const struct manifest_limits *limits, guint i)
{
	const struct entry *entry = claim->entries->pdata[i];
	const struct entry *other = claim->entries->pdata[i == 0 ? 1 : 0];
	struct source source = entry_source(entry, limits, claim->findings);
	char *text = g_strdup_printf("%s \"%s\" is here twice; the other is at %s:%u:%u",
	                             kinds[claim->kind].name, claim->name, other->file,
	                             other->name_place.line, other->name_place.column);
	struct finding *finding =
		source_find_at(&source, entry->name_place.line, entry->name_place.column, text);

	if (finding != NULL)
		finding->also = other->name_place;
}

bool claim_check_single(struct claim *claim, const struct manifest_limits *limits)
{
	if (claim->entries->len < 2)
		return false;
	g_clear_pointer(&claim->findings, g_ptr_array_unref);
	claim->findings = finding_array_new();
	claim->checked = NULL;
	for (guint i = 0; i < claim->entries->len; i++)
		twice_find(claim, limits, i);
	return true;
}
