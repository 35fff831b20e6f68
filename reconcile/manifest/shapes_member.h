/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shapes_member - the types of values that describe the members of a component. */
#pragma once

#include "reconcile/manifest/row.h"

extern const struct shape shape_count;
extern const struct shape shape_members;
extern const struct shape shape_size; /* into struct size */
extern const struct shape shape_ssh_keys;
extern const struct shape shape_networks;
extern const struct shape shape_labels;
extern const struct shape shape_firewall; /* of struct opening */
extern const struct shape shape_after;
extern const struct shape shape_user_data;
extern const struct shape shape_ready; /* into struct ready */
