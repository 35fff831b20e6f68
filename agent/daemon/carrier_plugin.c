/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link to a plugin program: its life (hello, open, asks, restarts) and its asks.
 */
#include "agent/daemon/carrier_inside.h"
#include "agent/daemon/credentials.h"
#include "agent/daemon/plugin_path.h"
#include "agent/daemon/plugin_process.h"
#include "agent/daemon/ration.h"
#include "connectors/plugin/codec.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	PROGRESS_MS = 1000, /* between two that are passed on */
};

enum stage {
	STAGE_WAITING, /* for the next try, or for a person */
	STAGE_HELLO,
	STAGE_CREDENTIALS,
	STAGE_OPEN,
	STAGE_UP,
};

struct link {
	struct carrier *carrier;
	struct plugin_process *process;
	enum stage stage;
	char *dir;
	bool is_dir_temporary;
	struct hello *hello;
	struct pairs *settings;
	struct credentials_lookup *lookup;
	struct traits traits;
	uint64_t last_id;
	uint64_t stage_id;    /* of hello or open, while it is under way */
	unsigned stage_timer; /* its deadline, or the next try */
	unsigned good_timer;
	unsigned changed_timer;
	bool has_changed;
	unsigned failures; /* in a row */
	unsigned missed;   /* deadlines in a row */
	GHashTable *errands;
	struct ration complaints;
	unsigned complaints_timer; /* for the count of those left out */
	int64_t progress_at_ms;    /* when one was last passed on */
};

/* One ask on its way. */
struct errand {
	struct link *link;
	uint64_t id; /* on the wire */
	struct ask *ask;
	unsigned deadline;
};

static gboolean link_try(void *data);

static void errand_free(void *data)
{
	struct errand *errand = data;

	carrier_timer_clear(&errand->deadline);
	ask_free(errand->ask);
	g_free(errand);
}

/* What was never begun to be written has had no effect. */
static void errands_fail(struct link *link, const char *why)
{
	GHashTableIter iter;
	void *value;

	g_hash_table_iter_init(&iter, link->errands);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct errand *errand = value;
		bool is_unsent =
			link->process && plugin_process_withdraw(link->process, errand->id);

		carrier_post_fault(link->carrier, errand->ask, FAULT_TRANSIENT, why, !is_unsent);
	}
	g_hash_table_remove_all(link->errands);
}

/* Everything that belongs to one process. */
static void process_leave(struct link *link, void (*end)(struct plugin_process *))
{
	carrier_timer_clear(&link->stage_timer);
	carrier_timer_clear(&link->good_timer);
	credentials_lookup_cancel(g_steal_pointer(&link->lookup));
	end(g_steal_pointer(&link->process));
	hello_free(g_steal_pointer(&link->hello));
	pairs_unref(g_steal_pointer(&link->settings));
	link->stage = STAGE_WAITING;
	link->stage_id = 0;
	link->missed = 0;
}

static void try_later(struct link *link)
{
	const struct carrier_clocks *clocks = &link->carrier->clocks;
	int64_t ms = clocks->backoff_first_ms << MIN(link->failures, 20);

	link->failures++;
	carrier_timer_set(&link->stage_timer, MIN(ms, clocks->backoff_max_ms), link_try, link);
}

/* The process is of no more use: ends it, and begins again later. */
static void link_fail(struct link *link, enum fault fault, const char *why)
{
	g_autofree char *text =
		g_strdup_printf("muster-connector-%s: %s", link->carrier->cloud->connector, why);

	errands_fail(link, text);
	process_leave(link, plugin_process_kill);
	carrier_post_down(link->carrier, fault, text);
	try_later(link);
}

static gboolean stage_is_late(void *data)
{
	struct link *link = data;

	link->stage_timer = 0;
	link_fail(link, FAULT_TRANSIENT,
	          link->stage == STAGE_HELLO ? "no answer to hello in time"
	                                     : "no answer to open in time");
	return G_SOURCE_REMOVE;
}

static void stage_begin(struct link *link, enum stage stage, int64_t deadline_ms)
{
	link->stage = stage;
	link->stage_id = ++link->last_id;
	carrier_timer_set(&link->stage_timer, deadline_ms, stage_is_late, link);
}

static gboolean life_is_good(void *data)
{
	struct link *link = data;

	link->good_timer = 0;
	link->failures = 0;
	return G_SOURCE_REMOVE;
}

/* The settings or credentials are wrong, the program is not: it stays, and open is tried again; but
 * what is invalid waits for another manifest. */
static void open_fail(struct link *link, enum fault fault, const char *text)
{
	carrier_post_down(link->carrier, fault, text);
	if (fault == FAULT_INVALID) {
		process_leave(link, plugin_process_stop);
		return;
	}
	link->stage = STAGE_WAITING;
	link->stage_id = 0;
	try_later(link);
}

static void open_answered(struct link *link, const struct message *message)
{
	g_autoptr(GError) error = NULL;

	carrier_timer_clear(&link->stage_timer);
	if (message->kind == MESSAGE_ERROR) {
		open_fail(link, message->fault, message->text);
		return;
	}
	link->traits = link->hello->traits;
	if (!message_to_traits(message, &link->traits, &error)) {
		link_fail(link, FAULT_TRANSIENT, error->message);
		return;
	}
	link->stage = STAGE_UP;
	link->stage_id = 0;
	carrier_timer_set(&link->good_timer, link->carrier->clocks.good_life_ms, life_is_good,
	                  link);
	carrier_post_up(link->carrier, &link->traits);
}

static void credentials_are_there(struct pairs *own_secrets, const GError *error, void *data)
{
	struct link *link = data;
	const struct codec_open open = {
		.cloud = link->carrier->cloud->name,
		.owner = link->carrier->owner,
		.is_observing = link->carrier->is_observing,
		.settings = link->settings,
		.credentials = own_secrets,
	};

	link->lookup = NULL;
	if (error) {
		open_fail(link, (enum fault)error->code, error->message);
		return;
	}
	stage_begin(link, STAGE_OPEN, link->carrier->clocks.open_ms);
	plugin_process_write_secret(link->process, codec_open_line(link->stage_id, &open));
	secrets_free(own_secrets);
}

static void credential_note(const char *text, void *data)
{
	carrier_post_note(((struct link *)data)->carrier, text);
}

static void link_open(struct link *link)
{
	link->stage = STAGE_CREDENTIALS;
	link->lookup = credentials_lookup_start(
		link->carrier->cloud->credentials, link->carrier->clocks.credential_ms,
		&(struct credentials_events){
			.found = credentials_are_there, .note = credential_note, .data = link });
}

static void hello_answered(struct link *link, const struct message *message)
{
	g_autoptr(GError) error = NULL;

	carrier_timer_clear(&link->stage_timer);
	if (message->kind == MESSAGE_ERROR) {
		link_fail(link, FAULT_TRANSIENT, message->text);
		return;
	}
	link->hello = message_to_hello(message, &error);
	if (!link->hello) {
		link_fail(link, (enum fault)error->code, error->message);
		return;
	}
	/* Nothing but another manifest helps: the next link asks the program anew. */
	if (!carrier_settings(link->carrier, link->hello->settings, &link->settings))
		process_leave(link, plugin_process_stop);
	else
		link_open(link);
}

static void errand_answered(struct link *link, struct errand *errand, const struct message *message)
{
	g_autoptr(GError) error = NULL;
	struct answer *answer = message_to_answer(message, errand->ask, &error);

	if (answer)
		carrier_post_answer(link->carrier, answer);
	else
		carrier_post_fault(link->carrier, errand->ask, FAULT_INTERNAL, error->message,
		                   true);
	g_hash_table_remove(link->errands, &errand->id);
}

static void reply_arrived(struct link *link, const struct message *message)
{
	struct errand *errand;
	g_autofree char *text = NULL;

	if (message->id && message->id == link->stage_id) {
		(link->stage == STAGE_HELLO ? hello_answered : open_answered)(link, message);
		return;
	}
	if (message->id == 0 || message->id > link->last_id) {
		text = g_strdup_printf("answer to no request of ours: %s",
		                       message->text ? message->text : "");
		carrier_post_note(link->carrier, text);
		return;
	}
	/* Even a late answer is a sign of life. */
	link->missed = 0;
	errand = g_hash_table_lookup(link->errands, &message->id);
	if (errand)
		errand_answered(link, errand, message);
}

static int64_t now_ms(void)
{
	return g_get_monotonic_time() / 1000;
}

static void progress_arrived(struct link *link, const char *text)
{
	if (now_ms() - link->progress_at_ms < PROGRESS_MS)
		return;
	link->progress_at_ms = now_ms();
	carrier_post_note(link->carrier, text);
}

static gboolean changed_again(void *data)
{
	struct link *link = data;

	if (!link->has_changed) {
		link->changed_timer = 0;
		return G_SOURCE_REMOVE;
	}
	link->has_changed = false;
	carrier_post_changed(link->carrier);
	return G_SOURCE_CONTINUE;
}

/* At most one a second; the last one is never lost. */
static void changed_arrived(struct link *link)
{
	if (link->changed_timer) {
		link->has_changed = true;
		return;
	}
	carrier_post_changed(link->carrier);
	link->changed_timer = g_timeout_add(1000, changed_again, link);
}

static void line_arrived(const char *line, size_t len, void *data)
{
	struct link *link = data;
	g_autoptr(GError) error = NULL;
	autoptr(message) message = message_parse(line, len, &error);

	if (!message) {
		link_fail(link, FAULT_TRANSIENT, error->message);
		return;
	}
	switch (message->kind) {
	case MESSAGE_RESULT:
	case MESSAGE_ERROR:
		reply_arrived(link, message);
		break;
	case MESSAGE_PROGRESS:
		progress_arrived(link, message->text);
		break;
	case MESSAGE_CHANGED:
		changed_arrived(link);
		break;
	case MESSAGE_OTHER:
		break;
	}
}

static gboolean complaints_count(void *data)
{
	struct link *link = data;
	g_autofree char *count = g_strdup_printf("%u more lines of its standard error left out",
	                                         link->complaints.left_out);

	link->complaints_timer = 0;
	ration_begin(&link->complaints, now_ms());
	carrier_post_note(link->carrier, count);
	return G_SOURCE_REMOVE;
}

static void complaint_arrived(const char *text, void *data)
{
	struct link *link = data;

	if (ration_take(&link->complaints, now_ms()))
		carrier_post_note(link->carrier, text);
	else if (!link->complaints_timer)
		carrier_timer_set(&link->complaints_timer, link->complaints.window_ms,
		                  complaints_count, link);
}

static void process_is_gone(const char *why, void *data)
{
	link_fail(data, FAULT_TRANSIENT, why);
}

/* Its own folder in the agent's state; where there is no state, a temporary one. */
static bool dir_make(struct link *link, GError **error)
{
	const struct carrier *carrier = link->carrier;

	if (link->dir && g_file_test(link->dir, G_FILE_TEST_IS_DIR))
		return true;
	g_clear_pointer(&link->dir, g_free);
	if (!carrier->state_dir) {
		link->dir = g_dir_make_tmp("muster-XXXXXX", error);
		link->is_dir_temporary = link->dir;
		return link->dir;
	}
	link->dir = g_build_filename(carrier->state_dir, "plugins", carrier->cloud->name, NULL);
	if (g_mkdir_with_parents(link->dir, 0700) == 0)
		return true;
	g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT, "cannot make %s: %s", link->dir,
	            g_strerror(errno));
	return false;
}

static bool process_begin(struct link *link, GError **error)
{
	const struct carrier *carrier = link->carrier;
	const struct carrier_clocks *clocks = &carrier->clocks;
	g_autofree char *path = plugin_path_find(carrier->cloud->connector, carrier->plugin_dir);

	if (!path) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
		            "there is no such connector, nor a program of that name in %s",
		            carrier->plugin_dir ? carrier->plugin_dir : "MUSTER_PLUGIN_PATH");
		return false;
	}
	if (!dir_make(link, error))
		return false;
	link->process = plugin_process_start(
		&(struct plugin_process_options){ .path = path,
	                                          .dir = link->dir,
	                                          .grace_ms = clocks->grace_ms,
	                                          .line_bytes = clocks->line_bytes,
	                                          .queue_bytes = clocks->queue_bytes },
		&(struct plugin_process_events){ .line = line_arrived,
	                                         .complaint = complaint_arrived,
	                                         .gone = process_is_gone,
	                                         .data = link },
		error);
	return link->process;
}

static gboolean link_try(void *data)
{
	struct link *link = data;
	g_autoptr(GError) error = NULL;

	link->stage_timer = 0;
	if (link->process) {
		link_open(link);
		return G_SOURCE_REMOVE;
	}
	if (!process_begin(link, &error)) {
		link_fail(link, (enum fault)error->code, error->message);
		return G_SOURCE_REMOVE;
	}
	stage_begin(link, STAGE_HELLO, link->carrier->clocks.hello_ms);
	plugin_process_write(link->process, codec_hello_line(link->stage_id, PACKAGE_STRING),
	                     link->stage_id);
	return G_SOURCE_REMOVE;
}

static struct link *plugin_start(struct carrier *carrier)
{
	struct link *link = g_new0(struct link, 1);

	link->carrier = carrier;
	link->errands = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, errand_free);
	link->complaints = (struct ration){ .max = carrier->clocks.notes_max,
		                            .window_ms = carrier->clocks.window_ms };
	link->progress_at_ms = INT64_MIN / 2;
	carrier_timer_set(&link->stage_timer, 0, link_try, link);
	return link;
}

/* The program is told to forget it; one that misses several in a row hangs. */
static gboolean errand_is_late(void *data)
{
	struct errand *errand = data;
	struct link *link = errand->link;
	bool is_unsent = plugin_process_withdraw(link->process, errand->id);

	errand->deadline = 0;
	carrier_post_fault(link->carrier, errand->ask, FAULT_TRANSIENT, "no answer in time",
	                   !is_unsent);
	if (!is_unsent)
		plugin_process_write(link->process, codec_cancel_line(errand->id), ++link->last_id);
	g_hash_table_remove(link->errands, &errand->id);
	if (++link->missed >= link->carrier->clocks.missed_max)
		link_fail(link, FAULT_TRANSIENT, "it answers nothing any more");
	return G_SOURCE_REMOVE;
}

static void plugin_send(struct link *link, struct ask *own_ask)
{
	int64_t deadline_ms = carrier_ask_ms(link->carrier, own_ask, &link->traits);
	uint64_t id = ++link->last_id;
	const char *why = NULL;
	struct errand *errand;

	if (link->stage != STAGE_UP)
		why = "the connector program is not up";
	else if (!plugin_process_write(link->process, codec_ask_line(id, own_ask, deadline_ms), id))
		why = "the connector program does not read its requests";
	if (why) {
		carrier_post_fault(link->carrier, own_ask, FAULT_TRANSIENT, why, false);
		ask_free(own_ask);
		return;
	}
	errand = g_new0(struct errand, 1);
	errand->link = link;
	errand->id = id;
	errand->ask = own_ask;
	g_hash_table_insert(link->errands, &errand->id, errand);
	carrier_timer_set(&errand->deadline, deadline_ms, errand_is_late, errand);
}

static void plugin_stop(struct link *link, bool has_answers)
{
	if (has_answers)
		errands_fail(link, "the cloud was opened anew");
	g_hash_table_unref(link->errands);
	carrier_timer_clear(&link->changed_timer);
	carrier_timer_clear(&link->complaints_timer);
	process_leave(link, plugin_process_stop);
	/* Stays when the program left something in it. */
	if (link->is_dir_temporary)
		rmdir(link->dir);
	g_free(link->dir);
	g_free(link);
}

const struct link_kind link_plugin = { plugin_start, plugin_send, plugin_stop };
