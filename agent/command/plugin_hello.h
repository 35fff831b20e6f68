/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plugin_hello - what a connector program says of itself, without opening an account. */
#pragma once

#include "connectors/plugin/codec.h"

/* The path of muster-connector-@name in $MUSTER_PLUGIN_PATH, then in @plugin_dir (NULL: of the
 * installation); NULL where it is not there. Freed by the caller. */
char *plugin_program(const char *name, const char *plugin_dir);
/* Starts @program, says hello, and ends it. FAULT_TRANSIENT: it does not answer within 10 s. */
struct hello *plugin_hello(const char *program, GError **error);
