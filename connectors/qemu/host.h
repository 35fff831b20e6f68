/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host - the directory of VMs: what is in it, which of them run, and word when one ends.
 *
 * Each VM is one directory, named by its id. ".new-ID" is one that was never finished and counts for
 * nothing; ".deleting-ID" is one on its way out. */
#pragma once

#include "connectors/qemu/process.h"
#include "connectors/qemu/settings.h"
#include "connectors/qemu/vm.h"

#include <glib.h>
#include <sys/stat.h>

#define HOST_NEW ".new-"
#define HOST_DELETING ".deleting-"
/* A creation that was left in the middle has failed after this. */
#define HOST_CREATE_MS 60000

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

struct host {
	struct settings *settings;
	int fd;              /* the directory */
	int lock_fd;         /* held while we work it */
	GHashTable *entries; /* id -> struct entry */
	GHashTable *fetches; /* sha256 -> struct fetch */
	/* The outside. */
	void (*changed)(void *data);
	void (*progress)(void *data, const char *text);
	void *data;
	/* What the power module does with an entry that is to go down; set by it. */
	void (*entry_exited)(struct entry *entry);
};

/* Makes and locks the directory of @own_settings; FAULT_CONFLICT names the process that has it. */
struct host *host_open(struct settings *own_settings, GError **error);
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

/* Its directory, opened; -1 with an error. */
int entry_open(const struct entry *entry, GError **error);
/* The absolute path of its directory; freed by the caller. */
char *entry_path(const struct entry *entry);
/* Looks whether its QEMU runs and watches it if so. */
void entry_look(struct entry *entry);
/* Writes its vm.json and remembers that we did. */
bool entry_save(struct entry *entry, GError **error);

AUTO_DEFINE(host, host_close);
