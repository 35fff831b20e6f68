/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pass - what the daemon does with the news of its parts: tells the engine, and makes a pass. */
#pragma once

#include "agent/daemon/daemon_parts.h"

/* The first fleet, the first clouds, the first pass, and the upkeep from then on. */
void daemon_begin(struct daemon *daemon);

/* Of desired_events. */
void daemon_on_desired(void *data);
void daemon_on_note(const char *text, void *data);
bool daemon_needs_cloud(const char *cloud, void *data);

/* Of carrier_events. */
void daemon_on_up(const char *cloud, const struct traits *traits, void *data);
void daemon_on_down(const char *cloud, enum fault fault, const char *text, void *data);
void daemon_on_answer(const char *cloud, struct answer *own_answer, void *data);
void daemon_on_cloud_note(const char *cloud, const char *text, void *data);
void daemon_on_cloud_changed(const char *cloud, void *data);

/* Of probe_events. */
void daemon_on_probe(uint64_t id, bool is_ready, const char *text, void *data);

/* Of executor_parts. */
bool daemon_send(struct ask *own_ask, void *data);
void daemon_probe(const struct probe *probe, void *data);
int64_t daemon_time(void *data);
void daemon_on_wake(void *data);
void daemon_on_event(const struct event *event, void *data);
