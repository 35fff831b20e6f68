/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each difference is found by itself, and what is not observed is none. */
#include "reconcile/plan/drift.h"

#define MIB (INT64_C(1) << 20)
#define GIB (INT64_C(1) << 30)

static const struct {
	const char *name;
	struct size wanted, seen;
	bool is_by_word;
	unsigned drift;
} sizes[] = {
	{ "equal", { NULL, 2, 4 * GIB, 20 * GIB, 0 }, { NULL, 2, 4 * GIB, 20 * GIB, 0 }, false, 0 },
	{ "not-observed", { NULL, 2, 4 * GIB, 20 * GIB, 0 }, { 0 }, false, 0 },
	{ "not-said", { 0 }, { NULL, 2, 4 * GIB, 20 * GIB, 0 }, false, 0 },
	{ "cpus", { NULL, 4, 0, 0, 0 }, { NULL, 2, 4 * GIB, 0, 0 }, false, DRIFT_CPUS },
	{ "fewer-cpus", { NULL, 1, 0, 0, 0 }, { NULL, 2, 0, 0, 0 }, false, DRIFT_CPUS },
	{ "memory", { NULL, 0, 8 * GIB, 0, 0 }, { NULL, 2, 4 * GIB, 0, 0 }, false, DRIFT_MEMORY },
	{ "memory-rounded",
	  { NULL, 0, 4000000000, 0, 0 },
	  { NULL, 0, 3815 * MIB, 0, 0 },
	  false,
	  0 },
	{ "memory-by-one-mib",
	  { NULL, 0, 512 * MIB, 0, 0 },
	  { NULL, 0, 511 * MIB, 0, 0 },
	  false,
	  DRIFT_MEMORY },
	{ "disk-grows",
	  { NULL, 0, 0, 20 * GIB, 0 },
	  { NULL, 0, 0, 19 * GIB, 0 },
	  false,
	  DRIFT_DISK },
	{ "disk-rounded-up",
	  { NULL, 0, 0, 20000000000, 0 },
	  { NULL, 0, 0, 19 * GIB, 0 },
	  false,
	  0 },
	{ "disk-shrinks",
	  { NULL, 0, 0, 10 * GIB, 0 },
	  { NULL, 0, 0, 20 * GIB, 0 },
	  false,
	  DRIFT_DISK_SHRINK },
	{ "type",
	  { (char *)"m1.large", 0, 0, 0, 0 },
	  { (char *)"m1.small", 1, GIB, 0, 0 },
	  true,
	  DRIFT_TYPE },
	{ "same-type",
	  { (char *)"m1.small", 2, GIB, 0, 0 },
	  { (char *)"m1.small", 1, GIB, 0, 0 },
	  true,
	  0 },
	{ "type-not-observed",
	  { (char *)"m1.large", 4, 0, 0, 0 },
	  { NULL, 2, 0, 0, 0 },
	  true,
	  DRIFT_CPUS },
	{ "another-type-of-the-same-amounts",
	  { (char *)"c2", 2, GIB, 0, 0 },
	  { (char *)"c1", 2, GIB, 0, 0 },
	  false,
	  0 },
	{ "another-type-of-other-amounts",
	  { (char *)"c2", 4, GIB, 0, 0 },
	  { (char *)"c1", 2, GIB, 0, 0 },
	  false,
	  DRIFT_TYPE | DRIFT_CPUS },
};

static void test_size(const void *data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	struct wish wish = { .size = &sizes[i].wanted, .is_by_word = sizes[i].is_by_word };
	struct instance seen = { .size = sizes[i].seen };

	g_assert_cmphex(drift_find(&wish, &seen), ==, sizes[i].drift);
}

static struct marks good_marks(void)
{
	return (struct marks){ .owner = (char *)"us",
		               .member = (char *)"shop/web/1",
		               .uid = (char *)"u1",
		               .spec = (char *)"i00000001" };
}

static const struct wish good_wish = { .member = "shop/web/1", .uid = "u1", .spec = "i00000001" };

static void test_marks(void)
{
	struct instance seen = { .marks = good_marks() };
	struct wish nothing = { 0 };

	g_assert_cmphex(drift_find(&good_wish, &seen), ==, 0);
	g_assert_cmphex(drift_find(&nothing, &seen), ==, 0);
	seen.marks.member = NULL;
	g_assert_cmphex(drift_find(&good_wish, &seen), ==, DRIFT_MEMBER);
	seen.marks = good_marks();
	seen.marks.uid = (char *)"u2";
	g_assert_cmphex(drift_find(&good_wish, &seen), ==, DRIFT_UID);
	seen.marks = good_marks();
	seen.marks.spec = (char *)"";
	g_assert_cmphex(drift_find(&good_wish, &seen), ==, DRIFT_SPEC);
	seen.marks = good_marks();
	seen.marks.is_protected = true;
	g_assert_cmphex(drift_find(&good_wish, &seen), ==, DRIFT_PROTECT);
}

static void test_labels(void)
{
	const struct pair pair = { "tier", "front" };
	autoptr(pairs) labels = pairs_new(&pair, 1);
	struct wish wish = { .labels = labels };
	struct instance seen = { 0 };

	g_assert_cmphex(drift_find(&wish, &seen), ==, DRIFT_LABELS);
	seen.labels = labels;
	g_assert_cmphex(drift_find(&wish, &seen), ==, 0);
	wish.labels = NULL;
	g_assert_cmphex(drift_find(&wish, &seen), ==, DRIFT_LABELS);
}

static void test_marks_read(void)
{
	g_autofree char *none = drift_marks_text(DRIFT_LABELS | DRIFT_CPUS);
	g_autofree char *all = drift_marks_text(DRIFT_MARKS);

	g_assert_cmpstr(none, ==, "");
	g_assert_cmpstr(all, ==, "member, uid, spec, protect");
}

/* Another choice of the cloud's for the same amounts; asked: 2 cpus, 4 GiB, 20 GiB of disk. */
static const struct {
	const char *name;
	struct size chosen, seen;
	unsigned drift;
} choices[] = {
	{ "enough",
	  { (char *)"c2", 2, 4 * GIB, 20 * GIB, 0 },
	  { (char *)"c3", 4, 8 * GIB, 20 * GIB, 0 },
	  0 },
	{ "enough-without-a-name",
	  { (char *)"c2", 2, 4 * GIB, 20 * GIB, 0 },
	  { NULL, 4, 8 * GIB, 40 * GIB, 0 },
	  0 },
	{ "rounded",
	  { (char *)"c2", 2, 4 * GIB, 20 * GIB, 0 },
	  { (char *)"c3", 2, 4 * GIB - MIB / 2, 20 * GIB, 0 },
	  0 },
	{ "not-observed",
	  { (char *)"c2", 2, 4 * GIB, 20 * GIB, 0 },
	  { (char *)"c3", 0, 0, 0, 0 },
	  0 },
	{ "too-few-cpus",
	  { (char *)"c2", 2, 4 * GIB, 20 * GIB, 0 },
	  { (char *)"c1", 1, 4 * GIB, 20 * GIB, 0 },
	  DRIFT_TYPE | DRIFT_CPUS },
	{ "too-little-memory",
	  { (char *)"c2", 2, 4 * GIB, 20 * GIB, 0 },
	  { (char *)"c1", 2, 2 * GIB, 20 * GIB, 0 },
	  DRIFT_TYPE | DRIFT_MEMORY },
	{ "too-small-a-disk",
	  { (char *)"c2", 2, 4 * GIB, 20 * GIB, 0 },
	  { (char *)"c1", 2, 4 * GIB, 10 * GIB, 0 },
	  DRIFT_TYPE | DRIFT_DISK },
};

static void test_another_choice(void)
{
	static const struct size asked = { NULL, 2, 4 * GIB, 20 * GIB, 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(choices); i++) {
		const struct wish wish = { .size = &choices[i].chosen, .asked = &asked };
		const struct instance seen = { .size = choices[i].seen };

		g_test_message("%s", choices[i].name);
		g_assert_cmphex(drift_find(&wish, &seen), ==, choices[i].drift);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autofree char *path = g_strdup_printf("/drift/size/%s", sizes[i].name);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_size);
	}
	g_test_add_func("/drift/marks", test_marks);
	g_test_add_func("/drift/labels", test_labels);
	g_test_add_func("/drift/marks-read", test_marks_read);
	g_test_add_func("/drift/another-choice", test_another_choice);
	return g_test_run();
}
