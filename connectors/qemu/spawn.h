/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spawn - a short-lived program, run in a directory without blocking. */
#pragma once

#include <glib.h>

/* @error: NULL when it exited with 0, else what it said; borrowed. */
typedef void spawn_done(void *data, const GError *error);

/* Runs @own_words (ended by NULL) in @directory, with nothing of ours open; standard error goes to
 * @log there, so a daemon that it leaves behind holds no pipe of ours. @done is called once, from
 * the loop; after @timeout_s the program is killed and the class is transient. */
void spawn_run(GPtrArray *own_words, const char *directory, const char *log, unsigned timeout_s,
               spawn_done *done, void *data);
/* The class that the words of QEMU's complaint mean; FAULT_TRANSIENT when we do not know them. */
int spawn_classify(const char *text);
