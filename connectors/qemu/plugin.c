/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hello and open are answered here; each ask is a row that names who carries it out.
 */
#include "connectors/qemu/plugin.h"

#include "connectors/qemu/job.h"
#include "connectors/qemu/resume.h"
#include "reconcile/model/fault.h"
#include "reconcile/model/traits.h"

#define PROTOCOL 1
#define CHANGED_MS 20

struct plugin {
	struct rpc *rpc;
	struct host *host;
	GMainLoop *loop;
	unsigned under_way;
	guint changed_timer;
};

static const enum ability abilities[] = {
	ABILITY_TOKEN,     ABILITY_UNIQUE_NAME, ABILITY_ATOMIC_MARKS, ABILITY_POWER,
	ABILITY_RESIZE,    ABILITY_LIVE_RESIZE, ABILITY_MARK,         ABILITY_ANY_SIZE,
	ABILITY_USER_DATA, ABILITY_SSH_KEYS,    ABILITY_NETWORKS,     ABILITY_FIREWALL,
	ABILITY_LABELS,    ABILITY_ALONE,
};

static const struct {
	const char *method;
	void (*ask)(struct job *own_job);
} asks[] = {
	{ "list", ask_list },   { "create", ask_create }, { "destroy", ask_destroy },
	{ "start", ask_start }, { "stop", ask_stop },     { "resize", ask_resize },
	{ "mark", ask_mark },
};

/* Several VMs that end together are one piece of news. */
static gboolean changed_send(gpointer data)
{
	struct plugin *plugin = data;
	plugin->changed_timer = 0;
	rpc_notify(plugin->rpc, "changed", NULL);
	return G_SOURCE_REMOVE;
}

static void changed(void *data)
{
	struct plugin *plugin = data;
	if (!plugin->changed_timer)
		plugin->changed_timer = g_timeout_add(CHANGED_MS, changed_send, plugin);
}

static void progress(void *data, const char *text)
{
	struct plugin *plugin = data;
	rpc_notify(plugin->rpc, "progress", json_pack("{ss}", "text", text));
}

static json_t *abilities_json(void)
{
	json_t *names = json_array();
	for (size_t i = 0; i < G_N_ELEMENTS(abilities); i++)
		json_array_append_new(names, json_string(ability_name(abilities[i])));
	return names;
}

static json_t *settings_json(void)
{
	json_t *rows = json_array();
	for (const struct setting_row *row = settings_rows; row->name; row++)
		json_array_append_new(rows, json_pack("{ss ss sb sb ss* ss}", "name", row->name,
		                                      "type", setting_type_name(row->type),
		                                      "required", (int)row->is_required, "secret",
		                                      (int)row->is_secret, "fallback",
		                                      row->fallback, "help", row->help));
	return rows;
}

static json_t *traits_json(void)
{
	return json_pack("{si si si si si si si si si}", "consistency_ms", 0, "create_deadline_ms",
	                 HOST_CREATE_MS, "ask_deadline_ms", 90000, "batch_max", 1,
	                 "requests_per_second", 50, "burst", 50, "in_flight", 4, "name_max", 63,
	                 "rest_ms", 5000);
}

static void hello(struct plugin *plugin, json_t *id, const json_t *params)
{
	json_int_t protocol = json_integer_value(json_object_get(params, "protocol"));
	if (protocol != PROTOCOL) {
		g_autoptr(GError) error =
			g_error_new(FAULT_DOMAIN, FAULT_UNSUPPORTED,
		                    "protocol %d asked, %d is what muster-connector-qemu speaks",
		                    (int)protocol, PROTOCOL);
		rpc_fail(plugin->rpc, id, error);
		return;
	}
	rpc_answer(plugin->rpc, id,
	           json_pack("{si ss ss ss so so so}", "protocol", PROTOCOL, "name", "qemu",
	                     "version", PACKAGE_VERSION, "help",
	                     "QEMU virtual machines on this host", "abilities", abilities_json(),
	                     "settings", settings_json(), "traits", traits_json()));
}

static bool host_replace(struct plugin *plugin, const json_t *params, GError **error)
{
	if (plugin->under_way > 0) {
		g_set_error(error, FAULT_DOMAIN, FAULT_CONFLICT, "%u asks are under way",
		            plugin->under_way);
		return false;
	}
	struct settings *settings = settings_parse(json_object_get(params, "settings"), error);
	if (!settings)
		return false;
	host_close(g_steal_pointer(&plugin->host));
	plugin->host =
		host_open(settings, json_is_true(json_object_get(params, "observing")), error);
	if (!plugin->host)
		return false;
	plugin->host->changed = changed;
	plugin->host->progress = progress;
	plugin->host->data = plugin;
	if (!plugin->host->is_observing)
		resume_all(plugin->host);
	return true;
}

static void open_account(struct plugin *plugin, json_t *id, const json_t *params)
{
	g_autoptr(GError) error = NULL;
	if (host_replace(plugin, params, &error))
		rpc_answer(plugin->rpc, id, json_object());
	else
		rpc_fail(plugin->rpc, id, error);
}

static void ask(struct plugin *plugin, const char *method, json_t *id, json_t *params)
{
	g_autoptr(GError) error = NULL;
	for (size_t i = 0; plugin->host && i < G_N_ELEMENTS(asks); i++) {
		if (!g_str_equal(method, asks[i].method))
			continue;
		if (plugin->host->is_observing && asks[i].ask != ask_list)
			break;
		struct job *job =
			job_new(plugin->rpc, plugin->host, id, params, &plugin->under_way);
		job->is_mutating = asks[i].ask != ask_list;
		asks[i].ask(job);
		return;
	}
	if (plugin->host && plugin->host->is_observing)
		error = g_error_new(FAULT_DOMAIN, FAULT_UNSUPPORTED,
		                    "\"%s\" after an open that only observes", method);
	else if (plugin->host)
		error = g_error_new(FAULT_DOMAIN, FAULT_UNSUPPORTED, "no method \"%s\"", method);
	else
		error = g_error_new(FAULT_DOMAIN, FAULT_CONFLICT, "\"%s\" before \"open\"", method);
	rpc_fail(plugin->rpc, id, error);
}

static void message(void *data, const char *method, json_t *id, json_t *params)
{
	struct plugin *plugin = data;
	/* "cancel" is the only notification: what is under way is finished all the same. */
	if (!id)
		return;
	if (g_str_equal(method, "hello"))
		hello(plugin, id, params);
	else if (g_str_equal(method, "open"))
		open_account(plugin, id, params);
	else
		ask(plugin, method, id, params);
}

static void closed(void *data)
{
	struct plugin *plugin = data;
	g_main_loop_quit(plugin->loop);
}

struct plugin *plugin_start(int in_fd, int out_fd, GMainLoop *loop)
{
	struct plugin *plugin = g_new0(struct plugin, 1);
	plugin->loop = loop;
	plugin->rpc = rpc_new(in_fd, out_fd, message, closed, plugin);
	return plugin;
}

bool plugin_stop(struct plugin *plugin)
{
	/* What is under way still needs what would be freed here. */
	if (plugin->under_way > 0)
		return false;
	if (plugin->changed_timer)
		g_source_remove(plugin->changed_timer);
	host_close(plugin->host);
	rpc_free(plugin->rpc);
	g_free(plugin);
	return true;
}
