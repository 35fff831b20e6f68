/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kahn's order: nodes whose needs are all done are done next. No recursion, as a manifest may hold
 * a chain of thousands. */
#include "reconcile/manifest/graph.h"

struct edge {
	size_t node, needs;
};

struct graph {
	size_t len;
	GArray *edges; /* struct edge */
};

/* The waiters of each node as slices of one array. */
struct waiters {
	size_t *starts; /* len + 1 */
	size_t *nodes;
};

struct graph *graph_new(size_t len)
{
	struct graph *graph = g_new0(struct graph, 1);

	graph->len = len;
	graph->edges = g_array_new(FALSE, FALSE, sizeof(struct edge));
	return graph;
}

void graph_free(struct graph *graph)
{
	g_array_unref(graph->edges);
	g_free(graph);
}

void graph_add(struct graph *graph, size_t node, size_t needs)
{
	struct edge edge = { node, needs };

	g_assert(node < graph->len && needs < graph->len);
	g_array_append_val(graph->edges, edge);
}

static const struct edge *edge_at(const struct graph *graph, size_t i)
{
	return &g_array_index(graph->edges, struct edge, i);
}

static struct waiters waiters_of(const struct graph *graph)
{
	size_t edges = graph->edges->len;
	struct waiters waiters = { g_new0(size_t, graph->len + 2), g_new(size_t, edges + 1) };

	/* Counted two places up, so that filling moves each start to where it belongs. */
	for (size_t i = 0; i < edges; i++)
		waiters.starts[edge_at(graph, i)->needs + 2]++;
	for (size_t i = 2; i < graph->len + 2; i++)
		waiters.starts[i] += waiters.starts[i - 1];
	for (size_t i = 0; i < edges; i++) {
		waiters.nodes[waiters.starts[edge_at(graph, i)->needs + 1]++] =
			edge_at(graph, i)->node;
	}
	return waiters;
}

/* Who was never done needs one that was never done: the walk along needs must close. */
static GArray *cycle_find(const struct graph *graph, const size_t *open)
{
	g_autofree size_t *next = g_new0(size_t, graph->len);
	g_autofree size_t *seen_at = g_new0(size_t, graph->len);
	GArray *walk = g_array_new(FALSE, FALSE, sizeof(size_t));
	size_t node = 0;

	for (size_t i = graph->edges->len; i-- > 0;) {
		const struct edge *edge = edge_at(graph, i);
		if (open[edge->node] > 0 && open[edge->needs] > 0)
			next[edge->node] = edge->needs;
	}
	while (open[node] == 0)
		node++;
	for (; seen_at[node] == 0; node = next[node]) {
		g_array_append_val(walk, node);
		seen_at[node] = walk->len;
	}
	g_array_remove_range(walk, 0, (guint)seen_at[node] - 1);
	return walk;
}

unsigned *graph_ranks(const struct graph *graph, GArray **ret_cycle)
{
	g_autofree unsigned *ranks = g_new0(unsigned, graph->len + 1);
	g_autofree size_t *open = g_new0(size_t, graph->len + 1); /* needs not done yet */
	g_autofree size_t *queue = g_new(size_t, graph->len + 1);
	struct waiters waiters = waiters_of(graph);
	size_t queued = 0;

	for (size_t i = 0; i < graph->edges->len; i++)
		open[edge_at(graph, i)->node]++;
	for (size_t i = 0; i < graph->len; i++)
		if (open[i] == 0)
			queue[queued++] = i;
	for (size_t done = 0; done < queued; done++) {
		size_t node = queue[done];
		for (size_t i = waiters.starts[node]; i < waiters.starts[node + 1]; i++) {
			size_t waiter = waiters.nodes[i];
			ranks[waiter] = MAX(ranks[waiter], ranks[node] + 1);
			if (--open[waiter] == 0)
				queue[queued++] = waiter;
		}
	}
	g_free(waiters.starts);
	g_free(waiters.nodes);
	if (queued == graph->len)
		return g_steal_pointer(&ranks);
	if (ret_cycle != NULL)
		*ret_cycle = cycle_find(graph, open);
	return NULL;
}
