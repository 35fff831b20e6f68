/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock - one process at a time writes a state directory.
 *
 * STATE/lock is held with flock for as long as it is open, so a crash frees it; it says who holds
 * it. The file stays: removing it would let two processes lock two files of one name. */
#pragma once

#include "reconcile/model/auto.h"

#include <stdbool.h>

struct lock;

/* FAULT_EXISTS names the process that holds it: its id, command and start.
 * @ret_unclean: the holder before did not close it. */
struct lock *lock_open(const char *state_dir, bool *ret_unclean, GError **error);
/* NULL is fine. */
void lock_close(struct lock *lock);

AUTO_DEFINE(lock, lock_close);
