/* SPDX-License-Identifier: GPL-2.0-or-later */
/* yaml - the text of one document becomes a tree of nodes.
 *
 * libyaml scans; what is refused here is what a manifest must not hold: keys twice, merge keys,
 * tags, keys that are no text, and more nodes, aliases or levels than the limits say. */
#pragma once

#include "reconcile/manifest/source.h"

/* What one file has used up of its limits, over all its documents. */
struct yaml_usage {
	unsigned nodes;
	unsigned aliases;
};

/* The tree of @source, with all that is wrong appended to its findings; never NULL, but without a
 * root where nothing is to be made of the text. */
struct tree *yaml_parse(struct source *source, struct yaml_usage *usage);
