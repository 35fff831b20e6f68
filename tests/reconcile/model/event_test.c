/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of events and operations are in the store and in the API: each has one, and only
 * one. */
#include "reconcile/model/event.h"
#include "reconcile/model/operation.h"
#include "reconcile/model/record.h"

#include <string.h>

static void test_event_words(void)
{
	for (enum event_name name = 0; name < EVENT_NAMES; name++) {
		enum event_name parsed = EVENT_NAMES;

		g_assert_true(event_name_parse(event_name_text(name), &parsed));
		g_assert_cmpint(parsed, ==, name);
		g_assert_cmpuint(strlen(event_name_help(name)), >, 0);
	}
	g_assert_false(event_name_parse("Operation-Begun", &(enum event_name){ 0 }));
}

static void test_operation_words(void)
{
	for (enum operation_state state = 0; state < OPERATION_STATES; state++) {
		enum operation_state parsed = OPERATION_STATES;

		g_assert_true(operation_state_parse(operation_state_name(state), &parsed));
		g_assert_cmpint(parsed, ==, state);
	}
	g_assert_false(operation_state_parse("", &(enum operation_state){ 0 }));
}

static void test_copies_are_their_own(void)
{
	autoptr(record) record = record_new("shop/web/1");
	autoptr(operation) operation = operation_new(3, VERB_RESIZE, "shop/web/1", "lab");
	autoptr(record) record_too = NULL;
	autoptr(operation) operation_too = NULL;

	record->fault_text = g_strdup("full");
	record->attempts = 4;
	operation->size.name = g_strdup("small");
	record_too = record_copy(record);
	operation_too = operation_copy(operation);
	record->fault_text[0] = 'F';
	operation->size.name[0] = 'S';
	g_assert_cmpstr(record_too->fault_text, ==, "full");
	g_assert_cmpuint(record_too->attempts, ==, 4);
	g_assert_cmpstr(operation_too->size.name, ==, "small");
	g_assert_cmpint(operation_too->id, ==, 3);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/event/words", test_event_words);
	g_test_add_func("/operation/words", test_operation_words);
	g_test_add_func("/record/copies-are-their-own", test_copies_are_their_own);
	return g_test_run();
}
