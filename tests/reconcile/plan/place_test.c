/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The size that a member gets, of a cloud with words, a catalogue, both or neither. */
#include "reconcile/plan/place.h"

#include "tests/reconcile/plan/stage.h"

#define GIB (INT64_C(1) << 30)

static const char cloud_text[] = "apiVersion: muster/v1\n"
				 "kind: Cloud\n"
				 "metadata: { name: lab }\n"
				 "spec:\n"
				 "  connector: sim\n"
				 "  sizes:\n"
				 "    small: m1.small\n"
				 "    big: { cpus: 8, memory: 32GiB }\n"
				 "    word: { type: w1, cpus: 2, memory: 2GiB }\n";

static const char bare_text[] =
	"apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: lab }\nspec: { connector: sim }\n";

static const struct size priced[] = {
	{ (char *)"c4", 4, 8 * GIB, 0, 80 },       { (char *)"c3", 2, 8 * GIB, 0, 30 },
	{ (char *)"c2", 2, 4 * GIB, 0, 40 },       { (char *)"c1", 1, 2 * GIB, 0, 10 },
	{ (char *)"m1.small", 1, 2 * GIB, 0, 15 }, { (char *)"huge", 8, 32 * GIB, 0, 400 },
	{ (char *)"unpriced", 2, 4 * GIB, 0, 0 },
};

static const struct size unpriced[] = {
	{ (char *)"c4", 4, 8 * GIB, 40 * GIB, 0 },  { (char *)"c3", 2, 8 * GIB, 20 * GIB, 0 },
	{ (char *)"c2b", 2, 4 * GIB, 20 * GIB, 0 }, { (char *)"c2a", 2, 4 * GIB, 20 * GIB, 0 },
	{ (char *)"c1", 1, 2 * GIB, 10 * GIB, 0 },
};

enum catalog {
	NONE,
	AWAITED,
	PRICED,
	UNPRICED,
};

static const struct {
	const char *name;
	const char *cloud;
	enum catalog catalog;
	bool is_any;
	struct size want;
	const char *type; /* NULL: amounts */
	unsigned cpus;
	const char *problem;
} rows[] = {
	{ "word", cloud_text, NONE, false, { (char *)"small", 0, 0, 0, 0 }, "m1.small", 0, NULL },
	{ "word-with-amounts",
	  cloud_text,
	  NONE,
	  false,
	  { (char *)"word", 0, 0, 0, 0 },
	  "w1",
	  2,
	  NULL },
	{ "word-completed",
	  cloud_text,
	  PRICED,
	  false,
	  { (char *)"small", 0, 0, 0, 0 },
	  "m1.small",
	  1,
	  NULL },
	{ "word-of-amounts",
	  cloud_text,
	  PRICED,
	  false,
	  { (char *)"big", 0, 0, 0, 0 },
	  "huge",
	  8,
	  NULL },
	{ "word-of-amounts-anywhere",
	  cloud_text,
	  NONE,
	  true,
	  { (char *)"big", 0, 0, 0, 0 },
	  NULL,
	  8,
	  NULL },
	{ "word-in-the-catalogue",
	  bare_text,
	  PRICED,
	  false,
	  { (char *)"c2", 0, 0, 0, 0 },
	  "c2",
	  2,
	  NULL },
	{ "word-of-nobody",
	  bare_text,
	  PRICED,
	  false,
	  { (char *)"c9", 0, 0, 0, 0 },
	  NULL,
	  0,
	  "lab has no size \"c9\"" },
	{ "word-of-the-provider",
	  bare_text,
	  NONE,
	  false,
	  { (char *)"c9", 0, 0, 0, 0 },
	  "c9",
	  0,
	  NULL },
	{ "word-without-types",
	  bare_text,
	  NONE,
	  true,
	  { (char *)"c9", 0, 0, 0, 0 },
	  NULL,
	  0,
	  "lab has no size \"c9\"" },
	{ "word-too-early",
	  bare_text,
	  AWAITED,
	  false,
	  { (char *)"c9", 0, 0, 0, 0 },
	  NULL,
	  0,
	  "the sizes of lab are not known yet" },
	{ "cheapest", bare_text, PRICED, false, { NULL, 2, 4 * GIB, 0, 0 }, "c3", 2, NULL },
	{ "smallest", bare_text, UNPRICED, false, { NULL, 2, 4 * GIB, 0, 0 }, "c2a", 2, NULL },
	{ "disk-counts",
	  bare_text,
	  UNPRICED,
	  false,
	  { NULL, 1, 2 * GIB, 30 * GIB, 0 },
	  "c4",
	  4,
	  NULL },
	{ "of-the-words", cloud_text, NONE, false, { NULL, 1, GIB, 0, 0 }, "w1", 2, NULL },
	{ "none-fits",
	  bare_text,
	  PRICED,
	  false,
	  { NULL, 64, 4 * GIB, 0, 0 },
	  NULL,
	  0,
	  "no size of lab has 64 cpus, 4GiB" },
	{ "too-early",
	  bare_text,
	  AWAITED,
	  false,
	  { NULL, 2, 4 * GIB, 0, 0 },
	  NULL,
	  0,
	  "the sizes of lab are not known yet" },
	{ "any", bare_text, NONE, true, { NULL, 3, 5 * GIB, 0, 0 }, NULL, 3, NULL },
};

static GPtrArray *catalog_make(enum catalog catalog)
{
	const struct size *sizes = catalog == PRICED ? priced : unpriced;
	size_t len = catalog == PRICED ? G_N_ELEMENTS(priced) : G_N_ELEMENTS(unpriced);
	GPtrArray *array = g_ptr_array_new();

	for (size_t i = 0; i < len; i++)
		g_ptr_array_add(array, (struct size *)&sizes[i]);
	return array;
}

static void test_choice(const void *data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	autoptr(stage) stage = stage_new();
	struct size size = { 0 };
	g_autofree char *text = NULL;

	stage_put(stage, "cloud.yaml", rows[i].cloud);
	stage_settle(stage);
	struct cloud_scene *cloud = stage_cloud(stage, "lab");
	struct traits *traits = stage_traits(stage, "lab");

	traits->abilities |= rows[i].is_any ? (unsigned)ABILITY_ANY_SIZE : 0;
	traits->abilities |= rows[i].catalog != NONE ? (unsigned)ABILITY_CATALOG : 0;
	if (rows[i].catalog > AWAITED)
		cloud->catalog_sizes = catalog_make(rows[i].catalog);
	bool is_chosen = place_choose(cloud, &rows[i].want, &size, &text);

	g_assert_cmpstr(text, ==, rows[i].problem);
	g_assert_true(is_chosen == (rows[i].problem == NULL));
	g_assert_cmpstr(size.name, ==, rows[i].type);
	g_assert_cmpuint(size.cpus, ==, rows[i].cpus);
	size_clear(&size);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/place/%s", rows[i].name);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_choice);
	}
	return g_test_run();
}
