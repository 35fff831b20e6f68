/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program run for the secret that it prints.
 */
#include "agent/daemon/credential_command.h"

#include "agent/daemon/carrier_inside.h"
#include "reconcile/model/fault.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SECRET_MAX = 65536
};

struct credential_command {
	GPid pid;
	int out_fd;
	unsigned out_source, watch, deadline;
	int status;
	bool is_dead, is_read;
	char *out; /* SECRET_MAX + 1 */
	size_t len;
	credential_command_end end;
	void *data;
};

static void reap(GPid pid, int status, void *data)
{
	(void)status;
	(void)data;
	g_spawn_close_pid(pid);
}

static void command_free(struct credential_command *command)
{
	carrier_timer_clear(&command->out_source);
	carrier_timer_clear(&command->watch);
	carrier_timer_clear(&command->deadline);
	if (command->out_fd >= 0)
		close(command->out_fd);
	if (!command->is_dead) {
		kill(-command->pid, SIGKILL);
		g_child_watch_add(command->pid, reap, NULL);
	}
	explicit_bzero(command->out, SECRET_MAX + 1);
	g_free(command->out);
	g_free(command);
}

static void command_end(struct credential_command *command, GError *own_error)
{
	credential_command_end end = command->end;
	g_autoptr(GError) error = own_error;
	void *data = command->data;
	char *secret = NULL;

	if (!error) {
		secret = g_malloc(command->len + 1);
		memcpy(secret, command->out, command->len);
		secret[command->len] = '\0';
	}
	command_free(command);
	end(secret, error, data);
}

static GError *refusal(const char *format, int number)
{
	g_autofree char *text = g_strdup_printf("%s %d", format, number);

	return g_error_new_literal(FAULT_DOMAIN, FAULT_AUTH, text);
}

static void command_settle(struct credential_command *command)
{
	if (!command->is_dead || !command->is_read)
		return;
	if (WIFSIGNALED(command->status))
		command_end(command,
		            refusal("the command died of signal", WTERMSIG(command->status)));
	else if (WEXITSTATUS(command->status) != 0)
		command_end(command,
		            refusal("the command ended with", WEXITSTATUS(command->status)));
	else if (memchr(command->out, '\0', command->len))
		command_end(command, g_error_new(FAULT_DOMAIN, FAULT_AUTH,
		                                 "the command printed a zero byte"));
	else
		command_end(command, NULL);
}

static gboolean out_readable(int fd, GIOCondition condition, void *data)
{
	struct credential_command *command = data;
	ssize_t got = read(fd, command->out + command->len, SECRET_MAX + 1 - command->len);

	(void)condition;
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return G_SOURCE_CONTINUE;
	if (got > 0 && (command->len += (size_t)got) <= SECRET_MAX)
		return G_SOURCE_CONTINUE;
	command->out_source = 0;
	if (got > 0) {
		command_end(command, g_error_new(FAULT_DOMAIN, FAULT_AUTH,
		                                 "the command printed over %d bytes", SECRET_MAX));
		return G_SOURCE_REMOVE;
	}
	command->is_read = true;
	command_settle(command);
	return G_SOURCE_REMOVE;
}

static void command_died(GPid pid, int status, void *data)
{
	struct credential_command *command = data;

	g_spawn_close_pid(pid);
	command->watch = 0;
	command->is_dead = true;
	command->status = status;
	command_settle(command);
}

static gboolean command_is_late(void *data)
{
	struct credential_command *command = data;

	command->deadline = 0;
	command_end(command, g_error_new(FAULT_DOMAIN, FAULT_AUTH, "the command took too long"));
	return G_SOURCE_REMOVE;
}

/* A group of its own, so that what it starts dies with it. */
static void child_setup(void *data)
{
	(void)data;
	setpgid(0, 0);
}

struct credential_command *credential_command_start(char *const *argv, int64_t deadline_ms,
                                                    credential_command_end end, void *data,
                                                    GError **error)
{
	g_autoptr(GError) why = NULL;
	struct credential_command *command;
	GPid pid;
	int out_fd;

	if (!g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
	                              G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH |
	                                      G_SPAWN_STDERR_TO_DEV_NULL | G_SPAWN_CLOEXEC_PIPES,
	                              child_setup, NULL, &pid, NULL, &out_fd, NULL, &why)) {
		g_set_error(error, FAULT_DOMAIN, FAULT_AUTH, "%s", why->message);
		return NULL;
	}
	command = g_new0(struct credential_command, 1);
	command->pid = pid;
	command->out_fd = out_fd;
	command->out = g_malloc(SECRET_MAX + 1);
	command->end = end;
	command->data = data;
	g_unix_set_fd_nonblocking(out_fd, true, NULL);
	command->out_source = g_unix_fd_add(out_fd, G_IO_IN | G_IO_HUP, out_readable, command);
	command->watch = g_child_watch_add(pid, command_died, command);
	carrier_timer_set(&command->deadline, deadline_ms, command_is_late, command);
	return command;
}

void credential_command_cancel(struct credential_command *command)
{
	if (command)
		command_free(command);
}
