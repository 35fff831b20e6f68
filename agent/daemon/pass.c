/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pass - news wake a pass; several news in one turn of the loop share it. */
#include "agent/daemon/pass.h"

#include "agent/daemon/file_news.h"
#include "agent/daemon/heap.h"
#include "agent/daemon/log.h"

enum {
	/* The wall clock may be set while we sleep: look at it at least so often. */
	WAKE_MAX_MS = 60 * 1000,
	UPKEEP_S = 3600
};

/* Closed operations, events and deletions are kept for so long. */
static const int64_t retention_ms = INT64_C(30) * 24 * 3600 * 1000;

static gboolean on_changed(void *data)
{
	struct daemon *daemon = data;

	daemon->changed = 0;
	daemon->hooks.changed(daemon, daemon->hooks.data);
	return G_SOURCE_REMOVE;
}

static void changed(struct daemon *daemon)
{
	if (daemon->hooks.changed && daemon->changed == 0)
		daemon->changed = g_idle_add_full(G_PRIORITY_DEFAULT, on_changed, daemon, NULL);
}

static void clock_look(struct daemon *daemon, int64_t now_ms)
{
	g_autofree char *text = NULL;
	int64_t by_ms;

	if (clock_has_jumped(&daemon->clock, now_ms, g_get_monotonic_time() / 1000, &by_ms)) {
		text = g_strdup_printf("the wall clock jumped by %" G_GINT64_FORMAT " ms", by_ms);
		log_text(LOG_LEVEL_WARNING, "clock-jumped", text);
	}
}

static gboolean on_wake(void *data)
{
	struct daemon *daemon = data;

	daemon->wake = 0;
	daemon_wake(daemon);
	return G_SOURCE_REMOVE;
}

static void wake_arm(struct daemon *daemon, int64_t at_ms, int64_t now_ms)
{
	int64_t delay_ms = at_ms <= now_ms ? 1 : MIN(at_ms - now_ms, WAKE_MAX_MS);

	g_clear_handle_id(&daemon->wake, g_source_remove);
	daemon->wake = g_timeout_add((guint)delay_ms, on_wake, daemon);
}

static gboolean on_pass(void *data)
{
	struct daemon *daemon = data;
	int64_t now_ms = clock_now_ms();
	struct effects *effects;
	int64_t wake_at_ms;
	size_t rows;

	daemon->pass = 0;
	clock_look(daemon, now_ms);
	effects = engine_step(daemon->engine, now_ms);
	wake_at_ms = effects->wake_at_ms;
	rows = effects->writes->len;
	executor_do(daemon->executor, effects);
	heap_settle(&daemon->heap_work, rows);
	wake_arm(daemon, wake_at_ms, now_ms);
	desired_release(daemon->desired);
	changed(daemon);
	return G_SOURCE_REMOVE;
}

void daemon_wake(struct daemon *daemon)
{
	if (daemon->pass == 0)
		daemon->pass = g_idle_add_full(G_PRIORITY_DEFAULT, on_pass, daemon, NULL);
}

bool daemon_needs_cloud(const char *cloud, void *data)
{
	struct daemon *daemon = data;

	return engine_needs_cloud(daemon->engine, cloud);
}

static void documents_keep(struct daemon *daemon)
{
	g_autoptr(GError) error = NULL;

	if (!desired_keep(daemon->desired, &error))
		log_text(LOG_LEVEL_ERROR, "documents-not-kept", error->message);
}

static void on_file_event(struct event *own_event, void *data)
{
	struct daemon *daemon = data;

	executor_note(daemon->executor, own_event);
}

void daemon_on_desired(void *data)
{
	struct daemon *daemon = data;
	struct fleet *fleet = desired_fleet(daemon->desired);

	file_news_tell(daemon->file_news, desired_findings(daemon->desired), on_file_event, daemon);
	/* The engine forgets clouds without a carrier, so those go first. */
	clouds_set_fleet(daemon->clouds, fleet, daemon_needs_cloud, daemon);
	engine_set_fleet(daemon->engine, fleet, clock_now_ms());
	documents_keep(daemon);
	daemon_wake(daemon);
	changed(daemon);
}

void daemon_on_note(const char *text, void *data G_GNUC_UNUSED)
{
	log_text(LOG_LEVEL_WARNING, "manifests", text);
}

void daemon_on_up(const char *cloud, const struct traits *traits, void *data)
{
	struct daemon *daemon = data;

	clouds_set_up(daemon->clouds, cloud, true);
	engine_cloud_up(daemon->engine, cloud, traits, clock_now_ms());
	daemon_wake(daemon);
}

void daemon_on_down(const char *cloud, enum fault fault, const char *text, void *data)
{
	struct daemon *daemon = data;

	clouds_set_up(daemon->clouds, cloud, false);
	engine_cloud_down(daemon->engine, cloud, fault, text, clock_now_ms());
	daemon_wake(daemon);
}

void daemon_on_answer(const char *cloud G_GNUC_UNUSED, struct answer *own_answer, void *data)
{
	struct daemon *daemon = data;

	engine_answer(daemon->engine, own_answer, clock_now_ms());
	daemon_wake(daemon);
}

void daemon_on_cloud_note(const char *cloud, const char *text, void *data G_GNUC_UNUSED)
{
	const struct log_field fields[] = { { "cloud", cloud }, { "text", text }, { NULL, NULL } };

	log_fields(LOG_LEVEL_NOTICE, "cloud-note", fields);
}

void daemon_on_cloud_changed(const char *cloud, void *data)
{
	struct daemon *daemon = data;

	engine_cloud_changed(daemon->engine, cloud, clock_now_ms());
	daemon_wake(daemon);
}

void daemon_on_probe(uint64_t id, bool is_ready, const char *text, void *data)
{
	struct daemon *daemon = data;

	engine_probe_done(daemon->engine, id, is_ready, text, clock_now_ms());
	daemon_wake(daemon);
}

bool daemon_send(struct ask *own_ask, void *data)
{
	struct daemon *daemon = data;

	return clouds_send(daemon->clouds, own_ask);
}

void daemon_probe(const struct probe *probe, void *data)
{
	struct daemon *daemon = data;

	probes_start(daemon->probes, probe);
}

int64_t daemon_time(void *data G_GNUC_UNUSED)
{
	return clock_now_ms();
}

void daemon_on_wake(void *data)
{
	daemon_wake(data);
}

void daemon_on_event(const struct event *event, void *data G_GNUC_UNUSED)
{
	log_event(event);
}

static gboolean on_upkeep(void *data)
{
	struct daemon *daemon = data;
	g_autoptr(GError) error = NULL;

	if (!store_prune(daemon->store, clock_now_ms() - retention_ms, &error))
		log_text(LOG_LEVEL_WARNING, "prune-failed", error->message);
	documents_keep(daemon);
	clouds_set_fleet(daemon->clouds, desired_fleet(daemon->desired), daemon_needs_cloud,
	                 daemon);
	return G_SOURCE_CONTINUE;
}

void daemon_begin(struct daemon *daemon)
{
	daemon_on_desired(daemon);
	if (daemon->memory == DAEMON_MEMORY_WRITE)
		daemon->upkeep = g_timeout_add_seconds(UPKEEP_S, on_upkeep, daemon);
}
