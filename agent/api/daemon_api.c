/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon knows no faces; what it knows is handed on here as values. */
#include "agent/api/daemon_api.h"

#include "agent/api/server.h"
#include "agent/store/store.h"
#include "reconcile/model/fault.h"

struct daemon_api {
	struct daemon *daemon;
	struct server *server;
	int64_t started_at_ms;
};

static struct agent_view agent_get(void *data)
{
	struct daemon_api *api = data;

	return (struct agent_view){
		.manifests_dir = daemon_manifests_dir(api->daemon),
		.state_dir = daemon_state_dir(api->daemon),
		.following = daemon_following(api->daemon),
		.started_at_ms = api->started_at_ms,
	};
}

static int64_t now_get(void *data)
{
	struct daemon_api *api = data;

	return daemon_now_ms(api->daemon);
}

static struct view *view_get(const struct view_options *options, void *data)
{
	struct daemon_api *api = data;

	return engine_view(daemon_engine(api->daemon), options, now_get(api));
}

static GPtrArray *plans_get(const char *deployment, void *data)
{
	struct daemon_api *api = data;

	return engine_plan(daemon_engine(api->daemon), deployment, now_get(api));
}

static const GPtrArray *findings_get(void *data)
{
	struct daemon_api *api = data;

	return daemon_findings(api->daemon);
}

static GPtrArray *events_get(const struct event_query *query, void *data, GError **error)
{
	struct daemon_api *api = data;
	struct store *store = daemon_store(api->daemon);
	GPtrArray *events = NULL;

	if (store == NULL) {
		g_set_error(error, FAULT_DOMAIN, FAULT_NOT_FOUND, "events are not kept here");
		return NULL;
	}
	if (query->after < 0) {
		(void)store_load_last_events(store, query->subject, query->limit, &events, error);
	} else {
		(void)store_load_events(store, query->after, query->subject, query->limit, &events,
		                        error);
	}
	return events;
}

static void reload(void *data)
{
	struct daemon_api *api = data;

	daemon_reload(api->daemon);
}

static bool api_start(struct daemon *daemon, void *data, GError **error)
{
	struct daemon_api *api = data;
	struct api_source source = {
		.agent = agent_get,
		.view = view_get,
		.plans = plans_get,
		.findings = findings_get,
		.events = events_get,
		.reload = reload,
		.now_ms = now_get,
		.data = api,
	};

	api->daemon = daemon;
	api->started_at_ms = daemon_now_ms(daemon);
	api->server = server_start(daemon_state_dir(daemon), &source, error);
	return api->server != NULL;
}

static void api_changed(struct daemon *daemon G_GNUC_UNUSED, void *data)
{
	struct daemon_api *api = data;

	if (api->server != NULL)
		server_changed(api->server);
}

static void api_stop(struct daemon *daemon G_GNUC_UNUSED, void *data)
{
	struct daemon_api *api = data;

	g_clear_pointer(&api->server, server_stop);
}

struct daemon_api *daemon_api_new(struct daemon_hooks *ret_hooks)
{
	struct daemon_api *api = g_new0(struct daemon_api, 1);

	*ret_hooks = (struct daemon_hooks){ api_start, api_changed, api_stop, api };
	return api;
}

void daemon_api_free(struct daemon_api *api)
{
	if (api == NULL)
		return;
	server_stop(api->server);
	g_free(api);
}
