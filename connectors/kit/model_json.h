/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model_json - the nouns of the model as JSON, as connectors/plugin/PROTOCOL.md writes them.
 *
 * Writers give a new reference. Readers follow member.h: null and missing are the same, unknown
 * members are ignored, wrong types and what passes the caps fail with FAULT_INTERNAL. */
#pragma once

#include "reconcile/model/instance.h"
#include "reconcile/model/traits.h"

#include <jansson.h>

/* What is 0 or NULL is left out. */
json_t *size_to_json(const struct size *size);
/* Fills @ret_size, which must be empty or owned; on failure it stays clearable. */
bool size_from_json(const json_t *json, struct size *ret_size, GError **error);
/* "protected" is always there. */
json_t *marks_to_json(const struct marks *marks);
/* As size_from_json. */
bool marks_from_json(const json_t *json, struct marks *ret_marks, GError **error);
/* An object of texts; NULL gives an empty one. */
json_t *pairs_to_json(const struct pairs *pairs);
/* Values that are no texts are an error, null ones are left out. */
struct pairs *pairs_from_json(const json_t *json, GError **error);
/* What is 0 or NULL is left out; the nested members are always there. */
json_t *instance_to_json(const struct instance *instance);
/* An id is needed; a state that we do not know is INSTANCE_UNKNOWN. */
struct instance *instance_from_json(const json_t *json, GError **error);
/* The clocks and limits, without abilities, and the abilities as a list of words. */
json_t *traits_to_json(const struct traits *traits);
/* Unknown bits are left out. */
json_t *abilities_to_json(unsigned abilities);
/* Changes what @json says in @traits and leaves the rest; unknown abilities are ignored. */
bool traits_from_json(const json_t *json, struct traits *traits, GError **error);
/* All abilities of @array, or'ed; unknown words are ignored. */
bool abilities_from_json(const json_t *array, unsigned *ret_abilities, GError **error);
