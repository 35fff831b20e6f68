/* SPDX-License-Identifier: GPL-2.0-or-later */
/* download - one file from the network onto the disk, verified. Blocking: for a thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct download {
	char *url;
	char *sha256; /* lower case */
	char *path;   /* where it is once it is whole and right */
	char *part;   /* where it is until then */
	GMutex lock;  /* the two below: another thread may read them */
	int64_t done_bytes;
	int64_t total_bytes; /* 0: not known yet */
};

/* Loads the file, going on where an earlier try ended. FAULT_INVALID for what is not there or has
 * another sum, FAULT_CAPACITY for a full disk, else FAULT_TRANSIENT. */
bool download_run(struct download *download, GError **error);
