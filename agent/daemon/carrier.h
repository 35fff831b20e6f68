/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carrier - brings asks to one cloud and answers back, whatever carries them.
 *
 * Two kinds: in-process connectors are stepped on the main loop; plugin programs are spoken to over
 * pipes. Either way every ask gets exactly one answer, at the latest at its deadline, and the
 * answer says whether an ask that failed may have had its effect. Nothing here retries an ask. */
#pragma once

#include "reconcile/model/ask.h"
#include "reconcile/model/fleet.h"
#include "reconcile/model/setting_row.h"
#include "reconcile/model/traits.h"

struct carrier;
struct carrier_clocks;

/* What a carrier tells; called from the main loop, never from within carrier_send. */
struct carrier_events {
	/* The cloud can be asked now; @traits are the account's. Comes again after a restart. */
	void (*up)(const char *cloud, const struct traits *traits, void *data);
	/* It cannot: bad settings (invalid), refused credentials (auth), a dead plugin (transient:
	 * it is started again with backoff). Asks under way have been answered before. */
	void (*down)(const char *cloud, enum fault fault, const char *text, void *data);
	/* An answer; ownership passes. */
	void (*answer)(const char *cloud, struct answer *own_answer, void *data);
	/* Something worth a line: progress of a download, a plugin's stderr (capped). */
	void (*note)(const char *cloud, const char *text, void *data);
	/* Something changed at the cloud by itself: a list is worth while. */
	void (*changed)(const char *cloud, void *data);
	void *data;
};

struct carrier_options {
	const char *
		plugin_dir; /* where muster-connector-NAME is looked for after MUSTER_PLUGIN_PATH */
	const char *state_dir; /* the agent's; a plugin gets state_dir/plugins/CLOUD of its own */
	const char *owner;     /* the installation's id */
	bool is_observing;     /* no mutating ask will be sent */
	const struct carrier_clocks *clocks; /* NULL: the usual; copied */
};

/* Starts on @cloud (a reference is kept); up or down follows. Settings are checked against the rows
 * of the connector here, for a plugin after its hello. */
struct carrier *carrier_start(const struct cloud *cloud, const struct carrier_options *options,
                              const struct carrier_events *events);
/* Takes over changed settings: asks under way are answered as uncertain, then it starts anew. Where
 * only words and limits differ nothing is interrupted; the same @cloud again reads credentials
 * anew. */
void carrier_replace(struct carrier *carrier, const struct cloud *cloud);
/* Carries @own_ask. */
void carrier_send(struct carrier *carrier, struct ask *own_ask);
/* Stops at once; asks under way get no answer (the journal settles them). NULL is fine. */
void carrier_stop(struct carrier *carrier);

/* Whether a connector of that name exists here, in the process or as a plugin program; for
 * validate. @ret_known (may be NULL): the names that do, NULL-terminated. */
bool carrier_connector_exists(const char *name, const char *plugin_dir, char ***ret_known);
