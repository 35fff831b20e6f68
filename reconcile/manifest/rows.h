/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rows - what stands behind each kind of document. */
#pragma once

#include "reconcile/manifest/row.h"

/* A new struct cloud of a checked document. */
void *cloud_decode(const struct source *source, const struct node *root);
/* A new struct deployment of a checked document. */
void *deployment_decode(const struct source *source, const struct node *root);
/* References inside of one deployment: after, templates, and a cloud for each component. The tree
 * need not have passed the check. */
void deployment_check(struct source *source, const struct node *root);
