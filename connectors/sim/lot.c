/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Seeded draws.
 */
#include "connectors/sim/lot.h"

uint64_t lot_draw(struct lot *lot)
{
	uint64_t z = lot->counter += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t lot_below(struct lot *lot, uint64_t below)
{
	return below ? lot_draw(lot) % below : 0;
}

bool lot_happens(struct lot *lot, uint64_t ppm)
{
	return ppm > 0 && lot_below(lot, LOT_MILLION) < ppm;
}
