/* SPDX-License-Identifier: GPL-2.0-or-later */
/* template - text with ${…} in it, parsed once and resolved when the values are known.
 *
 * Known names: self.key, self.ordinal, self.name, deployment.name, labels.NAME,
 * components.X.N.address (X a component of the same deployment, N an ordinal or a member's name).
 * "$${" writes a literal "${". Immutable. */
#pragma once

#include "reconcile/model/auto.h"
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct template;

/* Gives the value of one reference for template_resolve: a new string, or NULL when it is not known
 * yet. @name is the text between the braces. */
typedef char *(*template_lookup)(const char *name, void *data);

/* Parses @text. An unknown name or a missing brace is FAULT_INVALID; @ret_offset then holds the
 * byte where it is. */
struct template *template_new(const char *text, size_t *ret_offset, GError **error);
/* NULL is fine. */
void template_free(struct template *template);
/* The text as it was written. */
const char *template_source(const struct template *template);
/* The names that it refers to, NULL-terminated, borrowed; each once, sorted. */
const char *const *template_names(const struct template *template);
/* The text with all values in their places, freed by the caller; NULL when one is not known yet,
 * then *ret_missing (may be NULL) is its name, borrowed from @template. */
char *template_resolve(const struct template *template, template_lookup lookup, void *data,
                       const char **ret_missing);

AUTO_DEFINE(template, template_free);
