/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plugin - the connector protocol's life: hello, open, asks, end. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Serves @in_fd and @out_fd on @loop, which is quit when the other side closes. */
struct plugin *plugin_start(int in_fd, int out_fd, GMainLoop *loop);
/* Ends it; VMs run on. False when asks are under way: then nothing was freed, and all that is left
 * is to exit; the next start finds what they left. */
bool plugin_stop(struct plugin *plugin);
