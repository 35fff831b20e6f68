/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fetch - images from the network, each once, verified, in the cache directory. */
#pragma once

#include "connectors/qemu/host.h"

/* The path of the file at @url whose SHA-256 is @sha256, freed by the caller, or NULL: the first
 * call begins to fetch it, and until it is there calls fail with FAULT_TRANSIENT and say how far it
 * is. What went wrong is told once, by the next call; the one after it begins anew. */
char *fetch_get(struct host *host, const char *url, const char *sha256, GError **error);
/* Whether the last fault of fetch_get was only that it is not there yet. */
bool fetch_is_under_way(const GError *error);
