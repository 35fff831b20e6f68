/* SPDX-License-Identifier: GPL-2.0-or-later */
/* process - the QEMU of a VM's directory, known by the lock that it holds on its pid file.
 *
 * A pid alone may have become another's; the holder of the lock cannot be anybody else. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#define PROCESS_FILE "qemu.pid"

/* What a look at the pid file showed. */
struct process {
	pid_t pid;     /* of the QEMU that runs; 0: none does */
	bool has_file; /* without a pid: it did not clean up, so it was killed or crashed */
};

/* Looks at the pid file in the directory @dir_fd. Three system calls. */
struct process process_look(int dir_fd);
/* A pidfd of the running QEMU, close-on-exec, which no reuse of pids can turn into another's; -1
 * when none runs. */
int process_open(int dir_fd);
/* Sends @signal by @pidfd; false when the process is gone. */
bool process_signal(int pidfd, int signal);
/* The resident memory of @pid in bytes; 0 when unknown. */
long long process_resident_bytes(pid_t pid);
