/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which way a size can be changed, and how that reads. */
#include "reconcile/plan/change.h"

#include "reconcile/model/quantity.h"

static bool can(unsigned abilities, unsigned needed)
{
	return (abilities & needed) == needed;
}

static bool grows_within(int64_t wanted, int64_t seen, int64_t max)
{
	return wanted == 0 || wanted == seen || (wanted > seen && wanted <= max);
}

static bool is_live_possible(unsigned drift, const struct size *wanted, const struct instance *seen)
{
	bool is_memory_same = (drift & DRIFT_MEMORY) == 0;
	bool is_known =
		(drift & DRIFT_TYPE) == 0 || (wanted->cpus != 0 && wanted->memory_bytes != 0);

	return is_known && (drift & DRIFT_DISK) == 0 &&
	       grows_within(wanted->cpus, seen->size.cpus, seen->live_cpus_max) &&
	       (is_memory_same || grows_within(wanted->memory_bytes, seen->size.memory_bytes,
	                                       seen->live_memory_max_bytes));
}

enum change_way change_size_way(unsigned drift, const struct size *wanted,
                                const struct instance *seen, unsigned abilities, bool is_refused)
{
	bool is_running = seen->state == INSTANCE_RUNNING;

	if ((drift & DRIFT_SIZE) == 0)
		return CHANGE_NONE;
	if ((drift & DRIFT_DISK_SHRINK) != 0)
		return CHANGE_REPLACE;
	bool is_live = can(abilities, ABILITY_LIVE_RESIZE) && !is_refused &&
	               is_live_possible(drift, wanted, seen);

	if (is_live && is_running)
		return CHANGE_LIVE;
	if (can(abilities, ABILITY_RESIZE) && (!is_running || can(abilities, ABILITY_POWER)))
		return CHANGE_RESTART;
	return is_live ? CHANGE_NONE : CHANGE_REPLACE;
}

static void bytes_append(GString *text, const char *before, int64_t from, int64_t to)
{
	g_autofree char *old = quantity_format_bytes(from);
	g_autofree char *new = quantity_format_bytes(to);

	g_string_append_printf(text, "%s%s%s → %s", text->len == 0 ? "" : ", ", before, old, new);
}

char *change_size_text(unsigned drift, const struct size *wanted, const struct size *seen)
{
	g_autoptr(GString) text = g_string_new("");

	if ((drift & DRIFT_TYPE) != 0) {
		g_string_append_printf(text, "%s → %s", seen->name, wanted->name);
		drift &= ~(unsigned)(DRIFT_CPUS | DRIFT_MEMORY);
	}
	if ((drift & DRIFT_CPUS) != 0) {
		g_string_append_printf(text, "%u → %u cpu%s", seen->cpus, wanted->cpus,
		                       wanted->cpus == 1 ? "" : "s");
	}
	if ((drift & DRIFT_MEMORY) != 0)
		bytes_append(text, "", seen->memory_bytes, wanted->memory_bytes);
	if ((drift & (DRIFT_DISK | DRIFT_DISK_SHRINK)) != 0)
		bytes_append(text, "disk ", seen->disk_bytes, wanted->disk_bytes);
	return g_strdup(text->str);
}
