/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fetch runs in a thread of its own, as hashing takes as long as loading; it shares nothing with
 * the loop but two counters.
 */
#include "connectors/qemu/fetch.h"

#include "connectors/qemu/download.h"
#include "connectors/qemu/folder.h"
#include "reconcile/model/fault.h"

#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#define WORD_UNDER_WAY "is being fetched"

struct fetch {
	struct host *host; /* NULL once it has closed */
	struct download download;
	guint timer;
	bool is_running;
	GError *error;
};

static void fetch_clear(void *data)
{
	struct fetch *fetch = data;
	g_free(fetch->download.url);
	g_free(fetch->download.sha256);
	g_free(fetch->download.path);
	g_free(fetch->download.part);
	g_clear_error(&fetch->error);
	g_mutex_clear(&fetch->download.lock);
}

static void fetch_unref(void *data)
{
	g_atomic_rc_box_release_full(data, fetch_clear);
}

/* The table's hold on a fetch ends. */
static void fetch_detach(void *data)
{
	struct fetch *fetch = data;
	if (fetch->timer)
		g_source_remove(fetch->timer);
	fetch->timer = 0;
	fetch->host = NULL;
	fetch_unref(fetch);
}

static void fetch_run(GTask *task, void *source, void *data, GCancellable *cancellable)
{
	struct fetch *fetch = data;
	GError *error = NULL;
	(void)source;
	(void)cancellable;
	download_run(&fetch->download, &error);
	if (error)
		g_task_return_error(task, error);
	else
		g_task_return_boolean(task, TRUE);
}

static char *fetch_text(struct fetch *fetch)
{
	g_mutex_lock(&fetch->download.lock);
	int64_t done = fetch->download.done_bytes, total = fetch->download.total_bytes;
	g_mutex_unlock(&fetch->download.lock);
	g_autofree char *name = g_path_get_basename(fetch->download.url);
	if (total <= 0)
		return g_strdup_printf("%s: %d MiB so far", name, (int)(done >> 20));
	return g_strdup_printf("%s: %d %% of %d MiB", name, (int)(done * 100 / total),
	                       (int)(total >> 20));
}

static gboolean tell(gpointer data)
{
	struct fetch *fetch = data;
	g_autofree char *text = fetch_text(fetch);
	if (fetch->host->progress)
		fetch->host->progress(fetch->host->data, text);
	return G_SOURCE_CONTINUE;
}

static void fetched(GObject *source, GAsyncResult *result, gpointer data)
{
	struct fetch *fetch = data;
	(void)source;
	fetch->is_running = false;
	g_task_propagate_boolean(G_TASK(result), &fetch->error);
	if (!fetch->host)
		return;
	g_source_remove(fetch->timer);
	fetch->timer = 0;
	if (fetch->host->changed)
		fetch->host->changed(fetch->host->data);
}

static struct fetch *fetch_begin(struct host *host, const char *url, const char *sha256)
{
	struct fetch *fetch = g_atomic_rc_box_new0(struct fetch);
	struct download *download = &fetch->download;
	g_mutex_init(&download->lock);
	fetch->host = host;
	download->url = g_strdup(url);
	download->sha256 = g_strdup(sha256);
	download->path = g_strdup_printf("%s/%s.img", host->settings->cache, sha256);
	download->part = g_strconcat(download->path, ".part", NULL);
	fetch->is_running = true;
	fetch->timer = g_timeout_add_seconds(1, tell, fetch);
	g_hash_table_replace(host->fetches, download->sha256, fetch);

	GTask *task = g_task_new(NULL, NULL, fetched, fetch);
	g_task_set_task_data(task, g_atomic_rc_box_acquire(fetch), fetch_unref);
	g_task_run_in_thread(task, fetch_run);
	g_object_unref(task);
	return fetch;
}

static char *sha256_check(const char *url, const char *sha256, GError **error)
{
	char *lower = g_ascii_strdown(sha256 ? sha256 : "", -1);
	if (strlen(lower) == 64 && strspn(lower, "0123456789abcdef") == 64)
		return lower;
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
	            "image \"%s\" needs a sha256 of 64 hexadecimal digits, not \"%s\": sha256sum "
	            "prints it",
	            url, sha256 ? sha256 : "");
	g_free(lower);
	return NULL;
}

bool fetch_is_under_way(const GError *error)
{
	return error && error->code == FAULT_TRANSIENT && strstr(error->message, WORD_UNDER_WAY);
}

char *fetch_get(struct host *host, const char *url, const char *sha256, GError **error)
{
	g_autofree char *sum = sha256_check(url, sha256, error);
	if (!sum)
		return NULL;
	g_autofree char *path = g_strdup_printf("%s/%s.img", host->settings->cache, sum);
	if (access(path, R_OK) == 0)
		return g_steal_pointer(&path);
	if (g_mkdir_with_parents(host->settings->cache, 0755) != 0) {
		folder_fail(host->settings->cache, error);
		return NULL;
	}
	if (!host->fetches)
		host->fetches = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, fetch_detach);
	struct fetch *fetch = g_hash_table_lookup(host->fetches, sum);
	if (fetch && !fetch->is_running) {
		if (fetch->error)
			g_propagate_error(error, g_steal_pointer(&fetch->error));
		else
			g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT,
			            "image \"%s\" has vanished from the cache", url);
		g_hash_table_remove(host->fetches, sum);
		return NULL;
	}
	if (!fetch)
		fetch = fetch_begin(host, url, sum);
	g_autofree char *text = fetch_text(fetch);
	g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT, "image " WORD_UNDER_WAY ": %s", text);
	return NULL;
}
