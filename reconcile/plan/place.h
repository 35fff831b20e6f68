/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place - which size of a cloud a member gets.
 *
 * A word is what the cloud's manifest says of it, else a type of the catalogue. Amounts are taken
 * as they are where the cloud has no types; else the cheapest that fits, or the smallest where no
 * price is known. Costs one walk over words and catalogue: done once for a component. */
#pragma once

#include "reconcile/plan/scene.h"

/* What @want asks for on @cloud (NULL: not known): the amounts that the cloud's manifest says of a
 * word, or @want itself; borrowed. */
const struct size *place_asked(const struct cloud_scene *cloud, const struct size *want);
/* What of @cloud serves @want; name is the provider's type. To be cleared with size_clear. False
 * when nothing does: then *ret_text says why, for people, freed by the caller. */
bool place_choose(const struct cloud_scene *cloud, const struct size *want, struct size *ret_size,
                  char **ret_text);
