/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images by path, by URL, and kernels that are booted directly. The format is read from the
 * file's first bytes once, when the VM is made: a guest must not be able to turn its raw disk into
 * a qcow2 that names other files of the host.
 */
#include "connectors/qemu/image.h"

#include "connectors/qemu/fetch.h"
#include "reconcile/model/fault.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define QCOW2_MAGIC "QFI\xfb"
#define QCOW2_SIZE_AT 24
#define HEADER_BYTES 32

static const char *const known[] = { "path",   "format",  "url",  "sha256", "kernel",
	                             "initrd", "cmdline", "name", NULL };

void image_free(struct image *image)
{
	if (!image)
		return;
	g_free(image->base);
	g_free(image->format);
	g_free(image->kernel);
	g_free(image->initrd);
	g_free(image->cmdline);
	g_free(image);
}

static bool fail(GError **error, const char *what, const char *value, const char *why)
{
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "image's %s \"%s\": %s", what, value, why);
	return false;
}

static const char *option(const json_t *options, const char *name)
{
	const char *value = json_string_value(json_object_get(options, name));
	return value && *value ? value : NULL;
}

static bool options_check(const json_t *options, GError **error)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)options, name, value)
	{
		if (!g_strv_contains(known, name))
			return fail(
				error, "option", name,
				"not known; there are path, format, url, sha256, kernel, initrd and "
				"cmdline");
		if (!json_is_string(value))
			return fail(error, "option", name, "not a text");
	}
	if (!option(options, "path") && !option(options, "url") && !option(options, "kernel")) {
		const char *word = option(options, "name");
		return fail(error, "name", word ? word : "",
		            "say path, url with sha256, or kernel for it under the cloud's images");
	}
	if (option(options, "path") && option(options, "url"))
		return fail(error, "url", option(options, "url"), "there is a path as well");
	return true;
}

/* The absolute path of the file that option @name speaks of. */
static bool file_find(const struct settings *settings, const json_t *options, const char *name,
                      char **ret_path, GError **error)
{
	const char *value = option(options, name);
	struct stat info;
	if (!value)
		return true;
	g_autofree char *path = g_canonicalize_filename(value, settings->images);
	if (stat(path, &info) != 0)
		return fail(error, name, path, g_strerror(errno));
	if (!S_ISREG(info.st_mode) && !S_ISBLK(info.st_mode))
		return fail(error, name, path, "not a file");
	if (access(path, R_OK) != 0)
		return fail(error, name, path, g_strerror(errno));
	*ret_path = g_steal_pointer(&path);
	return true;
}

static int64_t size_at(const unsigned char *header)
{
	uint64_t size;
	memcpy(&size, header + QCOW2_SIZE_AT, sizeof size);
	return (int64_t)GUINT64_FROM_BE(size);
}

static bool disk_look(struct image *image, const char *format, GError **error)
{
	unsigned char header[HEADER_BYTES] = { 0 };
	int fd = open(image->base, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(error, "path", image->base, g_strerror(errno));
	ssize_t got = read(fd, header, sizeof header);
	off_t end = lseek(fd, 0, SEEK_END);
	close(fd);
	bool is_qcow2 = got == sizeof header && memcmp(header, QCOW2_MAGIC, 4) == 0;
	if (!format)
		format = is_qcow2 ? "qcow2" : "raw";
	if (!g_str_equal(format, "qcow2") && !g_str_equal(format, "raw"))
		return fail(error, "format", format, "neither qcow2 nor raw");
	if (g_str_equal(format, "qcow2") && !is_qcow2)
		return fail(error, "path", image->base, "not a qcow2 file");
	if (end < 512)
		return fail(error, "path", image->base, "too short for a disk");
	image->format = g_strdup(format);
	image->disk_bytes = is_qcow2 && *format == 'q' ? size_at(header) : (int64_t)end;
	return true;
}

static bool disk_find(struct host *host, const json_t *options, struct image *image, GError **error)
{
	const char *url = option(options, "url");
	if (url)
		image->base = fetch_get(host, url, option(options, "sha256"), error);
	if (url && !image->base)
		return false;
	if (!url && !file_find(host->settings, options, "path", &image->base, error))
		return false;
	return !image->base || disk_look(image, option(options, "format"), error);
}

struct image *image_resolve(struct host *host, const json_t *options, GError **error)
{
	autoptr(image) image = g_new0(struct image, 1);
	if (!options_check(options, error) ||
	    !file_find(host->settings, options, "kernel", &image->kernel, error) ||
	    !file_find(host->settings, options, "initrd", &image->initrd, error) ||
	    !disk_find(host, options, image, error))
		return NULL;
	image->cmdline = g_strdup(option(options, "cmdline"));
	return g_steal_pointer(&image);
}
