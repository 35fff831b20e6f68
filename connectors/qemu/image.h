/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image - what a manifest says of an image, as files of this host. */
#pragma once

#include "connectors/qemu/host.h"

struct image {
	char *base;         /* a disk's backing file; NULL: none */
	char *format;       /* of base: "qcow2" or "raw" */
	int64_t disk_bytes; /* the disk's size as the guest sees it */
	char *kernel;       /* booted directly; NULL: the disk boots */
	char *initrd;
	char *cmdline;
};

/* Finds the files that @options (texts by name) speak of. FAULT_TRANSIENT while one is being
 * fetched, with how far; FAULT_INVALID names what is missing or wrong. */
struct image *image_resolve(struct host *host, const json_t *options, GError **error);
/* NULL is fine. */
void image_free(struct image *image);

AUTO_DEFINE(image, image_free);
