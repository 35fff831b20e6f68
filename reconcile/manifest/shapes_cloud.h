/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shapes_cloud - the types of values that describe a cloud. */
#pragma once

#include "reconcile/manifest/row.h"

extern const struct shape shape_settings;
extern const struct shape shape_credentials; /* of struct credential, by name */
extern const struct shape shape_images;      /* a word, or options, by our word */
extern const struct shape shape_sizes;       /* a word, or struct size_word, by our word */
extern const struct shape shape_limits;      /* into struct cloud_limits */
