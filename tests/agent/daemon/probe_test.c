/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A probe says ready only for what is, and always says something within its time. */
#include "agent/daemon/probe.h"

#include <gio/gio.h>
#include <string.h>

enum {
	PATIENCE_MS = 10000,
	MANY = 200
};

/* What the server does with a connection. */
struct server {
	GSocketService *service;
	uint16_t port;
	const char *answer; /* NULL: accepts and says nothing; "": closes */
	GPtrArray *held;
	char request[1024];
};

struct outcome {
	uint64_t id;
	bool is_ready;
	char *text;
	unsigned count;
};

static void on_done(uint64_t id, bool is_ready, const char *text, void *data)
{
	struct outcome *outcome = data;

	outcome->id = id;
	outcome->is_ready = is_ready;
	g_free(outcome->text);
	outcome->text = g_strdup(text);
	outcome->count++;
}

static void on_request(GObject *object, GAsyncResult *result, void *data G_GNUC_UNUSED)
{
	g_input_stream_read_finish(G_INPUT_STREAM(object), result, NULL);
}

static gboolean on_incoming(GSocketService *service G_GNUC_UNUSED, GSocketConnection *connection,
                            GObject *source G_GNUC_UNUSED, void *data)
{
	struct server *server = data;
	GIOStream *stream = G_IO_STREAM(connection);

	if (server->answer && *server->answer) {
		g_output_stream_write_all(g_io_stream_get_output_stream(stream), server->answer,
		                          strlen(server->answer), NULL, NULL, NULL);
	}
	if (server->answer && !*server->answer) {
		g_io_stream_close(stream, NULL, NULL);
		return TRUE;
	}
	g_ptr_array_add(server->held, g_object_ref(connection));
	memset(server->request, 0, sizeof(server->request));
	g_input_stream_read_async(g_io_stream_get_input_stream(stream), server->request,
	                          sizeof(server->request) - 1, G_PRIORITY_DEFAULT, NULL, on_request,
	                          NULL);
	return TRUE;
}

static void server_start(struct server *server, const char *answer)
{
	g_autoptr(GSocketAddress) any = g_inet_socket_address_new_from_string("127.0.0.1", 0);
	g_autoptr(GSocketAddress) bound = NULL;

	server->answer = answer;
	server->held = g_ptr_array_new_with_free_func(g_object_unref);
	server->service = g_socket_service_new();
	g_assert_true(g_socket_listener_add_address(G_SOCKET_LISTENER(server->service), any,
	                                            G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
	                                            NULL, &bound, NULL));
	server->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
	g_signal_connect(server->service, "incoming", G_CALLBACK(on_incoming), server);
}

static void server_stop(struct server *server)
{
	g_socket_service_stop(server->service);
	g_socket_listener_close(G_SOCKET_LISTENER(server->service));
	g_object_unref(server->service);
	for (guint i = 0; i < server->held->len; i++)
		g_io_stream_close(server->held->pdata[i], NULL, NULL);
	g_ptr_array_unref(server->held);
	while (g_main_context_iteration(NULL, FALSE)) {
	}
}

static gboolean on_time(void *data)
{
	bool *is_over = data;

	*is_over = true;
	return G_SOURCE_REMOVE;
}

static void await(const struct outcome *outcome, unsigned count)
{
	bool is_over = false;
	guint timer = g_timeout_add(PATIENCE_MS, on_time, &is_over);

	while (outcome->count < count && !is_over)
		g_main_context_iteration(NULL, TRUE);
	g_assert_false(is_over);
	g_source_remove(timer);
}

static struct outcome probe_once(const struct probe *probe)
{
	struct outcome outcome = { .id = 0 };
	const struct probe_events events = { on_done, &outcome };
	autoptr(probes) probes = probes_new(&events);

	probes_start(probes, probe);
	g_assert_cmpuint(outcome.count, ==, 0);
	await(&outcome, 1);
	g_assert_cmpuint(outcome.id, ==, probe->id);
	return outcome;
}

static void test_http(void)
{
	static const struct {
		const char *answer;
		bool is_ready;
		const char *text;
	} rows[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true, "HTTP status 200" },
		{ "HTTP/1.0 204 No Content\r\n\r\n", true, "HTTP status 204" },
		{ "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", true, "HTTP status 302" },
		{ "HTTP/1.1 399 X\r\n\r\n", true, "HTTP status 399" },
		{ "HTTP/1.1 400 Bad\r\n\r\n", false, "HTTP status 400" },
		{ "HTTP/1.1 503 Busy\r\n\r\n", false, "HTTP status 503" },
		{ "HTTP/1.1 199 X\r\n\r\n", false, "HTTP status 199" },
		{ "HTTP/1.1 2x0 X\r\n\r\n", false, "not HTTP" },
		{ "SSH-2.0-OpenSSH_9.2\r\n", false, "not HTTP" },
		{ "HTTP/1.1\r\n", false, "not HTTP" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct server server;
		struct outcome outcome;
		struct probe probe = { .id = 7 + i,
			               .kind = READY_HTTP,
			               .host = (char *)"127.0.0.1",
			               .path = (char *)"/healthz",
			               .deadline_ms = PATIENCE_MS };

		server_start(&server, rows[i].answer);
		probe.port = server.port;
		outcome = probe_once(&probe);
		g_assert_cmpint(outcome.is_ready, ==, rows[i].is_ready);
		g_assert_nonnull(strstr(outcome.text, rows[i].text));
		g_free(outcome.text);
		server_stop(&server);
	}
}

/* Nothing is answered before the probe has asked; so what it asks is seen. */
static void test_what_is_asked(void)
{
	struct server server;
	struct outcome outcome;
	struct probe probe = { .id = 1,
		               .kind = READY_HTTP,
		               .host = (char *)"127.0.0.1",
		               .path = (char *)"/a?b=c",
		               .deadline_ms = 300 };
	g_autofree char *host = NULL;

	server_start(&server, NULL);
	probe.port = server.port;
	host = g_strdup_printf("\r\nHost: 127.0.0.1:%u\r\n", server.port);
	outcome = probe_once(&probe);
	g_assert_true(g_str_has_prefix(server.request, "GET /a?b=c HTTP/1.1\r\n"));
	g_assert_nonnull(strstr(server.request, host));
	g_assert_false(outcome.is_ready);
	g_assert_nonnull(strstr(outcome.text, "within 300 ms"));
	g_free(outcome.text);
	server_stop(&server);
}

static void test_tcp(void)
{
	struct server server;
	struct outcome outcome;
	struct probe probe = {
		.id = 1, .kind = READY_TCP, .host = (char *)"127.0.0.1", .deadline_ms = PATIENCE_MS
	};

	server_start(&server, "");
	probe.port = server.port;
	outcome = probe_once(&probe);
	g_assert_true(outcome.is_ready);
	g_free(outcome.text);
	server_stop(&server);
	outcome = probe_once(&probe);
	g_assert_false(outcome.is_ready);
	g_assert_cmpuint(strlen(outcome.text), >, 0);
	g_free(outcome.text);
}

static void test_a_flood_without_a_line(void)
{
	g_autofree char *flood = g_strnfill(100000, 'x');
	struct server server;
	struct outcome outcome;
	struct probe probe = {
		.id = 1, .kind = READY_HTTP, .host = (char *)"127.0.0.1", .deadline_ms = PATIENCE_MS
	};

	server_start(&server, flood);
	probe.port = server.port;
	outcome = probe_once(&probe);
	g_assert_false(outcome.is_ready);
	g_free(outcome.text);
	server_stop(&server);
}

static void test_many_at_once(void)
{
	struct outcome outcome = { .id = 0 };
	const struct probe_events events = { on_done, &outcome };
	autoptr(probes) probes = probes_new(&events);
	struct server server;

	server_start(&server, "");
	for (uint64_t i = 0; i < MANY; i++) {
		probes_start(probes, &(struct probe){ .id = i,
		                                      .kind = READY_TCP,
		                                      .host = (char *)"127.0.0.1",
		                                      .port = server.port,
		                                      .deadline_ms = PATIENCE_MS });
	}
	await(&outcome, MANY);
	g_free(outcome.text);
	server_stop(&server);
}

static void test_none_speaks_after_the_end(void)
{
	struct outcome outcome = { .id = 0 };
	const struct probe_events events = { on_done, &outcome };
	struct probes *probes = probes_new(&events);
	struct server server;

	server_start(&server, NULL);
	probes_start(probes, &(struct probe){ .id = 1,
	                                      .kind = READY_HTTP,
	                                      .host = (char *)"127.0.0.1",
	                                      .port = server.port,
	                                      .deadline_ms = PATIENCE_MS });
	g_main_context_iteration(NULL, FALSE);
	probes_free(probes);
	server_stop(&server);
	g_assert_cmpuint(outcome.count, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/probe/http", test_http);
	g_test_add_func("/probe/what-is-asked", test_what_is_asked);
	g_test_add_func("/probe/tcp", test_tcp);
	g_test_add_func("/probe/a-flood-without-a-line", test_a_flood_without_a_line);
	g_test_add_func("/probe/many-at-once", test_many_at_once);
	g_test_add_func("/probe/none-speaks-after-the-end", test_none_speaks_after_the_end);
	return g_test_run();
}
