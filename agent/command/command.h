/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The subcommands of muster and what their exit codes mean.
 */
#ifndef AGENT_COMMAND_COMMAND_H
#define AGENT_COMMAND_COMMAND_H

enum exit_code {
	EXIT_CODE_GOOD = 0,
	EXIT_CODE_FAILED = 1,
	EXIT_CODE_USAGE = 2,
	EXIT_CODE_PENDING = 3, /* plan: changes are pending */
};

/* Runs the subcommand that argv names and returns the exit code of the process. */
int command_main(int argc, char **argv);

#endif
