/* SPDX-License-Identifier: GPL-2.0-or-later */
/* port - free TCP ports of this host on 127.0.0.1. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Whether nobody listens on @port now. */
bool port_is_free(uint16_t port);
/* A port that nobody listens on now; 0 when there is none. It may be taken a moment later. */
uint16_t port_draw(void);
