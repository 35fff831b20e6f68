/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plugin_hello - what a connector program says of itself, without opening an account. */
#pragma once

#include "connectors/plugin/codec.h"

/* Starts @program, says hello, and ends it. FAULT_TRANSIENT: it does not answer within 10 s. */
struct hello *plugin_hello(const char *program, GError **error);
