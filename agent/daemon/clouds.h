/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clouds - a carrier for each cloud of the fleet, and the way of an ask to the right one.
 *
 * A cloud that is gone from the manifests keeps its carrier, on its last settings, for as long as
 * something of ours is there: so it can be emptied. */
#pragma once

#include "agent/daemon/carrier.h"

struct clouds;

/* Both are copied but for what they point to. */
struct clouds *clouds_new(const struct carrier_options *options,
                          const struct carrier_events *events);
/* Stops all at once. NULL is fine. */
void clouds_free(struct clouds *clouds);

/* Starts, replaces (a cloud whose pointer changed) and stops carriers. @is_needed tells whether a
 * cloud that is not in @fleet is still needed. */
void clouds_set_fleet(struct clouds *clouds, const struct fleet *fleet,
                      bool (*is_needed)(const char *cloud, void *data), void *data);
/* What the carrier of @cloud last said of itself. */
void clouds_set_up(struct clouds *clouds, const char *cloud, bool is_up);
/* Starts those anew that a reload can help: with credentials, which may have changed, or not up. */
void clouds_renew(struct clouds *clouds);
/* Carries @own_ask; false when there is no such cloud, and then it is freed. */
bool clouds_send(struct clouds *clouds, struct ask *own_ask);
/* How many have a carrier. */
size_t clouds_count(const struct clouds *clouds);

AUTO_DEFINE(clouds, clouds_free);
