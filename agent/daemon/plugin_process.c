/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program on three pipes.
 */
#include "agent/daemon/plugin_process.h"

#include "agent/daemon/carrier_inside.h"
#include "reconcile/model/fault.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	READ_BYTES = 65536,
	READS_IN_A_TURN = 16,   /* so that a flood leaves the main loop to others */
	KEEP_BYTES = 1 << 20,   /* a larger buffer is given back when it is empty */
	COMPLAINT_BYTES = 1000, /* of one line of standard error */
};

/* A line to be written. */
struct chunk {
	char *line;
	size_t len, written;
	uint64_t tag; /* 0: a secret */
};

struct plugin_process {
	int refs; /* of the owner, of the watch, of a running callback */
	bool is_released;
	bool is_dead;
	bool is_terminated; /* SIGTERM was sent */
	GPid pid;
	int in_fd, out_fd, err_fd;
	unsigned in_source, out_source, err_source, watch, timer;
	int64_t grace_ms;
	size_t line_bytes, queue_bytes;
	GByteArray *out;
	size_t scanned; /* of out, without a newline */
	char complaint[COMPLAINT_BYTES + 1];
	size_t complaint_len;
	GQueue chunks;
	size_t queued_bytes;
	struct plugin_process_events events;
};

static const char *const environment[] = {
	"PATH",       "HOME",        "USER",       "LANG",        "LC_ALL",
	"TZ",         "TMPDIR",      "http_proxy", "https_proxy", "no_proxy",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",   "all_proxy",   "XDG_RUNTIME_DIR",
	NULL,
};

static void chunk_free(void *data)
{
	struct chunk *chunk = data;

	if (chunk->tag == 0)
		explicit_bzero(chunk->line, chunk->len);
	g_free(chunk->line);
	g_free(chunk);
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void process_unref(struct plugin_process *process)
{
	if (--process->refs > 0)
		return;
	g_byte_array_unref(process->out);
	g_free(process);
}

/* Ends all events and lets go of the pipes. */
static void process_release(struct plugin_process *process)
{
	process->is_released = true;
	carrier_timer_clear(&process->in_source);
	carrier_timer_clear(&process->out_source);
	carrier_timer_clear(&process->err_source);
	carrier_timer_clear(&process->timer);
	fd_close(&process->in_fd);
	fd_close(&process->out_fd);
	fd_close(&process->err_fd);
	g_queue_clear_full(&process->chunks, chunk_free);
	process->queued_bytes = 0;
}

static void process_gone(struct plugin_process *process, const char *why)
{
	if (process->is_released)
		return;
	carrier_timer_clear(&process->in_source);
	carrier_timer_clear(&process->out_source);
	carrier_timer_clear(&process->timer);
	process->events.gone(why, process->events.data);
}

static gboolean in_writable(int fd, GIOCondition condition, void *data)
{
	struct plugin_process *process = data;
	struct chunk *chunk = g_queue_peek_head(&process->chunks);
	ssize_t put;

	(void)condition;
	if (!chunk) {
		process->in_source = 0;
		return G_SOURCE_REMOVE;
	}
	put = write(fd, chunk->line + chunk->written, chunk->len - chunk->written);
	if (put < 0 && (errno == EAGAIN || errno == EINTR))
		return G_SOURCE_CONTINUE;
	/* A program that closed its input is dead or dying: its end tells more. */
	if (put < 0) {
		process->in_source = 0;
		return G_SOURCE_REMOVE;
	}
	chunk->written += (size_t)put;
	process->queued_bytes -= (size_t)put;
	if (chunk->written == chunk->len)
		chunk_free(g_queue_pop_head(&process->chunks));
	return G_SOURCE_CONTINUE;
}

static void chunk_push(struct plugin_process *process, char *own_line, uint64_t tag)
{
	struct chunk *chunk = g_new0(struct chunk, 1);

	chunk->line = own_line;
	chunk->len = strlen(own_line);
	chunk->tag = tag;
	process->queued_bytes += chunk->len;
	g_queue_push_tail(&process->chunks, chunk);
	if (!process->in_source)
		process->in_source = g_unix_fd_add(process->in_fd, G_IO_OUT, in_writable, process);
}

bool plugin_process_write(struct plugin_process *process, char *own_line, uint64_t tag)
{
	g_assert(tag != 0);
	if (process->queued_bytes + strlen(own_line) > process->queue_bytes) {
		g_free(own_line);
		return false;
	}
	chunk_push(process, own_line, tag);
	return true;
}

void plugin_process_write_secret(struct plugin_process *process, char *own_line)
{
	chunk_push(process, own_line, 0);
}

bool plugin_process_withdraw(struct plugin_process *process, uint64_t tag)
{
	for (GList *item = process->chunks.head; item; item = item->next) {
		struct chunk *chunk = item->data;

		if (chunk->tag != tag)
			continue;
		if (chunk->written > 0)
			return false;
		process->queued_bytes -= chunk->len;
		g_queue_delete_link(&process->chunks, item);
		chunk_free(chunk);
		return true;
	}
	return false;
}

/* Gives out the whole lines of the buffer, as long as the owner wants them. */
static void out_give(struct plugin_process *process)
{
	GByteArray *out = process->out;
	size_t begin = 0;

	while (!process->is_released) {
		const uint8_t *end =
			memchr(out->data + process->scanned, '\n', out->len - process->scanned);

		if (!end)
			break;
		process->scanned = (size_t)(end - out->data) + 1;
		process->events.line((const char *)out->data + begin, process->scanned - begin - 1,
		                     process->events.data);
		begin = process->scanned;
	}
	if (process->is_released)
		return;
	g_byte_array_remove_range(out, 0, (unsigned)begin);
	process->scanned = out->len;
	if (out->len == 0 && begin > KEEP_BYTES) {
		g_byte_array_unref(process->out);
		process->out = g_byte_array_new();
	}
}

/* What read() would say; lines are given out. */
static ssize_t out_read(struct plugin_process *process)
{
	unsigned len = process->out->len;
	ssize_t got;

	g_byte_array_set_size(process->out, len + READ_BYTES);
	got = read(process->out_fd, process->out->data + len, READ_BYTES);
	g_byte_array_set_size(process->out, len + (got > 0 ? (unsigned)got : 0));
	if (got <= 0)
		return got < 0 && (errno == EAGAIN || errno == EINTR) ? -1 : 0;
	out_give(process);
	return got;
}

static bool out_is_too_long(const struct plugin_process *process)
{
	return process->out->len > process->line_bytes;
}

static void long_line_gone(struct plugin_process *process)
{
	g_autofree char *why =
		g_strdup_printf("it wrote a line of over %zu bytes", process->line_bytes);

	process_gone(process, why);
}

static gboolean out_stays_closed(void *data)
{
	struct plugin_process *process = data;

	process->timer = 0;
	process_gone(process, "it closed its standard output");
	return G_SOURCE_REMOVE;
}

static gboolean out_readable(int fd, GIOCondition condition, void *data)
{
	struct plugin_process *process = data;
	ssize_t got = 1;

	(void)fd;
	(void)condition;
	process->refs++;
	for (unsigned i = 0; i < READS_IN_A_TURN && got > 0 && !process->is_released; i++) {
		got = out_read(process);
		if (!process->is_released && out_is_too_long(process)) {
			long_line_gone(process);
			got = -1;
		}
	}
	/* Mostly the exit follows at once, and says more. */
	if (got == 0 && !process->is_released) {
		carrier_timer_clear(&process->out_source);
		carrier_timer_set(&process->timer, process->grace_ms, out_stays_closed, process);
	}
	process_unref(process);
	return G_SOURCE_CONTINUE;
}

static void complaint_give(struct plugin_process *process)
{
	g_autofree char *valid = NULL;

	if (process->complaint_len == 0)
		return;
	process->complaint[process->complaint_len] = '\0';
	process->complaint_len = 0;
	for (char *c = process->complaint; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	valid = g_utf8_make_valid(process->complaint, -1);
	process->events.complaint(g_strchomp(valid), process->events.data);
}

static ssize_t err_read(struct plugin_process *process)
{
	char bytes[READ_BYTES];
	ssize_t got = read(process->err_fd, bytes, sizeof(bytes));

	for (ssize_t i = 0; i < got && !process->is_released; i++)
		if (bytes[i] == '\n')
			complaint_give(process);
		else if (process->complaint_len < COMPLAINT_BYTES)
			process->complaint[process->complaint_len++] = bytes[i] ? bytes[i] : ' ';
	return got;
}

static gboolean err_readable(int fd, GIOCondition condition, void *data)
{
	struct plugin_process *process = data;
	ssize_t got;

	(void)fd;
	(void)condition;
	process->refs++;
	got = err_read(process);
	if (!process->is_released && (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))) {
		complaint_give(process);
		carrier_timer_clear(&process->err_source);
	}
	process_unref(process);
	return G_SOURCE_CONTINUE;
}

/* What it wrote before it died counts; another process may hold the pipe open, so there is an
 * end. */
static void process_drain(struct plugin_process *process)
{
	size_t left = process->line_bytes;

	while (!process->is_released && process->out_source && left > READ_BYTES) {
		ssize_t got = out_read(process);

		if (got <= 0)
			break;
		left -= (size_t)got;
	}
	for (unsigned i = 0; i < READS_IN_A_TURN && !process->is_released; i++)
		if (process->err_source == 0 || err_read(process) <= 0)
			break;
}

static char *end_text(int status)
{
	if (WIFSIGNALED(status))
		return g_strdup_printf("it was killed by signal %d", WTERMSIG(status));
	return g_strdup_printf("it exited with %d", WEXITSTATUS(status));
}

static void process_died(GPid pid, int status, void *data)
{
	struct plugin_process *process = data;
	g_autofree char *why = end_text(status);

	g_spawn_close_pid(pid);
	process->watch = 0;
	process->is_dead = true;
	carrier_timer_clear(&process->timer);
	process_drain(process);
	process_gone(process, why);
	process_unref(process);
}

/* Between fork and exec: only calls that are safe there. */
static void child_setup(void *data)
{
	sigset_t none;

	(void)data;
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static char **environment_make(void)
{
	char **made = g_new0(char *, G_N_ELEMENTS(environment) + 1);
	size_t len = 0;

	for (size_t i = 0; environment[i]; i++) {
		const char *value = g_getenv(environment[i]);

		if (value)
			made[len++] = g_strdup_printf("%s=%s", environment[i], value);
	}
	return made;
}

static void process_listen(struct plugin_process *process)
{
	g_unix_set_fd_nonblocking(process->in_fd, true, NULL);
	g_unix_set_fd_nonblocking(process->out_fd, true, NULL);
	g_unix_set_fd_nonblocking(process->err_fd, true, NULL);
	process->out_source = g_unix_fd_add(process->out_fd, G_IO_IN | G_IO_HUP | G_IO_ERR,
	                                    out_readable, process);
	process->err_source =
		g_unix_fd_add_full(G_PRIORITY_DEFAULT_IDLE, process->err_fd,
	                           G_IO_IN | G_IO_HUP | G_IO_ERR, err_readable, process, NULL);
	process->watch = g_child_watch_add(process->pid, process_died, process);
}

struct plugin_process *plugin_process_start(const struct plugin_process_options *options,
                                            const struct plugin_process_events *events,
                                            GError **error)
{
	const char *argv[] = { options->path, NULL };
	struct plugin_process *process = g_new0(struct plugin_process, 1);
	g_auto(GStrv) envp = environment_make();
	g_autoptr(GError) why = NULL;

	/* Writing to a program that is gone is an error here, not a signal. */
	signal(SIGPIPE, SIG_IGN);
	if (!g_spawn_async_with_pipes_and_fds(options->dir, argv, (const char *const *)envp,
	                                      G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CLOEXEC_PIPES,
	                                      child_setup, NULL, -1, -1, -1, NULL, NULL, 0,
	                                      &process->pid, &process->in_fd, &process->out_fd,
	                                      &process->err_fd, &why)) {
		g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT, "%s: %s", options->path,
		            why->message);
		g_free(process);
		return NULL;
	}
	process->refs = 2;
	process->grace_ms = options->grace_ms;
	process->line_bytes = options->line_bytes;
	process->queue_bytes = options->queue_bytes;
	process->events = *events;
	process->out = g_byte_array_new();
	g_queue_init(&process->chunks);
	process_listen(process);
	return process;
}

void plugin_process_kill(struct plugin_process *process)
{
	if (!process)
		return;
	process_release(process);
	if (!process->is_dead)
		kill(-process->pid, SIGKILL);
	process_unref(process);
}

static gboolean process_press(void *data)
{
	struct plugin_process *process = data;

	process->timer = 0;
	kill(-process->pid, process->is_terminated ? SIGKILL : SIGTERM);
	if (!process->is_terminated)
		carrier_timer_set(&process->timer, process->grace_ms, process_press, process);
	process->is_terminated = true;
	return G_SOURCE_REMOVE;
}

void plugin_process_stop(struct plugin_process *process)
{
	if (!process)
		return;
	process_release(process);
	if (!process->is_dead)
		carrier_timer_set(&process->timer, process->grace_ms, process_press, process);
	process_unref(process);
}
