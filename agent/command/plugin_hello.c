/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program runs in an empty directory and is killed after its answer: it has nothing open
 * then. */
#include "agent/command/plugin_hello.h"

#include "reconcile/model/fault.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	HELLO_MS = 10 * 1000,
	HELLO_MAX = 1 << 20, /* bytes: an answer to hello is a table of settings */
};

struct child {
	GPid pid;
	int in, out;
};

static bool child_start(const char *program, const char *dir, struct child *ret_child,
                        GError **error)
{
	char *argv[] = { (char *)program, NULL };
	GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL;
	g_autoptr(GError) cause = NULL;

	if (!g_spawn_async_with_pipes(dir, argv, NULL, flags, NULL, NULL, &ret_child->pid,
	                              &ret_child->in, &ret_child->out, NULL, &cause)) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "cannot start \"%s\": %s", program,
		            cause->message);
		return false;
	}
	return true;
}

static void child_end(const struct child *child)
{
	close(child->in);
	close(child->out);
	kill(child->pid, SIGKILL);
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
	}
	g_spawn_close_pid(child->pid);
}

/* Up to the first newline, without it; NULL when there is none in time. */
static char *line_read(int fd)
{
	g_autoptr(GString) line = g_string_new(NULL);
	int64_t until_us = g_get_monotonic_time() + HELLO_MS * 1000;
	char bytes[4096];

	while (strchr(line->str, '\n') == NULL && line->len < HELLO_MAX) {
		int64_t left_ms = (until_us - g_get_monotonic_time()) / 1000;
		struct pollfd wanted = { .fd = fd, .events = POLLIN };
		ssize_t len = 0;

		if (left_ms > 0 && poll(&wanted, 1, (int)left_ms) > 0)
			len = read(fd, bytes, sizeof(bytes));
		if (len <= 0)
			return NULL;
		g_string_append_len(line, bytes, len);
	}
	return g_strndup(line->str, strcspn(line->str, "\n"));
}

static struct hello *child_ask(const struct child *child, const char *program, GError **error)
{
	g_autofree char *request = codec_hello_line(1, PACKAGE_NAME " " PACKAGE_VERSION);
	bool is_sent = write(child->in, request, strlen(request)) == (ssize_t)strlen(request);
	g_autofree char *line = is_sent ? line_read(child->out) : NULL;

	if (line == NULL) {
		g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT, "\"%s\" does not answer hello",
		            program);
		return NULL;
	}
	autoptr(message) message = message_parse(line, strlen(line), error);
	return message == NULL ? NULL : message_to_hello(message, error);
}

struct hello *plugin_hello(const char *program, GError **error)
{
	g_autofree char *dir = g_dir_make_tmp("muster-hello-XXXXXX", NULL);
	struct hello *hello = NULL;
	struct child child;

	if (child_start(program, dir, &child, error)) {
		/* A program that is gone already is told by its silence. */
		signal(SIGPIPE, SIG_IGN);
		hello = child_ask(&child, program, error);
		child_end(&child);
	}
	if (dir != NULL)
		g_rmdir(dir);
	return hello;
}
