/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mode is set before the socket has a name: bind() takes it over from the descriptor (Linux,
 * unix(7)), so there is no moment at which others could connect. */
#include "agent/api/socket.h"

#include "reconcile/model/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	BACKLOG = 64,
};

const char socket_name[] = "api.sock";

char *socket_path(const char *state_dir, int *ret_fd, GError **error)
{
	int fd = open(state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		int saved = errno;
		g_set_error(
			error, FAULT_DOMAIN, saved == ENOENT ? FAULT_NOT_FOUND : FAULT_INVALID,
			"cannot enter the state directory \"%s\": %s; name another with --state",
			state_dir, g_strerror(saved));
		return NULL;
	}
	*ret_fd = fd;
	return g_strdup_printf("/proc/self/fd/%d/%s", fd, socket_name);
}

static struct sockaddr_un address_make(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	g_strlcpy(address.sun_path, path, sizeof(address.sun_path));
	return address;
}

static bool somebody_listens(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_connected =
		fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;

	if (fd >= 0)
		close(fd);
	return is_connected;
}

static bool socket_bind(int fd, const struct sockaddr_un *address)
{
	return fchmod(fd, 0600) == 0 &&
	       bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 &&
	       listen(fd, BACKLOG) == 0;
}

static int listen_at(const char *path, const char *state_dir, GError **error)
{
	struct sockaddr_un address = address_make(path);

	if (somebody_listens(&address)) {
		g_set_error(error, FAULT_DOMAIN, FAULT_EXISTS,
		            "somebody listens on \"%s/%s\" already", state_dir, socket_name);
		return -1;
	}
	unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || !socket_bind(fd, &address)) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL, "cannot listen on \"%s/%s\": %s",
		            state_dir, socket_name, g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

int socket_listen(const char *state_dir, GError **error)
{
	int dir_fd;
	g_autofree char *path = socket_path(state_dir, &dir_fd, error);

	if (path == NULL)
		return -1;
	int fd = listen_at(path, state_dir, error);
	close(dir_fd);
	return fd;
}

void socket_remove(const char *state_dir)
{
	g_autofree char *path = g_build_filename(state_dir, socket_name, NULL);

	g_unlink(path);
}
