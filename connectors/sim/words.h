/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words - the small languages in the values of settings: chances, rates by name, sizes,
 * abilities. All parsers refuse with FAULT_INVALID and change nothing then. */
#pragma once

#include "connectors/sim/settings.h"

/* "0.05" or "5%": a chance or rate in parts per million. */
bool words_parse_ppm(const char *text, uint64_t *ret_ppm, GError **error);
/* "12": a whole number. */
bool words_parse_number(const char *text, uint64_t *ret_number, GError **error);
/* "transient=0.05,throttled=0.02": by class; those not named are 0. */
bool words_parse_errors(const char *text, uint64_t ret_ppm[FAULT_INTERNAL + 1], GError **error);
/* "stop=0.1,fail=0.01,vanish=0.05": by the way of dying; those not named are 0. */
bool words_parse_deaths(const char *text, uint64_t ret_ppm[DEATHS], GError **error);
/* "power,mark" says all abilities; "-token,+unique-name" changes *@abilities. */
bool words_parse_abilities(const char *text, unsigned *abilities, GError **error);
/* "small=1:2GiB:20GiB:10000 …": name=cpus:memory:disk:price, an array of struct size. */
GArray *words_parse_sizes(const char *text, GError **error);
