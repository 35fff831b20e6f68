/* SPDX-License-Identifier: GPL-2.0-or-later */
/* simulate - plays seeds and says which fail.
 *
 *     simulate --seeds 1-2000     quiet but for failures and one line at the end
 *     simulate --seed 7 --trace   one seed, line by line */
#include "tests/simulation/run.h"

#include <inttypes.h>
#include <stdio.h>

static int64_t seed_one;
static char *seeds;
static int is_traced, is_hashed;

static const GOptionEntry entries[] = {
	{ "seed", 0, 0, G_OPTION_ARG_INT64, &seed_one, "One seed", "N" },
	{ "seeds", 0, 0, G_OPTION_ARG_STRING, &seeds, "All of these", "A-B" },
	{ "trace", 0, 0, G_OPTION_ARG_NONE, &is_traced, "Print what happens", NULL },
	{ "hash", 0, 0, G_OPTION_ARG_NONE, &is_hashed, "Print the trace's hash", NULL },
	{ 0 },
};

static bool play(uint64_t seed)
{
	autoptr(run) run = run_new(seed, is_traced);

	run_play(run);
	if (is_hashed)
		printf("%s\n", g_checksum_get_string(run->trace));
	if (run->failure == NULL)
		return true;
	printf("seed %" G_GUINT64_FORMAT " failed: %s\n", seed, run->failure);
	fflush(stdout);
	return false;
}

int main(int argc, char **argv)
{
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	uint64_t first = 1, last = 100, failed = 0;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, NULL) ||
	    (seeds != NULL && sscanf(seeds, "%" SCNu64 "-%" SCNu64, &first, &last) != 2)) {
		fprintf(stderr, "usage: simulate [--seed N | --seeds A-B] [--trace] [--hash]\n");
		return 2;
	}
	if (seed_one > 0)
		first = last = (uint64_t)seed_one;
	for (uint64_t seed = first; seed <= last; seed++)
		failed += !play(seed);
	if (!is_hashed)
		printf("%" G_GUINT64_FORMAT " seeds, %" G_GUINT64_FORMAT " failed\n",
		       last - first + 1, failed);
	g_free(seeds);
	return failed > 0;
}
