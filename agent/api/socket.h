/* SPDX-License-Identifier: GPL-2.0-or-later */
/* socket - STATE/api.sock, whatever the length of its path.
 *
 * An address holds 107 bytes of path; a longer one is reached through /proc/self/fd. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The name of the socket in the state directory. */
extern const char socket_name[];

/* A listening socket of mode 0600 in @state_dir, non-blocking. One that nobody listens on is
 * replaced; FAULT_EXISTS where somebody does. -1 on failure. */
int socket_listen(const char *state_dir, GError **error);
/* Removes it. */
void socket_remove(const char *state_dir);
/* A short path to it, good as long as *@ret_fd stays open; freed by the caller. NULL where the
 * directory cannot be entered. */
char *socket_path(const char *state_dir, int *ret_fd, GError **error);
