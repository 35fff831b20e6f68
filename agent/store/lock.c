/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock - flock on STATE/lock; its one line is for people: "PID since TIME: COMMAND". */
#include "agent/store/lock.h"

#include "reconcile/model/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LINE_MAX_BYTES = 512
};

struct lock {
	int fd;
	bool is_written;
};

static bool lock_failed(const char *doing, const char *path, GError **error)
{
	g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT, "cannot %s \"%s\": %s", doing, path,
	            g_strerror(errno));
	return false;
}

/* This process' command line, its arguments joined by spaces, cut. */
static char *command_line(void)
{
	char bytes[LINE_MAX_BYTES - 128] = "";
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes) - 1);

	if (fd >= 0)
		close(fd);
	for (ssize_t i = 0; i + 1 < len; i++)
		if (bytes[i] == '\0' || g_ascii_iscntrl(bytes[i]))
			bytes[i] = ' ';
	return len > 0 ? g_utf8_make_valid(bytes, -1) : g_strdup("muster");
}

/* For people only: a full disk must not keep the agent from observing. */
static bool lock_write(int fd)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *since = g_date_time_format_iso8601(now);
	g_autofree char *command = command_line();
	g_autofree char *line = g_strdup_printf("%d since %s: %s\n", getpid(), since, command);

	return ftruncate(fd, 0) == 0 && pwrite(fd, line, strlen(line), 0) > 0;
}

static char *lock_read(int fd)
{
	char line[LINE_MAX_BYTES] = "";
	ssize_t len = pread(fd, line, sizeof(line) - 1, 0);

	if (len <= 0)
		return g_strdup("");
	return g_strstrip(g_utf8_make_valid(line, len));
}

static bool lock_take(int fd, const char *path, GError **error)
{
	g_autofree char *holder = NULL;

	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno != EWOULDBLOCK)
		return lock_failed("lock", path, error);
	holder = lock_read(fd);
	g_set_error(error, FAULT_DOMAIN, FAULT_EXISTS,
	            "another muster uses this state directory, process %s; it holds \"%s\"",
	            *holder ? holder : "unknown", path);
	return false;
}

struct lock *lock_open(const char *state_dir, bool *ret_unclean, GError **error)
{
	g_autofree char *path = g_build_filename(state_dir, "lock", NULL);
	g_autofree char *before = NULL;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct lock *lock;

	if (fd < 0) {
		lock_failed("open", path, error);
		return NULL;
	}
	if (!lock_take(fd, path, error)) {
		close(fd);
		return NULL;
	}
	before = lock_read(fd);
	lock = g_new0(struct lock, 1);
	lock->fd = fd;
	lock->is_written = lock_write(fd);
	*ret_unclean = *before != '\0';
	return lock;
}

void lock_close(struct lock *lock)
{
	if (!lock)
		return;
	/* An empty file says that this end was clean; when that fails the next start checks
	 * more. */
	if (lock->is_written)
		lock->is_written = ftruncate(lock->fd, 0) != 0;
	close(lock->fd);
	g_free(lock);
}
