/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schema - the rows that say what a manifest may hold.
 *
 * One table serves the decoder, the JSON Schema, `muster explain`, and muster.yaml(5); so they
 * agree by construction. The agent's own configuration file is decoded by rows of the same kind. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The JSON Schema (draft 2020-12) of a manifest document, indented; freed by the caller. */
char *schema_to_json(void);
/* What `muster explain PATH` prints: the field's type, default, meaning, an example, and the fields
 * below it. PATH as in "deployment.spec.components.ready"; "" lists the kinds. An unknown path is
 * FAULT_NOT_FOUND with the nearest known word. */
char *schema_explain(const char *path, GError **error);
/* muster.yaml(5) as roff; freed by the caller. */
char *schema_to_man(void);
/* The words that may follow @path, for shell completion; NULL-terminated, freed with g_strfreev. */
char **schema_children(const char *path);
