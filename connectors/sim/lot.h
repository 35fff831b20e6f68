/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lot - seeded draws: splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
 * Generators, 2014), which is a bijection of its counter, so ids drawn from it never repeat. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	LOT_MILLION = 1000000 /* probabilities are parts per million */
};

struct lot {
	uint64_t counter;
};

/* The next 64 bits. */
uint64_t lot_draw(struct lot *lot);
/* A number from 0 to @below - 1; 0 when @below is 0. */
uint64_t lot_below(struct lot *lot, uint64_t below);
/* Whether something with a chance of @ppm happens; draws nothing when it cannot. */
bool lot_happens(struct lot *lot, uint64_t ppm);
