/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is due when.
 */
#include "connectors/sim/agenda.h"

void agenda_init(struct agenda *agenda)
{
	agenda->heap = g_array_new(false, false, sizeof(struct due));
	agenda->entries = 0;
}

void agenda_clear(struct agenda *agenda)
{
	g_clear_pointer(&agenda->heap, g_array_unref);
}

static bool due_is_before(const struct due *a, const struct due *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->entry < b->entry;
}

static void heap_rise(struct due *heap, size_t i)
{
	struct due due = heap[i];

	while (i > 0 && due_is_before(&due, &heap[(i - 1) / 2])) {
		heap[i] = heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	heap[i] = due;
}

static void heap_sink(struct due *heap, size_t len)
{
	struct due due = heap[0];
	size_t i = 0;

	for (size_t child = 1; child < len; child = 2 * i + 1) {
		if (child + 1 < len && due_is_before(&heap[child + 1], &heap[child]))
			child++;
		if (!due_is_before(&heap[child], &due))
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = due;
}

void agenda_add(struct agenda *agenda, struct due due)
{
	due.entry = agenda->entries++;
	g_array_append_val(agenda->heap, due);
	heap_rise((struct due *)(void *)agenda->heap->data, agenda->heap->len - 1);
}

int64_t agenda_next_at_ms(const struct agenda *agenda)
{
	return agenda->heap->len ? g_array_index(agenda->heap, struct due, 0).at_ms : INT64_MAX;
}

bool agenda_take(struct agenda *agenda, int64_t now_ms, struct due *ret_due)
{
	struct due *heap = (struct due *)(void *)agenda->heap->data;
	size_t len = agenda->heap->len;

	if (len == 0 || heap[0].at_ms > now_ms)
		return false;
	*ret_due = heap[0];
	heap[0] = heap[len - 1];
	g_array_set_size(agenda->heap, (unsigned)(len - 1));
	if (len > 2)
		heap_sink(heap, len - 1);
	return true;
}
