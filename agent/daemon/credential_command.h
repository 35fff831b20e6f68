/* SPDX-License-Identifier: GPL-2.0-or-later */
/* credential_command - a program run, without a shell, for the secret that it prints. */
#pragma once

#include <glib.h>
#include <stdint.h>

struct credential_command;

/* The end, once, from the main loop: the output, owned by the receiver, to be wiped; or an error.
 * The command is gone then. */
typedef void (*credential_command_end)(char *own_secret, const GError *error, void *data);

/* Runs @argv for at most @deadline_ms; its standard input and error are /dev/null. NULL with
 * FAULT_AUTH when it cannot be run. */
struct credential_command *credential_command_start(char *const *argv, int64_t deadline_ms,
                                                    credential_command_end end, void *data,
                                                    GError **error);
/* Kills it, without the event; NULL is fine. */
void credential_command_cancel(struct credential_command *command);
