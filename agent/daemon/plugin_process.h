/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plugin_process - a program on three pipes: lines in, lines out, and an end that comes for
 * certain.
 *
 * It knows nothing of the protocol. Memory is bounded both ways. Events come from the main loop;
 * one may kill or stop the process that it comes from. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct plugin_process;

struct plugin_process_events {
	/* A line of standard output without its newline. */
	void (*line)(const char *line, size_t len, void *data);
	/* A line of standard error, cut and made printable. */
	void (*complaint)(const char *text, void *data);
	/* It died, or can not be talked to any more; once. What it had written has been given
	 * out. The process is still to be killed or stopped. */
	void (*gone)(const char *why, void *data);
	void *data;
};

struct plugin_process_options {
	const char *path;
	const char *dir;    /* its working directory */
	int64_t grace_ms;   /* between the steps of an end */
	size_t line_bytes;  /* of the longest line */
	size_t queue_bytes; /* that it has not read yet */
};

/* Starts it in a process group of its own, with a small environment and no descriptor but 0 to 2.
 * */
struct plugin_process *plugin_process_start(const struct plugin_process_options *options,
                                            const struct plugin_process_events *events,
                                            GError **error);
/* Queues a line. False when too much is queued already; the line is freed either way. */
bool plugin_process_write(struct plugin_process *process, char *own_line, uint64_t tag);
/* The same for a line that is wiped afterwards; never refused. */
void plugin_process_write_secret(struct plugin_process *process, char *own_line);
/* Takes the line with that tag back; false when some of it is written. */
bool plugin_process_withdraw(struct plugin_process *process, uint64_t tag);
/* Ends it now; no more events, and the pointer is gone. NULL is fine. */
void plugin_process_kill(struct plugin_process *process);
/* Closes its input, then SIGTERM, then SIGKILL, while the main loop goes on; no more events, and
 * the pointer is gone. Should this program end first, the process is killed with it. NULL is
 * fine. */
void plugin_process_stop(struct plugin_process *process);
