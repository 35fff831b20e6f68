/* SPDX-License-Identifier: GPL-2.0-or-later */
/* systemd hears what it should, on sockets with a path and abstract ones, and silence harms
 * nobody. */
#include "agent/daemon/notify.h"

#include <glib/gstdio.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Binds a datagram socket under @name ("@…" is abstract). */
static int listen_at(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, name, strlen(name));
	if (*name == '@')
		address.sun_path[0] = '\0';
	g_assert_cmpint(bind(fd, (struct sockaddr *)&address,
	                     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
	                ==, 0);
	return fd;
}

static void hear(int fd, const char *expected)
{
	char text[512] = "";
	ssize_t len = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	g_assert_cmpint(len, >, 0);
	g_assert_true(g_str_has_prefix(text, expected));
}

static void hear_nothing(int fd)
{
	char text[512];

	g_assert_cmpint(recv(fd, text, sizeof(text), MSG_DONTWAIT), <, 0);
}

static void speak(const char *name)
{
	int fd = listen_at(name);
	struct notify *notify;

	g_setenv("NOTIFY_SOCKET", name, TRUE);
	notify = notify_open();
	g_assert_null(g_getenv("NOTIFY_SOCKET"));
	notify_ready(notify);
	hear(fd, "READY=1\n");
	notify_status(notify, "3 of 4\nready");
	hear(fd, "STATUS=3 of 4 ready");
	notify_status(notify, "3 of 4\nready");
	hear_nothing(fd);
	notify_reloading(notify);
	hear(fd, "RELOADING=1\nMONOTONIC_USEC=");
	notify_watchdog(notify);
	hear(fd, "WATCHDOG=1\n");
	notify_stopping(notify);
	hear(fd, "STOPPING=1\n");
	notify_close(notify);
	close(fd);
}

static void test_a_path(void)
{
	g_autofree char *dir = g_dir_make_tmp("muster-notify-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "socket", NULL);

	speak(path);
	g_unlink(path);
	g_rmdir(dir);
}

static void test_an_abstract_name(void)
{
	g_autofree char *name = g_strdup_printf("@muster-notify-test-%d", getpid());

	speak(name);
}

static void test_nobody_listens(void)
{
	static const char *const names[] = { NULL, "", "relative", "/nowhere/at/all" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		struct notify *notify;

		if (names[i])
			g_setenv("NOTIFY_SOCKET", names[i], TRUE);
		g_setenv("WATCHDOG_USEC", "1000000", TRUE);
		notify = notify_open();
		notify_ready(notify);
		notify_status(notify, "x");
		g_assert_cmpint(notify_watchdog_ms(notify), ==, 0);
		notify_close(notify);
	}
}

static void test_the_watchdog(void)
{
	g_autofree char *name = g_strdup_printf("@muster-notify-test-dog-%d", getpid());
	g_autofree char *ours = g_strdup_printf("%d", getpid());
	const struct {
		const char *usec, *pid;
		int64_t ms;
	} rows[] = {
		{ "30000000", NULL, 15000 }, { "30000000", ours, 15000 }, { "30000000", "1", 0 },
		{ NULL, ours, 0 },           { "-5", NULL, 0 },           { "rubbish", NULL, 0 },
	};
	int fd = listen_at(name);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct notify *notify;

		g_setenv("NOTIFY_SOCKET", name, TRUE);
		if (rows[i].usec)
			g_setenv("WATCHDOG_USEC", rows[i].usec, TRUE);
		if (rows[i].pid)
			g_setenv("WATCHDOG_PID", rows[i].pid, TRUE);
		notify = notify_open();
		g_assert_cmpint(notify_watchdog_ms(notify), ==, rows[i].ms);
		notify_close(notify);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/notify/a-path", test_a_path);
	g_test_add_func("/notify/an-abstract-name", test_an_abstract_name);
	g_test_add_func("/notify/nobody-listens", test_nobody_listens);
	g_test_add_func("/notify/the-watchdog", test_the_watchdog);
	return g_test_run();
}
