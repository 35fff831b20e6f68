/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notify - tells systemd how the agent is: sd_notify(3)'s protocol, one datagram a message. */
#pragma once

#include "reconcile/model/auto.h"

#include <stdint.h>

struct notify;

/* Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment, so that no child
 * inherits them; never NULL: without a socket, saying is quiet. */
struct notify *notify_open(void);
/* NULL is fine. */
void notify_close(struct notify *notify);

/* All is up, or a reload is done. */
void notify_ready(struct notify *notify);
/* One line for `systemctl status`; sent when it differs from the last. */
void notify_status(struct notify *notify, const char *text);
/* Followed by notify_ready when done. */
void notify_reloading(struct notify *notify);
/* The end has begun. */
void notify_stopping(struct notify *notify);
/* The main loop turns. */
void notify_watchdog(struct notify *notify);
/* How often notify_watchdog must come, half the limit; 0: no watchdog. */
int64_t notify_watchdog_ms(const struct notify *notify);

AUTO_DEFINE(notify, notify_close);
