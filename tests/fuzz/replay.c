/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for libFuzzer in ordinary builds: each entry of this folder becomes a test that takes
 * its seeds, every truncation of them, and a fixed number of mutations of each. The chance is
 * seeded, so that a failure comes again; the input that fails is kept beside the program.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum {
	MUTATIONS_PER_SEED = 3000,
	TRUNCATIONS_MAX = 2000,
	EDITS_MAX = 4
};

/* Bytes that mean something to YAML, JSON, XML, templates and quantities. */
static const char telling[] = "{}[]<>&*!|>'\"\\:,-#%@`$\n\t\r 0159eE.+/\x00\x7f\x80\xc3\xff";

static char *kept_path;

static void input_try(const uint8_t *bytes, size_t len)
{
	g_autoptr(GError) error = NULL;

	if (!g_file_set_contents_full(kept_path, (const char *)bytes, (gssize)len,
	                              G_FILE_SET_CONTENTS_NONE, 0600, &error))
		g_error("%s", error->message);
	LLVMFuzzerTestOneInput(bytes, len);
}

static uint8_t byte_choose(GRand *rand)
{
	if (g_rand_boolean(rand))
		return (uint8_t)telling[g_rand_int_range(rand, 0, sizeof(telling) - 1)];
	return (uint8_t)g_rand_int_range(rand, 0, 256);
}

/* One small edit: another byte, one more, one less, or a piece twice. */
static void bytes_edit(GByteArray *bytes, GRand *rand)
{
	guint at = (guint)g_rand_int_range(rand, 0, (gint32)bytes->len + 1);
	uint8_t byte = byte_choose(rand);
	guint rest = bytes->len - at;

	switch (g_rand_int_range(rand, 0, 4)) {
	case 0:
		if (rest > 0)
			bytes->data[at] = byte;
		break;
	case 1:
		g_byte_array_append(bytes, &byte, 1);
		memmove(bytes->data + at + 1, bytes->data + at, rest);
		bytes->data[at] = byte;
		break;
	case 2:
		if (rest > 0)
			g_byte_array_remove_index(bytes, at);
		break;
	case 3: {
		g_autofree uint8_t *piece = g_memdup2(bytes->data + at, rest);

		g_byte_array_append(bytes, piece, MIN(rest, 64));
		break;
	}
	}
}

static void seed_mutate(const uint8_t *seed, size_t len, GRand *rand)
{
	for (size_t i = 0; i < MUTATIONS_PER_SEED; i++) {
		g_autoptr(GByteArray) bytes = g_byte_array_new();
		int edits = g_rand_int_range(rand, 1, EDITS_MAX + 1);

		g_byte_array_append(bytes, seed, (guint)len);
		for (int edit = 0; edit < edits; edit++)
			bytes_edit(bytes, rand);
		input_try(bytes->data, bytes->len);
	}
}

static void test_seed(const void *data)
{
	const char *path = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	g_autofree char *seed = NULL;
	size_t len;

	g_file_get_contents(path, &seed, &len, &error);
	g_assert_no_error(error);
	for (size_t i = 0; i <= MIN(len, TRUNCATIONS_MAX); i++) {
		/* Of exact size, so that the sanitizer sees a byte read past the end. */
		g_autofree uint8_t *start = g_memdup2(seed, i);

		input_try(start ? start : (const uint8_t *)"", i);
	}
	input_try((const uint8_t *)seed, len);
	seed_mutate((const uint8_t *)seed, len, rand);
}

int main(int argc, char **argv)
{
	g_autofree char *program = g_path_get_basename(argv[0]);
	g_autofree char *folder = NULL;
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	const char *name;
	int status;

	g_test_init(&argc, &argv, NULL);
	g_assert_true(g_str_has_suffix(program, "_fuzz"));
	kept_path = g_strconcat(argv[0], ".input", NULL);
	program[strlen(program) - strlen("_fuzz")] = '\0';
	folder = g_test_build_filename(G_TEST_DIST, "tests/fuzz/seeds", program, NULL);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
	g_assert_no_error(error);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *test = g_strdup_printf("/fuzz/%s/%s", program, name);
		char *path = g_build_filename(folder, name, NULL);

		g_ptr_array_add(paths, path);
		g_test_add_data_func(test, path, test_seed);
	}
	g_assert_cmpint(paths->len, >, 0);
	status = g_test_run();
	if (status == 0)
		remove(kept_path);
	g_free(kept_path);
	return status;
}
