/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settle - finding out about operations that may have had their effect. */
#pragma once

#include "reconcile/engine/state.h"

/* A complete list of @cloud that began at @began_ms was taken: closes what it tells about. What was
 * created is closed when its instance is seen; not to be seen proves something only after the
 * clocks of the cloud, and twice. */
void settle_by_list(struct engine *engine, struct cloud_state *cloud, int64_t began_ms,
                    int64_t now_ms);
/* From when on a list shows what @member's uncertain operation did, if it did it. */
int64_t settle_shown_ms(const struct cloud_state *cloud, const struct member *member);
