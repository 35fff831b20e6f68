/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The API over its real socket, with a client on the same main loop. */
#include "agent/api/server.h"

#include "agent/api/socket.h"
#include "reconcile/model/fault.h"
#include "tests/agent/api/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	DEADLINE_S = 20,
};

struct fixture {
	struct sample sample;
	char *dir;
	struct server *server;
};

static void set_up(struct fixture *fixture, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *top = g_dir_make_tmp("muster-XXXXXX", NULL);
	const char *name = data == NULL ? "state" : data;

	fixture->dir = g_build_filename(top, name, NULL);
	g_assert_cmpint(g_mkdir_with_parents(fixture->dir, 0700), ==, 0);
	sample_init(&fixture->sample);
	fixture->server = server_start(fixture->dir, &fixture->sample.source, &error);
	g_assert_no_error(error);
}

static void tear_down(struct fixture *fixture, const void *data G_GNUC_UNUSED)
{
	g_autofree char *socket_file = g_build_filename(fixture->dir, socket_name, NULL);
	g_autofree char *top = g_path_get_dirname(fixture->dir);

	server_stop(fixture->server);
	g_assert_false(g_file_test(socket_file, G_FILE_TEST_EXISTS));
	g_rmdir(fixture->dir);
	g_rmdir(top);
	sample_clear(&fixture->sample);
	g_free(fixture->dir);
}

static int connect_to(const struct fixture *fixture)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int dir_fd;
	g_autofree char *path = socket_path(fixture->dir, &dir_fd, NULL);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(address.sun_path, path, sizeof(address.sun_path));
	g_assert_cmpint(connect(fd, (const struct sockaddr *)&address, sizeof(address)), ==, 0);
	g_assert_cmpint(fcntl(fd, F_SETFL, O_NONBLOCK), ==, 0);
	close(dir_fd);
	return fd;
}

static void request_send(int fd, const char *head, const char *body)
{
	g_autofree char *text = g_strconcat(head, " HTTP/1.1\r\nHost: muster\r\n",
	                                    "Connection: close\r\n", body, NULL);

	for (size_t sent = 0; sent < strlen(text);) {
		ssize_t len = send(fd, text + sent, strlen(text) - sent, MSG_NOSIGNAL);
		if (len < 0 && errno != EAGAIN)
			return;
		sent += len < 0 ? 0 : (size_t)len;
		g_main_context_iteration(NULL, FALSE);
	}
}

/* Turns the main loop until the server closes; what it said. */
static char *response_read(int fd)
{
	GString *text = g_string_new(NULL);
	int64_t until_us = g_get_monotonic_time() + DEADLINE_S * G_USEC_PER_SEC;
	char bytes[4096];

	for (;;) {
		ssize_t len = recv(fd, bytes, sizeof(bytes), 0);

		g_assert_cmpint(g_get_monotonic_time(), <, until_us);
		if (len > 0)
			g_string_append_len(text, bytes, len);
		else if (len == 0 || errno != EAGAIN)
			break;
		else
			g_main_context_iteration(NULL, FALSE);
	}
	close(fd);
	return g_string_free(text, FALSE);
}

static void check_answer(struct fixture *fixture, const void *data G_GNUC_UNUSED)
{
	int fd = connect_to(fixture);

	request_send(fd, "GET /v1/status?deployment=blog", "\r\n");
	g_autofree char *text = response_read(fd);
	g_assert_true(g_str_has_prefix(text, "HTTP/1.1 200"));
	g_assert_nonnull(strstr(text, "Content-Type: application/json"));
	g_assert_nonnull(strstr(text, "\"name\":\"blog\""));
	g_assert_null(strstr(text, "\"name\":\"shop\""));
}

static void check_refusals(struct fixture *fixture, const void *data G_GNUC_UNUSED)
{
	g_autofree char *filler = g_strnfill(64 * 1024, 'x');
	g_autofree char *header = g_strconcat("X: ", filler, "\r\n\r\n", NULL);
	static const struct {
		const char *head, *body, *prefix;
	} rows[] = {
		{ "GET /v2/status", "\r\n", "HTTP/1.1 404" },
		{ "DELETE /v1/status", "\r\n", "HTTP/1.1 405" },
		{ "POST /v1/reload", "Content-Length: 70000\r\n\r\n", "HTTP/1.1 413" },
		{ "POST /v1/reload", "Content-Length: 3\r\n\r\nabc", "HTTP/1.1 202" },
		{ "rubbish", "\r\n", "HTTP/1.1 400" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		int fd = connect_to(fixture);
		request_send(fd, rows[i].head, rows[i].body);
		g_autofree char *text = response_read(fd);
		if (!g_str_has_prefix(text, rows[i].prefix) && i != 4) {
			g_test_message("%s: %s", rows[i].head, text);
			g_test_fail();
		}
	}
	int fd = connect_to(fixture);
	request_send(fd, "GET /v1/version", header);
	g_autofree char *text = response_read(fd);
	g_assert_true(g_str_has_prefix(text, "HTTP/1.1 4"));
}

/* A reader waits until something happens, and is answered then. */
static void check_wait(struct fixture *fixture, const void *data G_GNUC_UNUSED)
{
	int waiting = connect_to(fixture), quick = connect_to(fixture);

	request_send(waiting, "GET /v1/events?after=0&wait=60", "\r\n");
	request_send(quick, "GET /v1/version", "\r\n");
	g_autofree char *version = response_read(quick);
	g_assert_true(g_str_has_prefix(version, "HTTP/1.1 200"));
	server_changed(fixture->server);
	g_assert_cmpint(recv(waiting, (char[1]){ 0 }, 1, MSG_PEEK), ==, -1);
	fixture->sample.events = 1;
	server_changed(fixture->server);
	g_autofree char *text = response_read(waiting);
	g_assert_nonnull(strstr(text, "\"last\":1"));
}

static void check_wait_ends(struct fixture *fixture, const void *data G_GNUC_UNUSED)
{
	int fd = connect_to(fixture);

	request_send(fd, "GET /v1/events?after=0&wait=1", "\r\n");
	g_autofree char *text = response_read(fd);
	g_assert_nonnull(strstr(text, "\"events\":[]"));
}

/* Stopped while somebody waits, and while somebody has only half asked. */
static void check_stop(struct fixture *fixture, const void *data G_GNUC_UNUSED)
{
	int waiting = connect_to(fixture), half = connect_to(fixture);

	request_send(waiting, "GET /v1/events?after=0&wait=60", "\r\n");
	g_assert_cmpint(send(half, "GET /v1", 7, 0), ==, 7);
	for (int i = 0; i < 20; i++)
		g_main_context_iteration(NULL, FALSE);
	g_clear_pointer(&fixture->server, server_stop);
	fixture->server = server_start(fixture->dir, &fixture->sample.source, NULL);
	g_assert_nonnull(fixture->server);
	close(waiting);
	close(half);
}

static void check_socket(struct fixture *fixture, const void *data G_GNUC_UNUSED)
{
	g_autofree char *path = g_build_filename(fixture->dir, socket_name, NULL);
	g_autoptr(GError) error = NULL;
	struct stat status;

	g_assert_cmpint(stat(path, &status), ==, 0);
	g_assert_cmpint(status.st_mode & 0777, ==, 0600);
	g_assert_null(server_start(fixture->dir, &fixture->sample.source, &error));
	g_assert_error(error, FAULT_DOMAIN, FAULT_EXISTS);
	g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
}

static unsigned descriptors_count(void)
{
	g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
	unsigned count = 0;

	while (g_dir_read_name(dir) != NULL)
		count++;
	return count;
}

static void check_descriptors(struct fixture *fixture, const void *data)
{
	unsigned before;

	check_answer(fixture, data);
	g_clear_pointer(&fixture->server, server_stop);
	before = descriptors_count();
	for (int i = 0; i < 3; i++) {
		fixture->server = server_start(fixture->dir, &fixture->sample.source, NULL);
		check_answer(fixture, data);
		g_clear_pointer(&fixture->server, server_stop);
	}
	g_assert_cmpuint(descriptors_count(), ==, before);
}

/* What a killed agent leaves behind is replaced. */
static void check_stale_socket(struct fixture *fixture, const void *data G_GNUC_UNUSED)
{
	g_autofree char *path = g_build_filename(fixture->dir, socket_name, NULL);
	g_autofree char *kept = g_build_filename(fixture->dir, "kept", NULL);

	g_assert_cmpint(link(path, kept), ==, 0);
	g_clear_pointer(&fixture->server, server_stop);
	g_assert_cmpint(g_rename(kept, path), ==, 0);
	fixture->server = server_start(fixture->dir, &fixture->sample.source, NULL);
	g_assert_nonnull(fixture->server);
}

int main(int argc, char **argv)
{
	static const char long_name[] =
		"a-directory-whose-name-alone-is-longer-than-what-the-address-of-a-unix-socket-can-"
		"hold-which-is-one-hundred-and-seven-bytes-and-no-more";
	static const struct {
		const char *path, *dir;
		void (*check)(struct fixture *, const void *);
	} rows[] = {
		{ "/api/server/answer", NULL, check_answer },
		{ "/api/server/long-path", long_name, check_answer },
		{ "/api/server/refusals", NULL, check_refusals },
		{ "/api/server/wait", NULL, check_wait },
		{ "/api/server/wait-ends", NULL, check_wait_ends },
		{ "/api/server/stop", NULL, check_stop },
		{ "/api/server/socket", NULL, check_socket },
		{ "/api/server/descriptors", NULL, check_descriptors },
		{ "/api/server/stale-socket", NULL, check_stale_socket },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_add(rows[i].path, struct fixture, rows[i].dir, set_up, rows[i].check,
		           tear_down);
	}
	return g_test_run();
}
