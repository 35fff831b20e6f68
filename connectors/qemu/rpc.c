/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines in, lines out. A line is capped; output waits in memory until the other side reads.
 */
#include "connectors/qemu/rpc.h"

#include "reconcile/model/fault.h"

#include <errno.h>
#include <glib-unix.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES ((size_t)64 << 20)
#define CODE_PARSE (-32700)
#define CODE_REQUEST (-32600)
#define CODE_FAULT (-32000)

struct rpc {
	int in_fd;
	int out_fd;
	GByteArray *input;
	size_t searched; /* of input: no line end in there */
	GString *output;
	guint in_watch;
	guint out_watch;
	rpc_message *message;
	rpc_closed *closed;
	void *data;
};

static gboolean writable(int fd, GIOCondition condition, gpointer data)
{
	struct rpc *rpc = data;
	(void)condition;
	/* A pipe that is writable takes this much without blocking, whatever its flags. */
	ssize_t done = write(fd, rpc->output->str, MIN(rpc->output->len, PIPE_BUF));
	if (done < 0 && errno != EINTR && errno != EAGAIN) {
		rpc->out_watch = 0;
		rpc->closed(rpc->data);
		return G_SOURCE_REMOVE;
	}
	if (done > 0)
		g_string_erase(rpc->output, 0, done);
	if (rpc->output->len > 0)
		return G_SOURCE_CONTINUE;
	rpc->out_watch = 0;
	return G_SOURCE_REMOVE;
}

static void message_send(struct rpc *rpc, json_t *own_message)
{
	char *text = json_dumps(own_message, JSON_COMPACT);
	json_decref(own_message);
	g_assert(text);
	g_string_append(rpc->output, text);
	g_string_append_c(rpc->output, '\n');
	free(text);
	if (!rpc->out_watch)
		rpc->out_watch = g_unix_fd_add(rpc->out_fd, G_IO_OUT, writable, rpc);
}

void rpc_answer(struct rpc *rpc, json_t *id, json_t *own_result)
{
	message_send(rpc,
	             json_pack("{ss sO so}", "jsonrpc", "2.0", "id", id, "result", own_result));
}

static void error_send(struct rpc *rpc, json_t *id, int code, const char *text, json_t *own_data)
{
	message_send(rpc, json_pack("{ss sO? s{si ss so*}}", "jsonrpc", "2.0", "id", id, "error",
	                            "code", code, "message", text, "data", own_data));
}

void rpc_fail(struct rpc *rpc, json_t *id, const GError *error)
{
	g_autofree char *text = g_utf8_make_valid(error->message, -1);
	json_t *data = json_pack("{ss sb si}", "class", fault_name((enum fault)error->code),
	                         "uncertain", 0, "retry_after_ms", 0);
	error_send(rpc, id, CODE_FAULT, text, data);
}

void rpc_notify(struct rpc *rpc, const char *method, json_t *own_params)
{
	message_send(rpc, json_pack("{ss ss so*}", "jsonrpc", "2.0", "method", method, "params",
	                            own_params));
}

static void line_take(struct rpc *rpc, const char *line, size_t len)
{
	json_t *root = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	const char *method = json_string_value(json_object_get(root, "method"));
	if (!root) {
		/* Jansson's text cites the line, which may hold credentials. */
		g_printerr("a line on standard input is no JSON\n");
		error_send(rpc, NULL, CODE_PARSE, "the line is no JSON", NULL);
	} else if (!method) {
		error_send(rpc, json_object_get(root, "id"), CODE_REQUEST, "no method", NULL);
	} else {
		rpc->message(rpc->data, method, json_object_get(root, "id"),
		             json_object_get(root, "params"));
	}
	json_decref(root);
}

static void lines_take(struct rpc *rpc)
{
	size_t begin = 0;
	const char *bytes = (const char *)rpc->input->data;
	const char *end;
	while ((end = memchr(bytes + MAX(begin, rpc->searched), '\n',
	                     rpc->input->len - MAX(begin, rpc->searched)))) {
		size_t len = (size_t)(end - bytes) - begin;
		if (len > 0)
			line_take(rpc, bytes + begin, len);
		begin += len + 1;
	}
	if (begin > 0)
		g_byte_array_remove_range(rpc->input, 0, (guint)begin);
	rpc->searched = rpc->input->len;
}

static gboolean readable(int fd, GIOCondition condition, gpointer data)
{
	struct rpc *rpc = data;
	guint8 buffer[65536];
	(void)condition;
	ssize_t got = read(fd, buffer, sizeof buffer);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return G_SOURCE_CONTINUE;
	if (got > 0)
		g_byte_array_append(rpc->input, buffer, (guint)got);
	if (got > 0)
		lines_take(rpc);
	if (got > 0 && rpc->input->len <= LINE_MAX_BYTES)
		return G_SOURCE_CONTINUE;
	rpc->in_watch = 0;
	rpc->closed(rpc->data);
	return G_SOURCE_REMOVE;
}

struct rpc *rpc_new(int in_fd, int out_fd, rpc_message *message, rpc_closed *closed, void *data)
{
	struct rpc *rpc = g_new0(struct rpc, 1);
	rpc->in_fd = in_fd;
	rpc->out_fd = out_fd;
	rpc->input = g_byte_array_new();
	rpc->output = g_string_new(NULL);
	rpc->message = message;
	rpc->closed = closed;
	rpc->data = data;
	rpc->in_watch = g_unix_fd_add(in_fd, G_IO_IN | G_IO_HUP, readable, rpc);
	return rpc;
}

void rpc_free(struct rpc *rpc)
{
	if (rpc->in_watch)
		g_source_remove(rpc->in_watch);
	if (rpc->out_watch)
		g_source_remove(rpc->out_watch);
	g_byte_array_free(rpc->input, TRUE);
	g_string_free(rpc->output, TRUE);
	g_free(rpc);
}
