/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings - what a cloud's manifest says to this connector, checked. */
#pragma once

#include "reconcile/model/auto.h"
#include "reconcile/model/setting_row.h"

#include <jansson.h>
#include <stdint.h>

enum accel {
	ACCEL_AUTO,
	ACCEL_KVM,
	ACCEL_TCG,
};

struct settings {
	char *directory;    /* absolute: one directory a VM */
	char *images;       /* absolute: where relative image paths start */
	char *cache;        /* absolute: downloaded images */
	enum accel accel;   /* never ACCEL_AUTO once parsed */
	bool is_code_split; /* memory may not be writable and executable at once */
	char *qemu;         /* programs: found on PATH unless they have a slash */
	char *qemu_img;
	int64_t stop_timeout_ms;
	int64_t memory_bytes; /* promised at most; 0: what the host has */
	int64_t reserve_bytes;
	unsigned cpus; /* promised at most; 0: the host's by overcommit */
	unsigned overcommit;
	unsigned live_cpus; /* how many times its size a VM may grow to while it runs; 1: none */
	unsigned live_memory;
};

/* All rows, ended by one without a name. */
extern const struct setting_row settings_rows[];

/* Checks @object (texts by name, as "open" carries them) against the rows, fills in fallbacks and
 * settles which accelerator this host has. FAULT_INVALID names the setting. */
struct settings *settings_parse(const json_t *object, GError **error);
/* NULL is fine. */
void settings_free(struct settings *settings);

AUTO_DEFINE(settings, settings_free);
