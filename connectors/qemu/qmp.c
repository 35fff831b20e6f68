/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QEMU Machine Protocol, as far as it is needed: greeting, capabilities, then a list of
 * commands. Events are passed over.
 */
#include "connectors/qemu/qmp.h"

#include "reconcile/model/fault.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <unistd.h>

#define TALK_TIMEOUT_S 8

struct talk {
	char *uuid;
	json_t *commands; /* with qmp_capabilities and query-uuid in front */
	size_t sent;
	json_t *returns;
	int dir_fd;
	GSocketClient *client;
	GSocketConnection *connection;
	GDataInputStream *input;
	GCancellable *cancellable;
	guint timer;
	char *line; /* being written */
	qmp_done *done;
	void *data;
};

/* What precedes the caller's commands. */
#define PREAMBLE 2

static void talk_free(struct talk *talk)
{
	if (talk->timer)
		g_source_remove(talk->timer);
	if (talk->dir_fd >= 0)
		close(talk->dir_fd);
	g_clear_object(&talk->input);
	g_clear_object(&talk->connection);
	g_clear_object(&talk->client);
	g_clear_object(&talk->cancellable);
	json_decref(talk->commands);
	json_decref(talk->returns);
	g_free(talk->uuid);
	g_free(talk->line);
	g_free(talk);
}

static void talk_end(struct talk *talk, const GError *error)
{
	talk->done(talk->data, talk->returns, error);
	talk_free(talk);
}

static void talk_fail(struct talk *talk, enum fault fault, const char *text)
{
	g_autoptr(GError) error = g_error_new(FAULT_DOMAIN, (int)fault, "qemu's monitor: %s", text);
	talk_end(talk, error);
}

static void line_read(GObject *source, GAsyncResult *result, gpointer data);

static void command_sent(GObject *source, GAsyncResult *result, gpointer data)
{
	struct talk *talk = data;
	g_autoptr(GError) error = NULL;
	if (!g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, &error)) {
		talk_fail(talk, FAULT_TRANSIENT, error->message);
		return;
	}
	g_data_input_stream_read_line_async(talk->input, G_PRIORITY_DEFAULT, talk->cancellable,
	                                    line_read, talk);
}

static void command_send(struct talk *talk)
{
	const json_t *command = json_array_get(talk->commands, talk->sent++);
	if (!command) {
		talk_end(talk, NULL);
		return;
	}
	char *text = json_dumps(command, JSON_COMPACT);
	g_free(talk->line);
	talk->line = g_strconcat(text, "\n", NULL);
	free(text);
	g_output_stream_write_all_async(
		g_io_stream_get_output_stream(G_IO_STREAM(talk->connection)), talk->line,
		strlen(talk->line), G_PRIORITY_DEFAULT, talk->cancellable, command_sent, talk);
}

/* The answer to command sent - 1; false when the talk has ended. */
static bool return_take(struct talk *talk, json_t *value)
{
	const char *uuid = json_string_value(json_object_get(value, "UUID"));
	if (talk->sent == PREAMBLE && g_strcmp0(uuid, talk->uuid) != 0) {
		talk_fail(talk, FAULT_CONFLICT, "another VM answers");
		return false;
	}
	if (talk->sent > PREAMBLE)
		json_array_append(talk->returns, value);
	return true;
}

static void message_take(struct talk *talk, const json_t *message)
{
	json_t *value = json_object_get(message, "return");
	const json_t *wrong = json_object_get(message, "error");
	if (wrong) {
		const char *text = json_string_value(json_object_get(wrong, "desc"));
		talk_fail(talk, FAULT_CONFLICT, text ? text : "an error without a word");
		return;
	}
	if (json_object_get(message, "QMP") || (value && return_take(talk, value))) {
		command_send(talk);
		return;
	}
	if (!value)
		g_data_input_stream_read_line_async(talk->input, G_PRIORITY_DEFAULT,
		                                    talk->cancellable, line_read, talk);
}

static void line_read(GObject *source, GAsyncResult *result, gpointer data)
{
	struct talk *talk = data;
	g_autoptr(GError) error = NULL;
	g_autofree char *line = g_data_input_stream_read_line_finish(G_DATA_INPUT_STREAM(source),
	                                                             result, NULL, &error);
	if (!line) {
		talk_fail(talk, FAULT_TRANSIENT, error ? error->message : "closed");
		return;
	}
	json_t *message = json_loads(line, 0, NULL);
	if (json_is_object(message))
		message_take(talk, message);
	else
		talk_fail(talk, FAULT_INTERNAL, "a line that is no message");
	json_decref(message);
}

static void connected(GObject *source, GAsyncResult *result, gpointer data)
{
	struct talk *talk = data;
	g_autoptr(GError) error = NULL;
	talk->connection = g_socket_client_connect_finish(G_SOCKET_CLIENT(source), result, &error);
	if (!talk->connection) {
		talk_fail(talk, FAULT_TRANSIENT, error->message);
		return;
	}
	talk->input = g_data_input_stream_new(
		g_io_stream_get_input_stream(G_IO_STREAM(talk->connection)));
	g_data_input_stream_set_newline_type(talk->input, G_DATA_STREAM_NEWLINE_TYPE_LF);
	g_data_input_stream_read_line_async(talk->input, G_PRIORITY_DEFAULT, talk->cancellable,
	                                    line_read, talk);
}

static gboolean timed_out(gpointer data)
{
	struct talk *talk = data;
	talk->timer = 0;
	g_cancellable_cancel(talk->cancellable);
	return G_SOURCE_REMOVE;
}

void qmp_talk(int dir_fd, const char *uuid, json_t *own_commands, qmp_done *done, void *data)
{
	struct talk *talk = g_new0(struct talk, 1);
	/* A socket's name is at most 107 bytes, a directory's may be longer: go by descriptor. */
	talk->dir_fd = fcntl(dir_fd, F_DUPFD_CLOEXEC, 3);
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d/" QMP_SOCKET, talk->dir_fd);
	g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);

	talk->uuid = g_strdup(uuid);
	talk->commands =
		json_pack("[{ss} {ss}]", "execute", "qmp_capabilities", "execute", "query-uuid");
	json_array_extend(talk->commands, own_commands);
	json_decref(own_commands);
	talk->returns = json_array();
	talk->client = g_socket_client_new();
	talk->cancellable = g_cancellable_new();
	talk->timer = g_timeout_add_seconds(TALK_TIMEOUT_S, timed_out, talk);
	talk->done = done;
	talk->data = data;
	g_socket_client_connect_async(talk->client, G_SOCKET_CONNECTABLE(address),
	                              talk->cancellable, connected, talk);
}
