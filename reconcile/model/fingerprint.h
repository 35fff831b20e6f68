/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fingerprint - what was asked for, short enough for a mark.
 *
 * One letter and eight hex digits for each field that counts as a change, joined by "-", as in
 * "i3fa21c07-u9d02aa31-k77f0e1b2-n1b2c3d4e-f00000000-s5c0d21aa": at most 63 characters of
 * [a-z0-9-], so that every cloud can hold it. With the database lost it still says which field
 * differs. Labels are left out: they are compared with what is observed. So is the size; what was
 * asked for stands here beside, because a cloud's choice for it may be another one tomorrow. User
 * data counts as written, with its ${…} unresolved, so a changed address elsewhere is no change
 * here. */
#pragma once

#include "reconcile/model/spec.h"

#include <stdbool.h>

/* The fingerprint of @spec with the cloud's @image_options for its image word, and with what its
 * size asks for there (NULL: what the spec says); freed by the caller. */
char *fingerprint_make(const struct spec *spec, const struct pairs *image_options,
                       const struct size *asked);
/* The fields in which two fingerprints differ, bits 1 << enum spec_field; fields that one of them
 * does not name do not count. */
unsigned fingerprint_diff(const char *a, const char *b);
/* Whether it names @field; those of earlier versions do not name the size. */
bool fingerprint_names(const char *fingerprint, enum spec_field field);
/* @fingerprint with @field as in @from, which names it; freed by the caller. */
char *fingerprint_with(const char *fingerprint, enum spec_field field, const char *from);
