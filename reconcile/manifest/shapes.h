/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shapes - the types of values that several tables of rows use. */
#pragma once

#include "reconcile/manifest/row.h"

extern const struct shape shape_name; /* of a cloud, deployment, component */
extern const struct shape shape_word; /* the user's word for an image or a size */
extern const struct shape shape_text; /* a line */
extern const struct shape shape_path; /* absolute */
extern const struct shape shape_bool;
extern const struct shape shape_port;
extern const struct shape shape_api_version;
extern const struct shape shape_kind;
extern const struct shape shape_cpus;
extern const struct shape shape_memory;
extern const struct shape shape_disk;
