/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entry - one VM's directory: its record in memory, and the QEMU that runs or does not. */
#pragma once

#include "connectors/qemu/process.h"
#include "connectors/qemu/vm.h"

#include <glib.h>
#include <sys/stat.h>

struct host;

/* One VM's directory. */
struct entry {
	struct host *host;
	char *id;
	char *folder;            /* its name now: the id, or HOST_DELETING and the id */
	struct vm *vm;           /* as last understood; NULL: never */
	char *damage;            /* why it is not understood now; NULL: it is */
	struct timespec file_at; /* of vm.json when it was read */
	ino_t file_number;
	struct process process; /* as of the last look */
	bool is_deleting;
	bool is_busy; /* an ask is at work on it */
	bool is_seen; /* by the scan under way */
	int pidfd;    /* of the QEMU that runs, watched; -1: none */
	guint exit_watch;
	guint power_timer; /* of a stop, or of a destruction */
};

/* An entry of @host for the directory @folder of the VM @id; nothing is read yet. */
struct entry *entry_new(struct host *host, const char *id, const char *folder);
/* Stops watching; the VM runs on. Takes a struct entry. */
void entry_free(void *entry);
/* Reads what has changed in its directory and looks whether its QEMU runs. */
void entry_refresh(struct entry *entry);
/* Its directory, opened; -1 with an error. */
int entry_open(const struct entry *entry, GError **error);
/* The absolute path of its directory; freed by the caller. */
char *entry_path(const struct entry *entry);
/* Looks whether its QEMU runs and watches it if so. */
void entry_look(struct entry *entry);
/* Writes its vm.json and remembers that we did. */
bool entry_save(struct entry *entry, GError **error);
/* Sends @signal to its QEMU, if one runs. */
void entry_signal(const struct entry *entry, int signal);
/* Calls @function with the entry after @delay_ms, instead of what was to be called before. */
void entry_set_timer(struct entry *entry, int64_t delay_ms, GSourceFunc function);
