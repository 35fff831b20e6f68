/* SPDX-License-Identifier: GPL-2.0-or-later */
/* backoff - how long to leave something alone after it failed, by class of failure. */
#pragma once

#include "reconcile/engine/rand.h"
#include "reconcile/model/fault.h"

#include <stdint.h>

/* The wait before the next try after @attempts failures (from 1) of class @fault: it doubles each
 * time up to the class's longest, then between half of it and all of it by lot. INT64_MAX: time
 * alone does not help. */
int64_t backoff_delay_ms(enum fault fault, unsigned attempts, struct rand *rand);
/* @now_ms after that wait, without overflow. */
int64_t backoff_until_ms(enum fault fault, unsigned attempts, struct rand *rand, int64_t now_ms);
