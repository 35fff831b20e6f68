/* SPDX-License-Identifier: GPL-2.0-or-later */
/* heap - gives memory back that a burst of work leaves free.
 *
 * glibc's allocator raises its thresholds after large blocks and then keeps what was freed: after
 * 100,000 creations that is a fifth of the process. */
#pragma once

#include <stddef.h>

/* Keeps glibc from raising its thresholds; once, before anything large. */
void heap_init(void);
/* Tells of @rows written by a pass; @work counts them since the heap was last tidied, which happens
 * when a pass writes nothing after a burst. */
void heap_settle(size_t *work, size_t rows);
