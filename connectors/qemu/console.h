/* SPDX-License-Identifier: GPL-2.0-or-later */
/* console - the log of a guest's serial port, kept from filling the disk. */
#pragma once

#define CONSOLE_FILE "console.log"

/* Empties the log in @dir_fd when it has grown past 16 MiB; its end stays in "console.old". What
 * the guest says in between may be lost. Costs one system call where there is nothing to do. */
void console_trim(int dir_fd);
