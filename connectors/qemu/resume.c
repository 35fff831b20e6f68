/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that takes longer than an ask is written in the directory, and is taken up from there.
 */
#include "connectors/qemu/resume.h"

#include "connectors/qemu/destroy.h"
#include "connectors/qemu/stop.h"

static void entry_exited(struct entry *entry)
{
	if (entry->power_timer && (entry->is_deleting || entry->vm)) {
		g_source_remove(entry->power_timer);
		entry->power_timer = 0;
	}
	if (entry->is_deleting && !entry->is_busy)
		destroy_go_on(entry);
}

static void entry_resume(struct entry *entry)
{
	if (entry->is_deleting) {
		destroy_go_on(entry);
		return;
	}
	if (!entry->vm || entry->damage || !entry->process.pid)
		return;
	if (entry->vm->is_stop_wanted)
		stop_go_on(entry);
}

void resume_all(struct host *host)
{
	GHashTableIter iter;
	void *value;
	host->entry_exited = entry_exited;
	g_hash_table_iter_init(&iter, host->entries);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		entry_resume(value);
}
