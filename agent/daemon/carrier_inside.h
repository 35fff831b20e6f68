/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carrier_inside - what the kinds of carrier share.
 *
 * A link is one life of a carrier on one cloud document: in-process or plugin. Links never call the
 * owner's events: they post letters, which go out from the main loop in order, so nothing that the
 * owner does there can pull the ground from under a link's feet. */
#pragma once

#include "agent/daemon/carrier.h"
#include "agent/daemon/carrier_clocks.h"

#include <glib.h>

struct link;

/* What a kind of link does. */
struct link_kind {
	struct link *(*start)(struct carrier *carrier);
	void (*send)(struct link *link, struct ask *own_ask);
	/* With @has_answers asks under way are answered as uncertain, else forgotten. */
	void (*stop)(struct link *link, bool has_answers);
};

extern const struct link_kind link_local;
extern const struct link_kind link_plugin;

struct carrier {
	int refs;
	bool is_stopped;
	struct cloud *cloud;
	struct carrier_clocks clocks;
	struct carrier_events events;
	char *plugin_dir;
	char *state_dir;
	char *owner;
	bool is_observing;
	const struct link_kind *kind;
	struct link *link;
	GQueue letters; /* struct letter */
	unsigned letters_source;
};

/* Letters to the owner, in the order of posting. */
void carrier_post_up(struct carrier *carrier, const struct traits *traits);
void carrier_post_down(struct carrier *carrier, enum fault fault, const char *text);
void carrier_post_answer(struct carrier *carrier, struct answer *own_answer);
void carrier_post_note(struct carrier *carrier, const char *text);
void carrier_post_changed(struct carrier *carrier);
/* An answer to @ask that says only that it failed; uncertain counts for asks that change
 * something. */
void carrier_post_fault(struct carrier *carrier, const struct ask *ask, enum fault fault,
                        const char *text, bool is_uncertain);
/* How long @ask may take. */
int64_t carrier_ask_ms(const struct carrier *carrier, const struct ask *ask,
                       const struct traits *traits);
/* Checks the cloud's settings against @rows; false after a down letter. Else the resolved set. */
bool carrier_settings(struct carrier *carrier, const struct setting_row *rows,
                      struct pairs **ret_settings);
/* One-shot timers that may be set again; a zero *source is none. */
void carrier_timer_set(unsigned *source, int64_t ms, GSourceFunc function, void *data);
void carrier_timer_clear(unsigned *source);
