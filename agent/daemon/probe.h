/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe - asks a member whether it is ready: a TCP connection, or an HTTP GET answered with 200 to
 * 399.
 *
 * On the main loop, without blocking; how many at once is the engine's to bound. Numeric hosts need
 * no name service; proxies are never used; redirects are not followed: they are an answer. */
#pragma once

#include "reconcile/engine/effects.h"

struct probes;

struct probe_events {
	/* One outcome for each probe, never from within probes_start; @text says why not. */
	void (*done)(uint64_t id, bool is_ready, const char *text, void *data);
	void *data;
};

/* @events is copied. */
struct probes *probes_new(const struct probe_events *events);
/* Ends those under way without an outcome. NULL is fine. */
void probes_free(struct probes *probes);
/* Begins @probe (READY_TCP or READY_HTTP); it is not kept. */
void probes_start(struct probes *probes, const struct probe *probe);

AUTO_DEFINE(probes, probes_free);
