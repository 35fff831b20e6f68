/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lots from a seed. */
#include "reconcile/engine/rand.h"

#include <glib.h>

enum {
	UID_LENGTH = 12,
	UID_BITS = 5,
};

uint64_t rand_next(struct rand *rand)
{
	uint64_t z = rand->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t rand_below(struct rand *rand, uint64_t bound)
{
	return bound == 0 ? 0 : rand_next(rand) % bound;
}

char *rand_uid(struct rand *rand)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint64_t bits = rand_next(rand);
	char *uid = g_new(char, UID_LENGTH + 1);

	for (int i = 0; i < UID_LENGTH; i++) {
		uid[i] = digits[bits & ((1u << UID_BITS) - 1)];
		bits >>= UID_BITS;
	}
	uid[UID_LENGTH] = '\0';
	return uid;
}
