/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading is lenient: an agent of another version may say more or less. */
#include "agent/command/document.h"

#include <inttypes.h>
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

/* A file that cannot be read has no line, and what is wrong with the directory itself no file. */
char *document_finding(const json_t *finding)
{
	const json_t *place = json_object_get(finding, "place");
	const char *file = document_text(place, "file", NULL);
	int64_t line = document_number(place, "line");
	const char *text = document_text(finding, "text", "?");

	if (file == NULL || line == 0)
		return g_strconcat(file == NULL ? "" : file, file == NULL ? "" : ": ", text, NULL);
	return g_strdup_printf("%s:%" PRId64 ":%" PRId64 ": %s", file, line,
	                       document_number(place, "column"), text);
}
