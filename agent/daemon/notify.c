/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notify - systemd's notification protocol without its library. */
#include "agent/daemon/notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct notify {
	int fd; /* connected; -1: nobody listens */
	int64_t watchdog_ms;
	char *status;
};

/* A name that begins with "@" is abstract: its first byte is 0. */
static int socket_connect(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = strlen(name);
	int fd;

	if ((*name != '/' && *name != '@') || len >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, name, len);
	if (*name == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address,
	                       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int64_t watchdog_find(void)
{
	const char *usec = g_getenv("WATCHDOG_USEC");
	const char *pid = g_getenv("WATCHDOG_PID");

	if (!usec || (pid && g_ascii_strtoll(pid, NULL, 10) != getpid()))
		return 0;
	return MAX(g_ascii_strtoll(usec, NULL, 10), 0) / 2000;
}

struct notify *notify_open(void)
{
	struct notify *notify = g_new0(struct notify, 1);
	const char *name = g_getenv("NOTIFY_SOCKET");

	notify->fd = name ? socket_connect(name) : -1;
	notify->watchdog_ms = watchdog_find();
	g_unsetenv("NOTIFY_SOCKET");
	g_unsetenv("WATCHDOG_USEC");
	g_unsetenv("WATCHDOG_PID");
	return notify;
}

void notify_close(struct notify *notify)
{
	if (!notify)
		return;
	if (notify->fd >= 0)
		close(notify->fd);
	g_free(notify->status);
	g_free(notify);
}

static void notify_say(struct notify *notify, const char *text)
{
	if (notify->fd >= 0 && send(notify->fd, text, strlen(text), MSG_NOSIGNAL) < 0) {
		close(notify->fd);
		notify->fd = -1;
	}
}

void notify_ready(struct notify *notify)
{
	notify_say(notify, "READY=1\n");
}

void notify_status(struct notify *notify, const char *text)
{
	g_autofree char *line = g_strdup_printf("STATUS=%s\n", text);

	g_strdelimit(line, "\n", ' ');
	if (g_strcmp0(line, notify->status) == 0)
		return;
	g_free(notify->status);
	notify->status = g_strdup(line);
	notify_say(notify, line);
}

void notify_reloading(struct notify *notify)
{
	g_autofree char *text = g_strdup_printf(
		"RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT "\n", g_get_monotonic_time());

	notify_say(notify, text);
}

void notify_stopping(struct notify *notify)
{
	notify_say(notify, "STOPPING=1\n");
}

void notify_watchdog(struct notify *notify)
{
	notify_say(notify, "WATCHDOG=1\n");
}

int64_t notify_watchdog_ms(const struct notify *notify)
{
	return notify->fd >= 0 ? notify->watchdog_ms : 0;
}
