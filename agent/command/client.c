/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libcurl takes Unix sockets; what it cannot take is a path of over 107 bytes, which the socket's
 * own file solves. */
#include "agent/command/client.h"

#include "agent/api/socket.h"
#include "agent/command/document.h"
#include "reconcile/model/fault.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

enum {
	CONNECT_MS = 5000,
	ANSWER_S = 75, /* longer than the API lets anybody wait */
	BODY_MAX = 256 * 1024 * 1024,
};

struct client {
	CURL *curl;
	char *state_dir;
	char *socket;
	int dir_fd;
	bool is_alone;
};

struct client *client_open(const char *state_dir, GError **error)
{
	int dir_fd;
	g_autofree char *socket = socket_path(state_dir, &dir_fd, error);

	if (socket == NULL)
		return NULL;
	struct client *client = g_new0(struct client, 1);
	client->curl = curl_easy_init();
	client->state_dir = g_strdup(state_dir);
	client->socket = g_steal_pointer(&socket);
	client->dir_fd = dir_fd;
	g_assert(client->curl != NULL);
	return client;
}

void client_close(struct client *client)
{
	if (client == NULL)
		return;
	curl_easy_cleanup(client->curl);
	close(client->dir_fd);
	g_free(client->state_dir);
	g_free(client->socket);
	g_free(client);
}

static size_t body_take(char *bytes, size_t size, size_t count, void *data)
{
	GString *body = data;

	if (body->len + size * count > BODY_MAX)
		return 0;
	g_string_append_len(body, bytes, (gssize)(size * count));
	return size * count;
}

static void client_explain(struct client *client, CURLcode code, GError **error)
{
	long saved = 0;

	curl_easy_getinfo(client->curl, CURLINFO_OS_ERRNO, &saved);
	if (code == CURLE_COULDNT_CONNECT && saved == EACCES) {
		g_set_error(
			error, FAULT_DOMAIN, FAULT_AUTH,
			"cannot talk to the agent on \"%s\": permission denied; run as its user",
			client->state_dir);
		return;
	}
	client->is_alone = code == CURLE_COULDNT_CONNECT;
	if (client->is_alone) {
		g_set_error(error, FAULT_DOMAIN, FAULT_NOT_FOUND,
		            "no agent runs on \"%s\"; start one with \"muster agent\" or name its "
		            "directory with --state",
		            client->state_dir);
		return;
	}
	g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT, "the agent on \"%s\" does not answer: %s",
	            client->state_dir, curl_easy_strerror(code));
}

/* {"error":{"class":…,"text":…}} as an error of that class. */
static void fault_take(const char *body, long status, GError **error)
{
	json_t *json = json_loads(body, 0, NULL);
	const json_t *fault = json_object_get(json, "error");
	enum fault class = FAULT_INTERNAL;
	g_autofree char *unsaid = g_strdup_printf("the agent answers with status %ld", status);

	(void)fault_parse(document_text(fault, "class", ""), &class);
	g_set_error_literal(error, FAULT_DOMAIN, (int)class, document_text(fault, "text", unsaid));
	json_decref(json);
}

char *client_get_text(struct client *client, const char *path, GError **error)
{
	g_autoptr(GString) body = g_string_new(NULL);
	g_autofree char *url = g_strconcat("http://muster", path, NULL);
	long status = 0;

	client->is_alone = false;
	curl_easy_setopt(client->curl, CURLOPT_UNIX_SOCKET_PATH, client->socket);
	curl_easy_setopt(client->curl, CURLOPT_URL, url);
	curl_easy_setopt(client->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(client->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(client->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(client->curl, CURLOPT_TIMEOUT, (long)ANSWER_S);
	curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, body_take);
	curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, body);
	CURLcode code = curl_easy_perform(client->curl);
	if (code != CURLE_OK) {
		client_explain(client, code, error);
		return NULL;
	}
	curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 400) {
		fault_take(body->str, status, error);
		return NULL;
	}
	return g_strdup(body->str);
}

json_t *client_get(struct client *client, const char *path, GError **error)
{
	json_error_t where;
	g_autofree char *body = client_get_text(client, path, error);

	if (body == NULL)
		return NULL;
	json_t *json = json_loads(body, 0, &where);
	if (json == NULL) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL,
		            "the agent on \"%s\" answers with what is no JSON: %s",
		            client->state_dir, where.text);
	}
	return json;
}

bool client_is_alone(const struct client *client)
{
	return client->is_alone;
}

char *client_path(const char *path, ...)
{
	GString *full = g_string_new(path);
	char sign = '?';
	va_list list;

	va_start(list, path);
	for (const char *name = va_arg(list, const char *); name != NULL;
	     name = va_arg(list, const char *)) {
		const char *value = va_arg(list, const char *);
		g_autofree char *escaped =
			value == NULL ? NULL : g_uri_escape_string(value, NULL, FALSE);
		if (escaped != NULL) {
			g_string_append_printf(full, "%c%s=%s", sign, name, escaped);
			sign = '&';
		}
	}
	va_end(list);
	return g_string_free(full, FALSE);
}
