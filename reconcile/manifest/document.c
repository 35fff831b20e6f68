/* SPDX-License-Identifier: GPL-2.0-or-later */
/* document - the life of a last good version, which store and manifests hand to each other. */
#include "reconcile/manifest/manifests.h"

void document_free(struct document *document)
{
	if (!document)
		return;
	g_free(document->kind);
	g_free(document->name);
	g_free(document->file);
	g_free(document->text);
	g_free(document);
}
