/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quantity - sizes and durations as people write them. Integers only. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* "4GiB", "512MiB", "20GB", "1048576": bytes; units B kB MB GB TB KiB MiB GiB TiB. Refuses signs,
 * fractions of a byte, exponents, unknown units and overflow with FAULT_INVALID and the nearest
 * good form. */
bool quantity_parse_bytes(const char *text, int64_t *ret_bytes, GError **error);
/* "500ms", "30s", "5m", "1h30m", "2d": milliseconds; a bare number is refused. */
bool quantity_parse_duration(const char *text, int64_t *ret_ms, GError **error);
/* "4GiB": the largest binary unit that divides, freed by the caller. */
char *quantity_format_bytes(int64_t bytes);
/* "1h30m", "250ms": freed by the caller. */
char *quantity_format_duration(int64_t ms);
