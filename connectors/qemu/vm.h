/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vm - what is kept of one VM in its vm.json, and how that is read and written.
 *
 * The file is the truth: this struct is a copy of it, and whoever changes it saves it before the
 * change has an effect that outlives the program. */
#pragma once

#include "reconcile/model/auto.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vm_size {
	unsigned cpus;
	int64_t memory_bytes;
	int64_t disk_bytes; /* 0: as large as its image; no image: no disk */
};

/* A port of the guest and where it is on 127.0.0.1. */
struct vm_port {
	uint16_t port;
	uint16_t host_port;
};

struct vm {
	char *id;       /* the directory's name, and the instance's */
	char *uuid;     /* SMBIOS; unique to this creation */
	bool is_made;   /* false: its creation has not come to an end */
	json_t *marks;  /* as Muster wrote them */
	json_t *labels; /* likewise */
	json_t *image;  /* options as asked, for people */

	/* Resolved and absolute; NULL: none. */
	char *base;        /* the overlay's backing file */
	char *base_format; /* "qcow2" or "raw" */
	char *kernel;
	char *initrd;
	char *cmdline;
	bool has_disk;
	bool has_seed_disk; /* a guest that reads no disk is given the seed by fw_cfg alone */

	struct vm_size size;
	bool has_user_net;
	char **bridges; /* NULL-terminated, never NULL */
	struct vm_port *ports;
	size_t ports_len;
	int64_t created_at_ms;

	/* As it was last started. */
	unsigned live_cpus_max; /* 0: cannot grow */
	int64_t live_memory_max_bytes;
	unsigned dimms; /* memory modules plugged since */

	bool is_stop_wanted;
	int64_t stop_by_ms; /* wall clock; when a guest that does not obey is killed */
	char *fault;        /* what went wrong last; NULL: nothing */
};

/* The most modules that can be plugged between two starts. */
#define VM_DIMMS_MAX 8
#define VM_FILE "vm.json"

/* An empty VM of that id. */
struct vm *vm_new(const char *id);
/* NULL is fine. */
void vm_free(struct vm *vm);
/* Reads VM_FILE in @fd, the directory of @id. FAULT_INVALID says what is wrong with it. */
struct vm *vm_load(int fd, const char *id, GError **error);
/* Writes VM_FILE in @fd; durably once it is made, as until then losing it loses nothing. */
bool vm_save(const struct vm *vm, int fd, GError **error);
/* The uid that its marks carry; "" when none. */
const char *vm_uid(const struct vm *vm);
/* Sets what went wrong; NULL clears. */
void vm_set_fault(struct vm *vm, const char *fault);

AUTO_DEFINE(vm, vm_free);
