/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A binary heap; entries know their positions, so each can be moved. */
#include "reconcile/engine/agenda.h"

static void agenda_set(GPtrArray *agenda, guint position, struct agenda_entry *entry)
{
	agenda->pdata[position - 1] = entry;
	entry->position = position;
}

static struct agenda_entry *agenda_at(const GPtrArray *agenda, guint position)
{
	return agenda->pdata[position - 1];
}

static void agenda_rise(GPtrArray *agenda, struct agenda_entry *entry)
{
	guint position = entry->position;

	while (position > 1 && agenda_at(agenda, position / 2)->at_ms > entry->at_ms) {
		agenda_set(agenda, position, agenda_at(agenda, position / 2));
		position /= 2;
	}
	agenda_set(agenda, position, entry);
}

static void agenda_sink(GPtrArray *agenda, struct agenda_entry *entry)
{
	guint position = entry->position;

	for (guint child = position * 2; child <= agenda->len; child = position * 2) {
		if (child < agenda->len &&
		    agenda_at(agenda, child + 1)->at_ms < agenda_at(agenda, child)->at_ms)
			child++;
		if (agenda_at(agenda, child)->at_ms >= entry->at_ms)
			break;
		agenda_set(agenda, position, agenda_at(agenda, child));
		position = child;
	}
	agenda_set(agenda, position, entry);
}

void agenda_put(GPtrArray *agenda, struct agenda_entry *entry, int64_t at_ms)
{
	entry->at_ms = at_ms;
	if (entry->position == 0) {
		g_ptr_array_add(agenda, entry);
		entry->position = agenda->len;
	}
	agenda_rise(agenda, entry);
	agenda_sink(agenda, entry);
}

void agenda_remove(GPtrArray *agenda, struct agenda_entry *entry)
{
	guint position = entry->position;
	struct agenda_entry *last;

	if (position == 0)
		return;
	entry->position = 0;
	last = agenda_at(agenda, agenda->len);
	g_ptr_array_set_size(agenda, (gint)agenda->len - 1);
	if (last == entry)
		return;
	agenda_set(agenda, position, last);
	agenda_rise(agenda, last);
	agenda_sink(agenda, last);
}

struct agenda_entry *agenda_first(const GPtrArray *agenda)
{
	return agenda->len == 0 ? NULL : agenda->pdata[0];
}
