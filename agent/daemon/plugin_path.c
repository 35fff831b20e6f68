/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where connector programs are.
 */
#include "agent/daemon/plugin_path.h"

#include "reconcile/model/key.h"

#include <string.h>

#define PREFIX "muster-connector-"

static char **folders(const char *plugin_dir)
{
	const char *path = g_getenv("MUSTER_PLUGIN_PATH");
	g_autofree char *joined =
		g_strdup_printf("%s:%s", path ? path : "", plugin_dir ? plugin_dir : "");

	return g_strsplit(joined, ":", -1);
}

static bool is_program(const char *path)
{
	return g_file_test(path, G_FILE_TEST_IS_REGULAR) &&
	       g_file_test(path, G_FILE_TEST_IS_EXECUTABLE);
}

char *plugin_path_find(const char *name, const char *plugin_dir)
{
	g_auto(GStrv) dirs = folders(plugin_dir);
	g_autofree char *program = g_strconcat(PREFIX, name, NULL);

	if (!key_name_is_valid(name))
		return NULL;
	for (size_t i = 0; dirs[i]; i++) {
		g_autofree char *path =
			dirs[i][0] ? g_build_filename(dirs[i], program, NULL) : NULL;

		if (path && is_program(path))
			return g_canonicalize_filename(path, NULL);
	}
	return NULL;
}

static int text_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void folder_list(const char *folder, GPtrArray *names)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *entry;

	while (dir && (entry = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, entry, NULL);

		if (!g_str_has_prefix(entry, PREFIX) || !is_program(path) ||
		    !key_name_is_valid(entry + strlen(PREFIX)))
			continue;
		if (!g_ptr_array_find_with_equal_func(names, entry + strlen(PREFIX), g_str_equal,
		                                      NULL))
			g_ptr_array_add(names, g_strdup(entry + strlen(PREFIX)));
	}
}

void plugin_path_list(const char *plugin_dir, GPtrArray *names)
{
	g_auto(GStrv) dirs = folders(plugin_dir);

	for (size_t i = 0; dirs[i]; i++)
		if (dirs[i][0])
			folder_list(dirs[i], names);
	g_ptr_array_sort(names, text_compare);
}
