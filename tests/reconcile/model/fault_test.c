/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of the classes of failure are part of the plugin protocol: they are fixed here.
 */
#include "reconcile/model/fault.h"

static const struct {
	enum fault fault;
	const char *name;
} rows[] = {
	{ FAULT_NONE, "none" },
	{ FAULT_TRANSIENT, "transient" },
	{ FAULT_THROTTLED, "throttled" },
	{ FAULT_QUOTA, "quota" },
	{ FAULT_CAPACITY, "capacity" },
	{ FAULT_CONFLICT, "conflict" },
	{ FAULT_NOT_FOUND, "not-found" },
	{ FAULT_EXISTS, "exists" },
	{ FAULT_AUTH, "auth" },
	{ FAULT_INVALID, "invalid" },
	{ FAULT_UNSUPPORTED, "unsupported" },
	{ FAULT_INTERNAL, "internal" },
};

static void test_each_class_has_its_word(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpstr(fault_name(rows[i].fault), ==, rows[i].name);
}

static void test_each_word_gives_its_class(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		enum fault fault = FAULT_NONE;

		g_assert_true(fault_parse(rows[i].name, &fault));
		g_assert_cmpint(fault, ==, rows[i].fault);
	}
}

static void test_other_words_are_refused(void)
{
	static const char *const words[] = { "", "Transient", "not_found", "not-found ", "12" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		enum fault fault = FAULT_QUOTA;

		g_assert_false(fault_parse(words[i], &fault));
		g_assert_cmpint(fault, ==, FAULT_QUOTA);
	}
}

static void test_errors_carry_the_class(void)
{
	g_autoptr(GError) error = g_error_new(FAULT_DOMAIN, FAULT_AUTH, "refused");

	g_assert_error(error, FAULT_DOMAIN, FAULT_AUTH);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fault/each-class-has-its-word", test_each_class_has_its_word);
	g_test_add_func("/fault/each-word-gives-its-class", test_each_word_gives_its_class);
	g_test_add_func("/fault/other-words-are-refused", test_other_words_are_refused);
	g_test_add_func("/fault/errors-carry-the-class", test_errors_carry_the_class);
	return g_test_run();
}
