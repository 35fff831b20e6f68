/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One comparison for each thing that can differ. */
#include "reconcile/plan/drift.h"

#include <string.h>

static const int64_t memory_unit_bytes = INT64_C(1) << 20;
static const int64_t disk_unit_bytes = INT64_C(1) << 30;

static const struct {
	unsigned drift;
	const char *name;
} marks[] = {
	{ DRIFT_MEMBER, "member" },
	{ DRIFT_UID, "uid" },
	{ DRIFT_SPEC, "spec" },
	{ DRIFT_PROTECT, "protect" },
};

static unsigned disk_drift(int64_t wanted, int64_t seen)
{
	if (wanted == 0 || seen == 0 || wanted == seen)
		return 0;
	if (seen < wanted)
		return DRIFT_DISK;
	return seen - wanted < disk_unit_bytes ? 0 : DRIFT_DISK_SHRINK;
}

static unsigned amounts_drift(const struct size *wanted, const struct size *seen)
{
	unsigned drift = disk_drift(wanted->disk_bytes, seen->disk_bytes);

	if (wanted->cpus != 0 && seen->cpus != 0 && wanted->cpus != seen->cpus)
		drift |= DRIFT_CPUS;
	if (wanted->memory_bytes != 0 && seen->memory_bytes != 0 &&
	    ABS(wanted->memory_bytes - seen->memory_bytes) >= memory_unit_bytes)
		drift |= DRIFT_MEMORY;
	return drift;
}

/* What is not observed is taken to be enough. */
static bool has_amounts(const struct size *seen, const struct size *asked)
{
	return (seen->cpus == 0 || seen->cpus >= asked->cpus) &&
	       (seen->memory_bytes == 0 ||
	        asked->memory_bytes - seen->memory_bytes < memory_unit_bytes) &&
	       (seen->disk_bytes == 0 || seen->disk_bytes >= asked->disk_bytes);
}

/* A type's disk goes with the type, so only another type can make a drift of it. */
static unsigned size_drift(const struct wish *wish, const struct size *seen)
{
	const struct size *wanted = wish->size;

	if (wanted == NULL || (wish->asked != NULL && has_amounts(seen, wish->asked)))
		return 0;
	if (wanted->name == NULL || seen->name == NULL)
		return amounts_drift(wanted, seen);
	if (strcmp(wanted->name, seen->name) == 0)
		return 0;
	unsigned drift = amounts_drift(wanted, seen);

	return wish->is_by_word || drift != 0 ? drift | DRIFT_TYPE : 0;
}

static unsigned text_drift(const char *wanted, const char *seen, enum drift drift)
{
	return wanted != NULL && g_strcmp0(wanted, seen) != 0 ? drift : 0;
}

unsigned drift_find(const struct wish *wish, const struct instance *seen)
{
	return size_drift(wish, &seen->size) |
	       text_drift(wish->member, seen->marks.member, DRIFT_MEMBER) |
	       text_drift(wish->uid, seen->marks.uid, DRIFT_UID) |
	       text_drift(wish->spec, seen->marks.spec, DRIFT_SPEC) |
	       (wish->is_protected != seen->marks.is_protected ? DRIFT_PROTECT : 0) |
	       (pairs_equal(wish->labels, seen->labels) ? 0 : DRIFT_LABELS);
}

char *drift_marks_text(unsigned drift)
{
	g_autoptr(GString) text = g_string_new("");

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		if ((drift & marks[i].drift) != 0) {
			g_string_append_printf(text, "%s%s", text->len == 0 ? "" : ", ",
			                       marks[i].name);
		}
	}
	return g_strdup(text->str);
}
