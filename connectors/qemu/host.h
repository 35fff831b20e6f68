/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host - the directory of VMs: what is in it, which of them run, and word when one ends.
 *
 * Each VM is one directory, named by its id. ".new-ID" is one that was never finished and counts
 * for nothing; ".deleting-ID" is one on its way out. */
#pragma once

#include "connectors/qemu/entry.h"
#include "connectors/qemu/settings.h"

#include <glib.h>

#define HOST_NEW ".new-"
#define HOST_DELETING ".deleting-"
/* A creation that was left in the middle has failed after this. */
#define HOST_CREATE_MS 60000
/* One that another process left has failed after this: only a QEMU that it started may still be at
 * work there. */
#define HOST_LEFTOVER_MS 5000

struct host {
	struct settings *settings;
	bool is_observing; /* beside another process that works the directory */
	int fd;            /* the directory */
	int lock_fd;       /* held while we work it */
	int64_t opened_at_ms;
	GHashTable *entries; /* id -> struct entry */
	GHashTable *fetches; /* sha256 -> struct fetch */
	/* The outside. */
	void (*changed)(void *data);
	void (*progress)(void *data, const char *text);
	void *data;
	/* Told when the QEMU of an entry has ended. */
	void (*entry_exited)(struct entry *entry);
};

/* Makes and locks the directory of @own_settings; FAULT_CONFLICT names the process that has it.
 * When @is_observing it is neither locked nor tidied, nor is anything in it written. */
struct host *host_open(struct settings *own_settings, bool is_observing, GError **error);
/* Stops watching; VMs run on. NULL is fine. No ask may be under way. */
void host_close(struct host *host);
/* Looks at the directory again: entries come and go, running QEMUs are watched. False when it
 * could not be read; the entries then stay as they were. */
bool host_scan(struct host *host, GError **error);
/* The VM of that id, or an error of class not-found. */
struct entry *host_find(struct host *host, const char *id, GError **error);
/* The VM that carries @uid as a mark, or NULL. */
struct entry *host_find_uid(struct host *host, const char *uid);
/* Takes the directory @folder as the VM @id into the table. */
struct entry *host_add(struct host *host, const char *id, const char *folder);
/* Drops @entry, whose directory is gone. */
void host_drop(struct entry *entry);
/* Wall clock in milliseconds. */
int64_t host_now_ms(void);

AUTO_DEFINE(host, host_close);
