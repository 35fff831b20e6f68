/* SPDX-License-Identifier: GPL-2.0-or-later */
/* screen - a terminal drawn over and over, and given back as it was. */
#pragma once

#include <stdint.h>

/* Takes the terminal of standard output: another screen, no cursor, long lines cut. It is given
 * back when a signal ends or stops the program; from then on only screen_wait sleeps. */
void screen_begin(void);
/* Draws @text over what is there, as much of it as there is room for. */
void screen_draw(const char *text);
/* Sleeps for @ms, or until the terminal has another size. */
void screen_wait(int64_t ms);
