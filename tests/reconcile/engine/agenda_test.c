/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The heap keeps its order through puts, moves and removals. */
#include "reconcile/engine/agenda.h"
#include "reconcile/engine/rand.h"

enum {
	ENTRIES = 200
};

static void test_in_order(void)
{
	g_autoptr(GPtrArray) agenda = g_ptr_array_new();
	g_autofree struct agenda_entry *entries = g_new0(struct agenda_entry, ENTRIES);
	struct rand rand = { 3 };
	int64_t before_ms = INT64_MIN;
	guint left = 0;

	for (int i = 0; i < 5000; i++) {
		struct agenda_entry *entry = &entries[rand_below(&rand, ENTRIES)];

		if (rand_below(&rand, 4) == 0)
			agenda_remove(agenda, entry);
		else
			agenda_put(agenda, entry, (int64_t)rand_below(&rand, 1000));
	}
	for (int i = 0; i < ENTRIES; i++)
		left += entries[i].position > 0;
	g_assert_cmpuint(left, ==, agenda->len);
	while (agenda->len > 0) {
		struct agenda_entry *first = agenda_first(agenda);

		g_assert_cmpint(first->at_ms, >=, before_ms);
		before_ms = first->at_ms;
		agenda_remove(agenda, first);
		g_assert_cmpuint(first->position, ==, 0);
	}
	g_assert_null(agenda_first(agenda));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agenda/in-order", test_in_order);
	return g_test_run();
}
