/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rand - numbers by lot from a given seed, the same on every machine (splitmix64). */
#pragma once

#include <stdint.h>

struct rand {
	uint64_t state;
};

/* The next number of the row. Steele, Lea, Flood: "Fast splittable pseudorandom number
 * generators", OOPSLA 2014. */
uint64_t rand_next(struct rand *rand);
/* A number from 0 to @bound - 1; 0 when @bound is 0. */
uint64_t rand_below(struct rand *rand, uint64_t bound);
/* Twelve characters of [a-z2-7], freed by the caller: the mark of one creation. */
char *rand_uid(struct rand *rand);
