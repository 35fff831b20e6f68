/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * muster-connector-qemu: QEMU virtual machines on this host, as a connector program. It is started
 * by the agent, speaks the connector protocol on standard input and output, and may end at any
 * time: the VMs run on.
 */
#include "connectors/qemu/plugin.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static gboolean told_to_end(gpointer data)
{
	g_main_loop_quit(data);
	return G_SOURCE_REMOVE;
}

/* A descriptor of the protocol's own: whatever else prints to standard output goes to people. */
static int output_take(void)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	return fd;
}

/* Each running VM is watched by a descriptor. */
static void limits_raise(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int usage(const char *word)
{
	bool is_version = strcmp(word, "--version") == 0;
	puts(is_version
	             ? "muster-connector-qemu " PACKAGE_VERSION
	             : "usage: muster-connector-qemu (the agent starts it and speaks the connector "
	               "protocol with it on standard input and output)");
	return is_version || strcmp(word, "--help") == 0 ? 0 : 2;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return usage(argv[1]);
	limits_raise();
	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	GMainLoop *loop = g_main_loop_new(NULL, FALSE);
	g_unix_signal_add(SIGTERM, told_to_end, loop);
	g_unix_signal_add(SIGINT, told_to_end, loop);
	struct plugin *plugin = plugin_start(STDIN_FILENO, output_take(), loop);
	g_main_loop_run(loop);
	/* Threads may be at work and asks under way; all of it is made to be cut off. */
	if (!plugin_stop(plugin))
		_exit(0);
	g_main_loop_unref(loop);
	return 0;
}
