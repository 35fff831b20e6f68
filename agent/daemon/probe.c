/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe - GSocketClient, a timer for the deadline, and the first line of HTTP. */
#include "agent/daemon/probe.h"

#include <gio/gio.h>
#include <string.h>

enum {
	/* "HTTP/1.1 200" and the reason; more is not read. */
	LINE_MAX_BYTES = 512
};

struct probes {
	struct probe_events events;
	GSocketClient *client;
	GHashTable *under_way; /* a set of struct attempt */
};

/* One probe under way; GIO calls back even after a cancellation, so it outlives the probes then. */
struct attempt {
	struct probes *probes; /* NULL: nobody waits any more */
	uint64_t id;
	enum ready_kind kind;
	char *request;
	GCancellable *cancellable;
	GSocketConnection *connection;
	guint timer;
	bool is_late;
	int64_t deadline_ms;
	size_t len;
	char line[LINE_MAX_BYTES + 1];
};

static void attempt_free(struct attempt *attempt)
{
	g_clear_handle_id(&attempt->timer, g_source_remove);
	g_clear_object(&attempt->connection);
	g_object_unref(attempt->cancellable);
	g_free(attempt->request);
	g_free(attempt);
}

/* Gives the outcome, where somebody waits for it, and ends @attempt. */
static void attempt_end(struct attempt *attempt, bool is_ready, const char *text)
{
	struct probes *probes = attempt->probes;
	g_autofree char *late =
		attempt->is_late ? g_strdup_printf("no answer within %" G_GINT64_FORMAT " ms",
	                                           attempt->deadline_ms)
				 : NULL;
	uint64_t id = attempt->id;

	if (probes)
		g_hash_table_remove(probes->under_way, attempt);
	attempt_free(attempt);
	if (probes)
		probes->events.done(id, is_ready, late ? late : text, probes->events.data);
}

static gboolean on_deadline(void *data)
{
	struct attempt *attempt = data;

	attempt->timer = 0;
	attempt->is_late = true;
	g_cancellable_cancel(attempt->cancellable);
	return G_SOURCE_REMOVE;
}

/* "HTTP/1.1 200 OK": the number behind the first space. */
static bool status_parse(const char *line, unsigned *ret_status)
{
	const char *space = strchr(line, ' ');

	if (!g_str_has_prefix(line, "HTTP/") || !space || strlen(space) < 4)
		return false;
	for (int i = 1; i <= 3; i++)
		if (!g_ascii_isdigit(space[i]))
			return false;
	*ret_status = (unsigned)g_ascii_strtoull(space + 1, NULL, 10);
	return true;
}

static void line_judge(struct attempt *attempt)
{
	g_autofree char *text = NULL;
	unsigned status;

	if (!status_parse(attempt->line, &status)) {
		attempt_end(attempt, false, "the answer is not HTTP");
		return;
	}
	text = g_strdup_printf("HTTP status %u", status);
	attempt_end(attempt, status >= 200 && status < 400, text);
}

static void line_read(struct attempt *attempt);

static void on_read(GObject *object, GAsyncResult *result, void *data)
{
	struct attempt *attempt = data;
	g_autoptr(GError) error = NULL;
	gssize len = g_input_stream_read_finish(G_INPUT_STREAM(object), result, &error);

	if (len < 0) {
		attempt_end(attempt, false, error->message);
		return;
	}
	attempt->len += (size_t)len;
	attempt->line[attempt->len] = '\0';
	if (len == 0 || strchr(attempt->line, '\n') || attempt->len == LINE_MAX_BYTES) {
		line_judge(attempt);
		return;
	}
	line_read(attempt);
}

static void line_read(struct attempt *attempt)
{
	GInputStream *stream = g_io_stream_get_input_stream(G_IO_STREAM(attempt->connection));

	g_input_stream_read_async(stream, attempt->line + attempt->len,
	                          LINE_MAX_BYTES - attempt->len, G_PRIORITY_DEFAULT,
	                          attempt->cancellable, on_read, attempt);
}

static void on_written(GObject *object, GAsyncResult *result, void *data)
{
	struct attempt *attempt = data;
	g_autoptr(GError) error = NULL;

	if (!g_output_stream_write_all_finish(G_OUTPUT_STREAM(object), result, NULL, &error)) {
		attempt_end(attempt, false, error->message);
		return;
	}
	line_read(attempt);
}

static void on_connected(GObject *object, GAsyncResult *result, void *data)
{
	struct attempt *attempt = data;
	g_autoptr(GError) error = NULL;
	GOutputStream *stream;

	attempt->connection =
		g_socket_client_connect_to_host_finish(G_SOCKET_CLIENT(object), result, &error);
	if (!attempt->connection) {
		attempt_end(attempt, false, error->message);
		return;
	}
	if (attempt->kind != READY_HTTP) {
		attempt_end(attempt, true, "connected");
		return;
	}
	stream = g_io_stream_get_output_stream(G_IO_STREAM(attempt->connection));
	g_output_stream_write_all_async(stream, attempt->request, strlen(attempt->request),
	                                G_PRIORITY_DEFAULT, attempt->cancellable, on_written,
	                                attempt);
}

struct probes *probes_new(const struct probe_events *events)
{
	struct probes *probes = g_new0(struct probes, 1);

	probes->events = *events;
	probes->client = g_socket_client_new();
	g_socket_client_set_enable_proxy(probes->client, FALSE);
	probes->under_way = g_hash_table_new(NULL, NULL);
	return probes;
}

void probes_free(struct probes *probes)
{
	GHashTableIter iter;
	void *value;

	if (!probes)
		return;
	g_hash_table_iter_init(&iter, probes->under_way);
	while (g_hash_table_iter_next(&iter, &value, NULL)) {
		struct attempt *attempt = value;

		attempt->probes = NULL;
		g_cancellable_cancel(attempt->cancellable);
	}
	g_hash_table_unref(probes->under_way);
	g_object_unref(probes->client);
	g_free(probes);
}

/* An IPv6 address stands in brackets, in a URL and before a port. */
static char *host_text(const char *host)
{
	return strchr(host, ':') && *host != '[' ? g_strdup_printf("[%s]", host) : g_strdup(host);
}

static char *request_text(const struct probe *probe, const char *host)
{
	const char *path = probe->path && *probe->path ? probe->path : "/";

	return g_strdup_printf("GET %s HTTP/1.1\r\nHost: %s:%u\r\nUser-Agent: muster\r\n"
	                       "Accept: */*\r\nConnection: close\r\n\r\n",
	                       path, host, probe->port);
}

void probes_start(struct probes *probes, const struct probe *probe)
{
	struct attempt *attempt = g_new0(struct attempt, 1);
	g_autofree char *host = host_text(probe->host);

	attempt->probes = probes;
	attempt->id = probe->id;
	attempt->kind = probe->kind;
	attempt->request = request_text(probe, host);
	attempt->cancellable = g_cancellable_new();
	attempt->deadline_ms = probe->deadline_ms;
	attempt->timer =
		g_timeout_add((guint)CLAMP(probe->deadline_ms, 1, G_MAXINT), on_deadline, attempt);
	g_hash_table_add(probes->under_way, attempt);
	g_socket_client_connect_to_host_async(probes->client, host, probe->port,
	                                      attempt->cancellable, on_connected, attempt);
}
