/* SPDX-License-Identifier: GPL-2.0-or-later */
/* member - reading members of JSON objects that come from outside.
 *
 * A member that is missing or null leaves *ret alone and is fine; one of a wrong type, too long or
 * out of range fails with FAULT_INTERNAL and names the member. Unknown members are never looked
 * at. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* A text of at most @max bytes, newly allocated; an earlier *ret_text is freed. */
bool member_text(const json_t *object, const char *name, size_t max, char **ret_text,
                 GError **error);
/* A whole number; a real without a fraction counts as one. */
bool member_number(const json_t *object, const char *name, int64_t min, int64_t max,
                   int64_t *ret_number, GError **error);
/* JSON's true or false, nothing else. */
bool member_bool(const json_t *object, const char *name, bool *ret_bool, GError **error);
/* An array of at most @max items, borrowed. */
bool member_array(const json_t *object, const char *name, size_t max, const json_t **ret_array,
                  GError **error);
/* An object, borrowed. */
bool member_object(const json_t *object, const char *name, const json_t **ret_object,
                   GError **error);
/* An array of texts as a NULL-terminated vector. */
bool member_texts(const json_t *object, const char *name, size_t max, char ***ret_texts,
                  GError **error);
/* A JSON text of any bytes: what is not UTF-8 is replaced. NULL gives null. */
json_t *member_make_text(const char *text);
