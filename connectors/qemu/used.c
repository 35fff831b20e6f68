/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list of paths in a file of the working directory. Without it an agent that starts before the
 * disk of its VMs is mounted would see them all gone, and make them anew.
 */
#include "connectors/qemu/used.h"

#include "connectors/qemu/folder.h"
#include "reconcile/model/fault.h"

#include <fcntl.h>
#include <unistd.h>

#define USED_FILE "directories"

static bool used_remember(const char *text, const char *directory, GError **error)
{
	g_autofree char *more = g_strconcat(text, directory, "\n", NULL);
	int fd = folder_open(AT_FDCWD, ".", error);
	if (fd < 0)
		return false;
	bool is_written = folder_write(fd, USED_FILE, more, true, error);
	close(fd);
	return is_written;
}

bool used_check(const char *directory, bool is_fresh, bool is_kept, GError **error)
{
	g_autofree char *here = g_get_current_dir();
	g_autofree char *below = g_strconcat(here, "/", NULL);
	g_autofree char *text = NULL;
	if (g_str_has_prefix(directory, below))
		return true;
	if (!g_file_get_contents(USED_FILE, &text, NULL, NULL))
		text = g_strdup("");
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	if (!g_strv_contains((const char *const *)lines, directory))
		return !is_kept || used_remember(text, directory, error);
	if (!is_fresh)
		return true;
	g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT,
	            "\"%s\" held VMs and is empty now: mount its disk, or to start anew remove its "
	            "line from \"%s/" USED_FILE "\"",
	            directory, here);
	return false;
}
