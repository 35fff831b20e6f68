/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU takes a POSIX lock on its pid file after it has become a daemon (util/oslib-posix.c,
 * qemu_write_pidfile) and removes the file when it ends in good order.
 */
#include "connectors/qemu/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

struct process process_look(int dir_fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = openat(dir_fd, PROCESS_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return (struct process){ 0 };
	if (fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK || lock.l_pid < 1)
		lock.l_pid = 0;
	close(fd);
	return (struct process){ .pid = lock.l_pid, .has_file = true };
}

/* The process may end, and its number be given away, between the look and pidfd_open. It still
 * holding the lock afterwards shows that the pidfd is of the right one. */
int process_open(int dir_fd)
{
	pid_t pid = process_look(dir_fd).pid;
	if (pid == 0)
		return -1;
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd >= 0 && process_look(dir_fd).pid != pid) {
		close(pidfd);
		return -1;
	}
	return pidfd;
}

bool process_signal(int pidfd, int signal)
{
	return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) == 0;
}

long long process_resident_bytes(pid_t pid)
{
	char path[64];
	long long total = 0, resident = 0;
	snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
	FILE *file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%lld %lld", &total, &resident) != 2)
		resident = 0;
	fclose(file);
	return resident * sysconf(_SC_PAGESIZE);
}
