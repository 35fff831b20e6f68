/* SPDX-License-Identifier: GPL-2.0-or-later */
/* references - names in one document that must be found in another. */
#pragma once

#include "reconcile/manifest/source.h"

/* Appends to the findings of @source what the components of @deployment name and @fleet's clouds do
 * not have: the cloud itself (unless @is_partial: others may have it), the image, the size. */
void references_check(struct source *source, const struct deployment *deployment,
                      const struct fleet *fleet, bool is_partial);
