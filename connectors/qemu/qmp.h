/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qmp - a short conversation with a running QEMU on its monitor socket, without blocking. */
#pragma once

#include <glib.h>
#include <jansson.h>

#define QMP_SOCKET "qmp.sock"

/* @returns: what each command returned, in order, as far as they went; borrowed. @error: NULL when
 * all went well, else of the first that failed; borrowed. */
typedef void qmp_done(void *data, const json_t *returns, const GError *error);

/* Connects to QMP_SOCKET in the directory @dir_fd (needed only until this returns), makes sure that
 * it is the VM @uuid, sends the commands of @own_commands (an array of {"execute", "arguments"})
 * one after another until one fails, closes and calls @done once, from the loop. Whatever takes
 * longer than a few seconds is FAULT_TRANSIENT. */
void qmp_talk(int dir_fd, const char *uuid, json_t *own_commands, qmp_done *done, void *data);
