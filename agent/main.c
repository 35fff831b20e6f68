/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program's entry, kept empty so that everything else links into tests.
 */
#include "agent/command/command.h"

#include <locale.h>

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	return command_main(argc, argv);
}
