/* SPDX-License-Identifier: GPL-2.0-or-later */
/* document - JSON as what the API answers and what the commands print. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Prints @own_document indented on standard output, with a newline at the end. */
void document_print(json_t *own_document);
/* The text at @name; @fallback where it is missing or null. Borrowed. */
const char *document_text(const json_t *document, const char *name, const char *fallback);
/* The whole number at @name; 0 where it is missing. */
int64_t document_number(const json_t *document, const char *name);
/* Whether @name is there and true. */
bool document_is(const json_t *document, const char *name);
/* A finding of the API as one line, "shop.yaml:3:7: unknown key …"; freed by the caller. */
char *document_finding(const json_t *finding);
