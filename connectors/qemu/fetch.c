/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fetch runs in a thread of its own, as hashing takes as long as loading; it shares nothing with
 * the loop but two counters. What a crash leaves is a .part file, which the next fetch goes on with.
 */
#include "connectors/qemu/fetch.h"

#include "connectors/qemu/folder.h"
#include "reconcile/model/fault.h"
#include "reconcile/model/quantity.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_S 20L
#define STALL_TIMEOUT_S 60L
#define REDIRECTS_MAX 5L
#define WORD_UNDER_WAY "is being fetched"

struct fetch {
	struct host *host; /* NULL once it has closed */
	char *url;
	char *sha256;
	char *path;
	char *part;
	guint timer;
	bool is_running;
	GError *error;
	GMutex lock; /* the two below */
	int64_t done_bytes;
	int64_t total_bytes;
};

static void fetch_clear(void *data)
{
	struct fetch *fetch = data;
	g_free(fetch->url);
	g_free(fetch->sha256);
	g_free(fetch->path);
	g_free(fetch->part);
	g_clear_error(&fetch->error);
	g_mutex_clear(&fetch->lock);
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

/* --- in the thread ------------------------------------------------------------------------------ */

static int progressed(void *data, curl_off_t total, curl_off_t now, curl_off_t up, curl_off_t sent)
{
	struct fetch *fetch = data;
	(void)up;
	(void)sent;
	g_mutex_lock(&fetch->lock);
	fetch->done_bytes = now;
	fetch->total_bytes = total;
	g_mutex_unlock(&fetch->lock);
	return 0;
}

static bool fail_curl(const struct fetch *fetch, CURL *curl, CURLcode code, GError **error)
{
	long status = 0;
	enum fault fault = FAULT_TRANSIENT;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (code == CURLE_WRITE_ERROR)
		fault = FAULT_CAPACITY;
	else if ((code == CURLE_HTTP_RETURNED_ERROR && status < 500 && status != 429) ||
	         code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT ||
	         code == CURLE_FILE_COULDNT_READ_FILE)
		fault = FAULT_INVALID;
	if (status >= 400)
		g_set_error(error, FAULT_DOMAIN, (int)fault, "image \"%s\": the server says %ld",
		            fetch->url, status);
	else
		g_set_error(error, FAULT_DOMAIN, (int)fault, "image \"%s\": %s", fetch->url,
		            curl_easy_strerror(code));
	return false;
}

static CURLcode transfer(struct fetch *fetch, CURL *curl, FILE *file, int64_t from)
{
	curl_easy_setopt(curl, CURLOPT_URL, fetch->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, REDIRECTS_MAX);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, STALL_TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)from);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, file);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progressed);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, fetch);
	return curl_easy_perform(curl);
}

/* Appends to the .part from @from on; CURLE_OK also means that it is on the disk. */
static bool part_load(struct fetch *fetch, bool is_resumed, GError **error)
{
	FILE *file = fopen(fetch->part, is_resumed ? "ae" : "we");
	if (!file)
		return folder_fail(fetch->part, error);
	fseeko(file, 0, SEEK_END);
	CURL *curl = curl_easy_init();
	CURLcode code = transfer(fetch, curl, file, ftello(file));
	if (code == CURLE_OK && (fflush(file) != 0 || fsync(fileno(file)) != 0))
		code = CURLE_WRITE_ERROR;
	fclose(file);
	if (code != CURLE_OK)
		fail_curl(fetch, curl, code, error);
	curl_easy_cleanup(curl);
	return code == CURLE_OK;
}

static bool part_verify(const struct fetch *fetch, GError **error)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree unsigned char *buffer = g_malloc(1 << 20);
	size_t got;
	FILE *file = fopen(fetch->part, "re");
	if (!file)
		return folder_fail(fetch->part, error);
	while ((got = fread(buffer, 1, 1 << 20, file)) > 0)
		g_checksum_update(sum, buffer, (gssize)got);
	fclose(file);
	if (g_str_equal(g_checksum_get_string(sum), fetch->sha256))
		return true;
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
	            "image \"%s\" has sha256 %s, not %s as the manifest says", fetch->url,
	            g_checksum_get_string(sum), fetch->sha256);
	return false;
}

static bool fetch_whole(struct fetch *fetch, GError **error)
{
	/* A server without ranges, or a part of something else: once more from the start. */
	if (access(fetch->part, F_OK) == 0 && part_load(fetch, true, NULL) &&
	    part_verify(fetch, NULL))
		return true;
	return part_load(fetch, false, error) && part_verify(fetch, error);
}

static void fetch_run(GTask *task, void *source, void *data, GCancellable *cancellable)
{
	struct fetch *fetch = data;
	GError *error = NULL;
	(void)source;
	(void)cancellable;
	if (fetch_whole(fetch, &error) && rename(fetch->part, fetch->path) != 0)
		folder_fail(fetch->path, &error);
	if (error && error->code != FAULT_TRANSIENT)
		unlink(fetch->part);
	if (error)
		g_task_return_error(task, error);
	else
		g_task_return_boolean(task, TRUE);
}

/* --- in the loop -------------------------------------------------------------------------------- */

static char *fetch_text(struct fetch *fetch)
{
	g_mutex_lock(&fetch->lock);
	int64_t done = fetch->done_bytes, total = fetch->total_bytes;
	g_mutex_unlock(&fetch->lock);
	g_autofree char *name = g_path_get_basename(fetch->url);
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
	g_mutex_init(&fetch->lock);
	fetch->host = host;
	fetch->url = g_strdup(url);
	fetch->sha256 = g_strdup(sha256);
	fetch->path = g_strdup_printf("%s/%s.img", host->settings->cache, sha256);
	fetch->part = g_strconcat(fetch->path, ".part", NULL);
	fetch->is_running = true;
	fetch->timer = g_timeout_add_seconds(1, tell, fetch);
	g_hash_table_replace(host->fetches, fetch->sha256, fetch);

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
		g_propagate_error(error, g_steal_pointer(&fetch->error));
		if (error && !*error)
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
