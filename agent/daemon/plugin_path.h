/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plugin_path - where connector programs are: MUSTER_PLUGIN_PATH (colons between), then a folder.
 * */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The program muster-connector-NAME, absolute, to be freed; NULL when there is none. */
char *plugin_path_find(const char *name, const char *plugin_dir);
/* Adds the names of all programs that are found to @names, sorted, each once. */
void plugin_path_list(const char *plugin_dir, GPtrArray *names);
