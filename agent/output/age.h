/* SPDX-License-Identifier: GPL-2.0-or-later */
/* age - spans and moments in the few characters that a table has for them. */
#pragma once

#include <stdint.h>

/* "45s", "3m12s", "2h5m", "3d4h"; "0s" for what is not past yet. Freed by the caller. */
char *age_text(int64_t span_ms);
/* "in 40s", or "now" for what is due. Freed by the caller. */
char *age_until(int64_t until_ms, int64_t now_ms);
/* The local date and time of @at_ms. Freed by the caller. */
char *age_moment(int64_t at_ms);
