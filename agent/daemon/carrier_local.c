/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link to a connector inside the process: its moves, stepped on the main loop.
 */
#include "agent/daemon/carrier_inside.h"
#include "agent/daemon/credentials.h"
#include "connectors/connector.h"

struct link {
	struct carrier *carrier;
	struct account account;
	struct traits traits;
	bool is_open;
	struct credentials_lookup *lookup;
	unsigned retry;  /* after credentials that could not be read */
	char *file;      /* where the account's state is kept; NULL: nowhere */
	bool is_changed; /* by this link, once */
	unsigned save_source;
	GHashTable *errands; /* a set of struct errand */
};

/* One ask on its way. */
struct errand {
	struct link *link;
	struct ask *ask;
	struct call call;
	unsigned step_source;
	unsigned deadline_source;
};

static int64_t now_ms(void)
{
	return g_get_real_time() / 1000;
}

static void errand_free(void *data)
{
	struct errand *errand = data;

	carrier_timer_clear(&errand->step_source);
	carrier_timer_clear(&errand->deadline_source);
	if (errand->call.free_state)
		errand->call.free_state(errand->call.state);
	answer_free(errand->call.answer);
	ask_free(errand->ask);
	g_free(errand);
}

enum {
	SAVE_AFTER_MS = 200 /* several changes make one write */
};

static gboolean state_save(void *data)
{
	struct link *link = data;
	g_autofree char *text = link->account.connector->save(&link->account);
	g_autoptr(GError) error = NULL;

	link->save_source = 0;
	if (!g_file_set_contents_full(link->file, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
	                              &error))
		carrier_post_note(link->carrier, error->message);
	return G_SOURCE_REMOVE;
}

static void state_has_changed(struct link *link)
{
	link->is_changed = true;
	if (link->file && !link->save_source)
		carrier_timer_set(&link->save_source, SAVE_AFTER_MS, state_save, link);
}

/* A file that is not there is a new world. */
static bool state_load(struct link *link, GError **error)
{
	const char *file = pairs_get(link->account.settings, "file");
	const char *dir = link->carrier->state_dir;
	g_autoptr(GError) why = NULL;
	g_autofree char *text = NULL;

	if (!link->account.connector->load || !file || !*file)
		return true;
	link->file = g_path_is_absolute(file) || !dir ? g_strdup(file)
	                                              : g_build_filename(dir, file, NULL);
	if (!g_file_get_contents(link->file, &text, NULL, &why)) {
		if (g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			return true;
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "%s", why->message);
		return false;
	}
	if (link->account.connector->load(&link->account, text, error))
		return true;
	g_prefix_error(error, "%s: ", link->file);
	return false;
}

static void errand_end(struct errand *errand)
{
	g_hash_table_remove(errand->link->errands, errand);
}

static void errand_fail(struct errand *errand, enum fault fault, const char *text)
{
	carrier_post_fault(errand->link->carrier, errand->ask, fault, text, true);
	errand_end(errand);
}

static gboolean errand_step(void *data)
{
	struct errand *errand = data;
	struct carrier *carrier = errand->link->carrier;
	g_autoptr(GError) error = NULL;
	struct move move = { 0 };

	errand->step_source = 0;
	errand->call.now_ms = now_ms();
	if (!errand->link->account.connector->step(&errand->call, NULL, &move, &error)) {
		errand_fail(errand, (enum fault)error->code, error->message);
		return G_SOURCE_REMOVE;
	}
	if (verb_is_mutating(errand->ask->verb))
		state_has_changed(errand->link);
	switch (move.kind) {
	case MOVE_SEND:
		errand_fail(errand, FAULT_UNSUPPORTED, "this agent carries no HTTP yet");
		break;
	case MOVE_WAIT:
		carrier_timer_set(&errand->step_source, move.wait_ms, errand_step, errand);
		break;
	case MOVE_DONE:
		carrier_post_answer(carrier, g_steal_pointer(&errand->call.answer));
		errand_end(errand);
		break;
	}
	return G_SOURCE_REMOVE;
}

static gboolean errand_is_late(void *data)
{
	struct errand *errand = data;

	errand->deadline_source = 0;
	errand_fail(errand, FAULT_TRANSIENT, "no answer in time");
	return G_SOURCE_REMOVE;
}

static void local_send(struct link *link, struct ask *own_ask)
{
	struct errand *errand;

	if (!link->is_open) {
		carrier_post_fault(link->carrier, own_ask, FAULT_TRANSIENT, "the cloud is not open",
		                   false);
		ask_free(own_ask);
		return;
	}
	errand = g_new0(struct errand, 1);
	errand->link = link;
	errand->ask = own_ask;
	errand->call.account = &link->account;
	errand->call.ask = own_ask;
	g_hash_table_add(link->errands, errand);
	carrier_timer_set(&errand->deadline_source,
	                  carrier_ask_ms(link->carrier, own_ask, &link->traits), errand_is_late,
	                  errand);
	carrier_timer_set(&errand->step_source, 0, errand_step, errand);
}

static gboolean credentials_look_up(void *data);

static void credentials_are_there(struct pairs *own_secrets, const GError *failure, void *data)
{
	struct link *link = data;
	g_autoptr(GError) error = NULL;

	link->lookup = NULL;
	if (failure) {
		carrier_post_down(link->carrier, (enum fault)failure->code, failure->message);
		carrier_timer_set(&link->retry, link->carrier->clocks.backoff_max_ms,
		                  credentials_look_up, link);
		return;
	}
	link->account.credentials = own_secrets;
	link->traits = link->account.connector->traits;
	if (!link->account.connector->open(&link->account, &link->traits, &error)) {
		carrier_post_down(link->carrier, (enum fault)error->code, error->message);
		return;
	}
	if (!state_load(link, &error)) {
		link->account.connector->close(&link->account);
		carrier_post_down(link->carrier, FAULT_INVALID, error->message);
		return;
	}
	link->is_open = true;
	carrier_post_up(link->carrier, &link->traits);
}

static void credential_note(const char *text, void *data)
{
	carrier_post_note(((struct link *)data)->carrier, text);
}

static gboolean credentials_look_up(void *data)
{
	struct link *link = data;

	link->retry = 0;
	link->lookup = credentials_lookup_start(
		link->carrier->cloud->credentials, link->carrier->clocks.credential_ms,
		&(struct credentials_events){
			.found = credentials_are_there, .note = credential_note, .data = link });
	return G_SOURCE_REMOVE;
}

static struct link *local_start(struct carrier *carrier)
{
	struct link *link = g_new0(struct link, 1);

	link->carrier = carrier;
	link->errands = g_hash_table_new_full(NULL, NULL, errand_free, NULL);
	link->account.connector = connector_find(carrier->cloud->connector);
	link->account.cloud = g_strdup(carrier->cloud->name);
	link->account.seed = g_str_hash(carrier->cloud->name);
	if (carrier_settings(carrier, link->account.connector->settings, &link->account.settings))
		credentials_look_up(link);
	return link;
}

static void errands_answer(struct link *link)
{
	GHashTableIter iter;
	void *errand;

	g_hash_table_iter_init(&iter, link->errands);
	while (g_hash_table_iter_next(&iter, &errand, NULL))
		carrier_post_fault(link->carrier, ((struct errand *)errand)->ask, FAULT_TRANSIENT,
		                   "the cloud was opened anew", true);
}

static void local_stop(struct link *link, bool has_answers)
{
	if (has_answers)
		errands_answer(link);
	g_hash_table_unref(link->errands);
	carrier_timer_clear(&link->save_source);
	/* Time may have changed it since, too. */
	if (link->file && link->is_changed)
		state_save(link);
	g_free(link->file);
	carrier_timer_clear(&link->retry);
	credentials_lookup_cancel(link->lookup);
	if (link->is_open)
		link->account.connector->close(&link->account);
	secrets_free(link->account.credentials);
	pairs_unref(link->account.settings);
	g_free(link->account.cloud);
	g_free(link);
}

const struct link_kind link_local = { local_start, local_send, local_stop };
