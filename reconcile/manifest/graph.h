/* SPDX-License-Identifier: GPL-2.0-or-later */
/* graph - who waits for whom: ranks, and a cycle where there is one. */
#pragma once

#include "reconcile/model/auto.h"
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct graph;

/* A graph of @len nodes, 0 to @len - 1, without edges. */
struct graph *graph_new(size_t len);
void graph_free(struct graph *graph);
/* @node waits for @needs; an edge to itself is a cycle. */
void graph_add(struct graph *graph, size_t node, size_t needs);
/* For each node 0 where it waits for nothing, else 1 + the highest of those it waits for; freed by
 * the caller. NULL when there is a cycle: then *ret_cycle (may be NULL) is a new array of size_t,
 * each waiting for the next and the last for the first. */
unsigned *graph_ranks(const struct graph *graph, GArray **ret_cycle);

AUTO_DEFINE(graph, graph_free);
