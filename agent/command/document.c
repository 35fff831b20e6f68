/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading is lenient: an agent of another version may say more or less. */
#include "agent/command/document.h"

#include <stdio.h>
#include <stdlib.h>

void document_print(json_t *own_document)
{
	json_dumpf(own_document, stdout, JSON_INDENT(2));
	fputc('\n', stdout);
	json_decref(own_document);
}

const char *document_text(const json_t *document, const char *name, const char *fallback)
{
	const char *text = json_string_value(json_object_get(document, name));

	return text == NULL ? fallback : text;
}

int64_t document_number(const json_t *document, const char *name)
{
	return json_integer_value(json_object_get(document, name));
}

bool document_is(const json_t *document, const char *name)
{
	return json_is_true(json_object_get(document, name));
}
