/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stop is written down with its deadline before the guest is told, so that whoever works the
 * directory later can see it through.
 */
#include "connectors/qemu/stop.h"

#include "connectors/qemu/job.h"
#include "connectors/qemu/qmp.h"

#include <signal.h>
#include <unistd.h>

/* A guest that is still booting does not hear the button: it is pressed again, at growing
 * distances from the first to the last of these. */
#define PRESS_MIN_MS 250
#define PRESS_MAX_MS 4000

static void pressed(void *data, const json_t *returns, const GError *error)
{
	(void)data;
	(void)returns;
	/* A QEMU that ended in between is what was wanted; one that hangs is killed later. */
	(void)error;
}

static void power_press(const struct entry *entry)
{
	int fd = entry_open(entry, NULL);
	if (fd < 0)
		return;
	qmp_talk(fd, entry->vm->uuid, json_pack("[{ss}]", "execute", "system_powerdown"), pressed,
	         NULL);
	close(fd);
}

static gboolean stop_tick(gpointer data)
{
	struct entry *entry = data;
	entry->power_timer = 0;
	entry_look(entry);
	if (!entry->vm || !entry->process.pid || !entry->vm->is_stop_wanted)
		return G_SOURCE_REMOVE;
	int64_t left_ms = entry->vm->stop_by_ms - host_now_ms();
	if (left_ms <= 0) {
		entry_signal(entry, SIGKILL);
		return G_SOURCE_REMOVE;
	}
	power_press(entry);
	int64_t past_ms = entry->host->settings->stop_timeout_ms - left_ms;
	int64_t next_ms = CLAMP(past_ms, PRESS_MIN_MS, PRESS_MAX_MS);
	entry_set_timer(entry, MIN(next_ms, left_ms), stop_tick);
	return G_SOURCE_REMOVE;
}

void stop_go_on(struct entry *entry)
{
	stop_tick(entry);
}

void ask_stop(struct job *own_job)
{
	g_autoptr(GError) error = NULL;
	struct entry *entry = job_entry(own_job);
	if (!entry)
		return;
	struct vm *vm = entry->vm;
	bool is_needed = entry->process.pid && !vm->is_stop_wanted;
	if (is_needed)
		vm->stop_by_ms = host_now_ms() + entry->host->settings->stop_timeout_ms;
	/* Of a VM that ended by itself too: from now on that is as it should be. */
	vm->is_stop_wanted = true;
	vm_set_fault(vm, NULL);
	if (entry_save(entry, &error) && is_needed)
		stop_tick(entry);
	job_end(own_job, error);
}
