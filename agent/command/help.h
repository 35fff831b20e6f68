/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help - what the rows of commands and options say to people: --help and the manual. */
#pragma once

#include "agent/command/command.h"

#include <stdio.h>

/* `muster --help`: every command with its line. */
void help_print(FILE *stream);
/* `muster COMMAND --help`. */
void help_print_command(const struct command *command, FILE *stream);
/* The section COMMANDS of muster(1), as roff. */
void help_print_manual(FILE *stream);
