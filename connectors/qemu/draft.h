/* SPDX-License-Identifier: GPL-2.0-or-later */
/* draft - a VM as a create asks for it, checked, before anything of it is on the disk. */
#pragma once

#include "connectors/qemu/image.h"
#include "connectors/qemu/seed.h"
#include "connectors/qemu/vm.h"

struct draft {
	struct vm *vm;   /* may be stolen */
	const char *uid; /* of the order; borrowed from the params, "" when it has none */
	struct seed seed;
};

/* Fills in an empty @draft from the params of a create, which must outlive it.
 * FAULT_INVALID names what cannot be. */
bool draft_take(struct draft *draft, const json_t *params, GError **error);
/* Gives it the files of @image, which is emptied. FAULT_INVALID when they do not fit its size. */
bool draft_set_image(struct draft *draft, struct image *image, GError **error);
