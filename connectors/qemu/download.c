/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libcurl's easy interface and a checksum. What a crash leaves is a .part file; it is gone on with
 * if the server can, and the sum tells whether that went well.
 */
#include "connectors/qemu/download.h"

#include "connectors/qemu/folder.h"
#include "reconcile/model/fault.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_S 20L
#define STALL_TIMEOUT_S 60L
#define REDIRECTS_MAX 5L

static int progressed(void *data, curl_off_t total, curl_off_t now, curl_off_t up, curl_off_t sent)
{
	struct download *download = data;
	(void)up;
	(void)sent;
	g_mutex_lock(&download->lock);
	download->done_bytes = now;
	download->total_bytes = total;
	g_mutex_unlock(&download->lock);
	return 0;
}

static bool fail_curl(const struct download *download, CURL *curl, CURLcode code, GError **error)
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
		            download->url, status);
	else
		g_set_error(error, FAULT_DOMAIN, (int)fault, "image \"%s\": %s", download->url,
		            curl_easy_strerror(code));
	return false;
}

static CURLcode transfer(struct download *download, CURL *curl, FILE *file, int64_t from)
{
	curl_easy_setopt(curl, CURLOPT_URL, download->url);
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
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, download);
	return curl_easy_perform(curl);
}

/* Appends to the .part from @from on; CURLE_OK also means that it is on the disk. */
static bool part_load(struct download *download, bool is_resumed, GError **error)
{
	FILE *file = fopen(download->part, is_resumed ? "ae" : "we");
	if (!file)
		return folder_fail(download->part, error);
	fseeko(file, 0, SEEK_END);
	CURL *curl = curl_easy_init();
	CURLcode code = transfer(download, curl, file, ftello(file));
	if (code == CURLE_OK && (fflush(file) != 0 || fsync(fileno(file)) != 0))
		code = CURLE_WRITE_ERROR;
	fclose(file);
	if (code != CURLE_OK)
		fail_curl(download, curl, code, error);
	curl_easy_cleanup(curl);
	return code == CURLE_OK;
}

static bool part_verify(const struct download *download, GError **error)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree unsigned char *buffer = g_malloc(1 << 20);
	size_t got;
	FILE *file = fopen(download->part, "re");
	if (!file)
		return folder_fail(download->part, error);
	while ((got = fread(buffer, 1, 1 << 20, file)) > 0)
		g_checksum_update(sum, buffer, (gssize)got);
	fclose(file);
	if (g_str_equal(g_checksum_get_string(sum), download->sha256))
		return true;
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
	            "image \"%s\" has sha256 %s, not %s as the manifest says", download->url,
	            g_checksum_get_string(sum), download->sha256);
	return false;
}

/* Another process, with the same cache, may be at the same file: waits until it has ended. The
 * descriptor holds the lock; -1 when the other has made the file whole, or with an error. */
static int part_lock(const struct download *download, GError **error)
{
	struct stat held, named;
	while (access(download->path, F_OK) != 0) {
		int fd = open(download->part, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		if (fd < 0 || flock(fd, LOCK_EX) != 0 || fstat(fd, &held) != 0) {
			folder_fail(download->part, error);
			if (fd >= 0)
				close(fd);
			return -1;
		}
		/* The other may have removed or renamed what we waited for. */
		if (stat(download->part, &named) == 0 && named.st_ino == held.st_ino)
			return fd;
		close(fd);
	}
	return -1;
}

static bool part_complete(struct download *download, bool has_some, GError **error)
{
	bool is_good =
		(has_some && part_load(download, true, NULL) && part_verify(download, NULL)) ||
		(part_load(download, false, error) && part_verify(download, error));
	if (is_good)
		return rename(download->part, download->path) == 0 ||
		       folder_fail(download->path, error);
	if (error && (*error)->code != FAULT_TRANSIENT)
		unlink(download->part);
	return false;
}

bool download_run(struct download *download, GError **error)
{
	struct stat info = { 0 };
	GError *wrong = NULL;
	int fd = part_lock(download, &wrong);
	if (fd < 0 && !wrong)
		return true;
	bool is_done = fd >= 0 && fstat(fd, &info) == 0 &&
	               part_complete(download, info.st_size > 0, &wrong);
	if (fd >= 0)
		close(fd);
	if (wrong)
		g_propagate_error(error, wrong);
	return is_done;
}
