/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deletion - one destruction that was begun, remembered for the deletion budget's window. */
#pragma once

#include "reconcile/model/auto.h"

#include <stdint.h>

struct deletion {
	int64_t at_ms;
	char *key;
	char *cloud;
};

/* One deletion for the budget; owned by the caller, strings copied. */
struct deletion *deletion_new(int64_t at_ms, const char *key, const char *cloud);
/* NULL is fine. */
void deletion_free(struct deletion *deletion);

AUTO_DEFINE(deletion, deletion_free);
