/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmicrohttpd without a thread of its own: its epoll descriptor is one source of our loop, its
 * time-out another. A request that waits for events is suspended and asked again on each change. */
#include "agent/api/server.h"

#include "agent/api/route.h"
#include "agent/api/socket.h"

#include <glib-unix.h>
#include <microhttpd.h>
#include <string.h>
#include <unistd.h>

enum {
	CONNECTIONS = 256,            /* each follower of events holds one */
	CONNECTION_BYTES = 32 * 1024, /* for the request line and headers; beyond: 413 or 431 */
	BODY_MAX = 64 * 1024,
	IDLE_S = 30,
};

/* One request from its first byte to its response. */
struct exchange {
	struct server *server;
	struct MHD_Connection *connection;
	size_t body_len; /* received and dropped */
	bool is_late;
	int64_t until_us; /* of the monotonic clock; 0: it has not waited yet */
	guint deadline;   /* GSource's id; 0: none */
};

struct server {
	struct api_source source;
	char *state_dir;
	struct MHD_Daemon *http;
	guint readable;     /* GSource's id of the epoll descriptor */
	guint timer;        /* of libmicrohttpd's own time-outs; 0: none */
	GPtrArray *waiting; /* struct exchange, suspended */
};

static void server_run(struct server *server);

static gboolean timer_fired(void *data)
{
	struct server *server = data;

	server->timer = 0;
	server_run(server);
	return G_SOURCE_REMOVE;
}

static gboolean socket_ready(int fd G_GNUC_UNUSED, GIOCondition condition G_GNUC_UNUSED, void *data)
{
	server_run(data);
	return G_SOURCE_CONTINUE;
}

static void server_run(struct server *server)
{
	MHD_UNSIGNED_LONG_LONG timeout_ms;

	MHD_run(server->http);
	g_clear_handle_id(&server->timer, g_source_remove);
	if (MHD_get_timeout(server->http, &timeout_ms) == MHD_YES) {
		server->timer =
			g_timeout_add((guint)MIN(timeout_ms, IDLE_S * 1000), timer_fired, server);
	}
}

static void exchange_resume(struct exchange *exchange)
{
	g_clear_handle_id(&exchange->deadline, g_source_remove);
	g_ptr_array_remove_fast(exchange->server->waiting, exchange);
	MHD_resume_connection(exchange->connection);
}

static gboolean exchange_expired(void *data)
{
	struct exchange *exchange = data;
	struct server *server = exchange->server;

	exchange->deadline = 0;
	exchange->is_late = true;
	exchange_resume(exchange);
	server_run(server);
	return G_SOURCE_REMOVE;
}

/* The deadline counts from the first time that it waits. */
static void exchange_wait(struct exchange *exchange, int64_t wait_ms)
{
	int64_t now_us = g_get_monotonic_time();

	if (exchange->until_us == 0)
		exchange->until_us = now_us + wait_ms * 1000;
	int64_t left_ms = MAX(exchange->until_us - now_us, 0) / 1000;
	exchange->deadline = g_timeout_add((guint)left_ms, exchange_expired, exchange);
	g_ptr_array_add(exchange->server->waiting, exchange);
	MHD_suspend_connection(exchange->connection);
}

static enum MHD_Result response_queue(struct MHD_Connection *connection,
                                      struct api_response *own_response)
{
	autoptr(api_response) owned = own_response;
	struct MHD_Response *response = MHD_create_response_from_buffer(
		strlen(owned->body), owned->body, MHD_RESPMEM_MUST_COPY);

	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, owned->type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	if (owned->allow != NULL)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, owned->allow);
	enum MHD_Result result = MHD_queue_response(connection, owned->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result argument_take(void *data, enum MHD_ValueKind kind G_GNUC_UNUSED,
                                     const char *name, const char *value)
{
	g_hash_table_replace(data, g_strdup(name), g_strdup(value == NULL ? "1" : value));
	return MHD_YES;
}

static enum MHD_Result exchange_answer(struct exchange *exchange, const char *method,
                                       const char *path)
{
	g_autoptr(GHashTable) arguments =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	struct api_request request = { method, path, arguments, exchange->is_late };

	MHD_get_connection_values(exchange->connection, MHD_GET_ARGUMENT_KIND, argument_take,
	                          arguments);
	autoptr(api_response) response = route_answer(&exchange->server->source, &request);
	if (response->status == 0) {
		exchange_wait(exchange, response->wait_ms);
		return MHD_YES;
	}
	return response_queue(exchange->connection, g_steal_pointer(&response));
}

static struct exchange *exchange_new(struct server *server, struct MHD_Connection *connection)
{
	struct exchange *exchange = g_new0(struct exchange, 1);

	exchange->server = server;
	exchange->connection = connection;
	return exchange;
}

/* No path of today takes a body; one of any size that is sent nevertheless must not cost memory. */
static enum MHD_Result body_take(struct exchange *exchange, size_t *len)
{
	exchange->body_len += *len;
	*len = 0;
	return exchange->body_len > BODY_MAX ? MHD_NO : MHD_YES;
}

/* Called by libmicrohttpd when the headers are there, for each part of a body, and at its end. */
static enum MHD_Result request_take(void *data, struct MHD_Connection *connection, const char *path,
                                    const char *method, const char *version G_GNUC_UNUSED,
                                    const char *body G_GNUC_UNUSED, size_t *body_len,
                                    void **exchange)
{
	if (*exchange != NULL) {
		return *body_len > 0 ? body_take(*exchange, body_len)
		                     : exchange_answer(*exchange, method, path);
	}
	const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
	                                                 MHD_HTTP_HEADER_CONTENT_LENGTH);
	*exchange = exchange_new(data, connection);
	if (length != NULL && g_ascii_strtoull(length, NULL, 10) > BODY_MAX) {
		return response_queue(connection, api_response_new_fault(
							  MHD_HTTP_CONTENT_TOO_LARGE, FAULT_INVALID,
							  "a body of over 65536 bytes"));
	}
	return MHD_YES;
}

static void request_done(void *data G_GNUC_UNUSED, struct MHD_Connection *connection G_GNUC_UNUSED,
                         void **exchange, enum MHD_RequestTerminationCode code G_GNUC_UNUSED)
{
	struct exchange *done = *exchange;

	if (done == NULL)
		return;
	g_clear_handle_id(&done->deadline, g_source_remove);
	g_ptr_array_remove_fast(done->server->waiting, done);
	g_clear_pointer(exchange, g_free);
}

static struct MHD_Daemon *http_start(struct server *server, int fd)
{
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
	                        request_take, server, MHD_OPTION_LISTEN_SOCKET, fd,
	                        MHD_OPTION_NOTIFY_COMPLETED, request_done, server,
	                        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
	                        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
	                        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_END);
}

struct server *server_start(const char *state_dir, const struct api_source *source, GError **error)
{
	int fd = socket_listen(state_dir, error);

	if (fd < 0)
		return NULL;
	struct server *server = g_new0(struct server, 1);
	server->source = *source;
	server->state_dir = g_strdup(state_dir);
	server->waiting = g_ptr_array_new();
	server->http = http_start(server, fd);
	if (server->http == NULL) {
		close(fd);
		g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL,
		            "cannot start the API: libmicrohttpd refuses");
		server_stop(server);
		return NULL;
	}
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->http, MHD_DAEMON_INFO_EPOLL_FD);
	server->readable = g_unix_fd_add(info->epoll_fd, G_IO_IN, socket_ready, server);
	return server;
}

static void waiting_resume(struct server *server)
{
	while (server->waiting->len > 0)
		exchange_resume(g_ptr_array_index(server->waiting, 0));
}

void server_changed(struct server *server)
{
	if (server->waiting->len > 0) {
		waiting_resume(server);
		server_run(server);
	}
}

void server_stop(struct server *server)
{
	if (server == NULL)
		return;
	g_clear_handle_id(&server->readable, g_source_remove);
	g_clear_handle_id(&server->timer, g_source_remove);
	if (server->http != NULL) {
		waiting_resume(server);
		MHD_stop_daemon(server->http);
	}
	socket_remove(server->state_dir);
	g_ptr_array_unref(server->waiting);
	g_free(server->state_dir);
	g_free(server);
}
