/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon - builds the parts, starts them in order, and stops them in the reverse one. */
#include "agent/daemon/daemon_parts.h"
#include "agent/daemon/heap.h"

#include "agent/daemon/file_news.h"
#include "agent/daemon/log.h"
#include "agent/daemon/owner.h"
#include "agent/daemon/pass.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

static char *path_choose(const char *said, const char *configured, const char *fallback)
{
	const char *path = said ? said : configured ? configured : fallback;

	return path ? g_canonicalize_filename(path, NULL) : NULL;
}

static bool paths_choose(struct daemon *daemon, const struct daemon_options *options,
                         GError **error)
{
	const struct config *config = &daemon->config;

	daemon->manifests_dir = path_choose(options->manifests_dir, config->manifests, NULL);
	daemon->state_dir = path_choose(options->state_dir, config->state, NULL);
	daemon->plugin_dir = path_choose(options->plugin_dir, config->plugins, MUSTER_LIBEXECDIR);
	if (daemon->memory == DAEMON_MEMORY_NONE)
		g_clear_pointer(&daemon->state_dir, g_free);
	if (!daemon->manifests_dir) {
		g_set_error(
			error, FAULT_DOMAIN, FAULT_INVALID,
			"no directory of manifests is named: use --manifests or the configuration");
		return false;
	}
	if (!daemon->state_dir && daemon->memory == DAEMON_MEMORY_WRITE) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
		            "no state directory is named: use --state or the configuration");
		return false;
	}
	return true;
}

static struct daemon *daemon_new(const struct daemon_options *options)
{
	struct daemon *daemon = g_new0(struct daemon, 1);

	daemon->config_path = path_choose(options->config_path, NULL, NULL);
	daemon->command = g_strdup(options->command ? options->command : "agent");
	daemon->hooks = options->hooks;
	daemon->memory = options->memory;
	daemon->is_observing = options->is_observing || options->memory != DAEMON_MEMORY_WRITE;
	daemon->is_watching = options->is_watching;
	daemon->file_news = file_news_new();
	return daemon;
}

/* Without a state there is nothing to read: the marks say what there is. */
static bool store_find(struct daemon *daemon, GError **error)
{
	g_autoptr(GError) why = NULL;

	if (daemon->memory == DAEMON_MEMORY_WRITE) {
		daemon->store = store_open(daemon->state_dir, error);
		return daemon->store != NULL;
	}
	if (!daemon->state_dir)
		return true;
	daemon->store = store_open_reading(daemon->state_dir, &why);
	if (daemon->store || g_error_matches(why, FAULT_DOMAIN, FAULT_NOT_FOUND))
		return true;
	g_propagate_error(error, g_steal_pointer(&why));
	return false;
}

static bool owner_choose(struct daemon *daemon, GError **error)
{
	const struct owner_sources sources = {
		.configured = daemon->config.owner,
		.state_dir = daemon->state_dir,
		.store = daemon->store,
		.is_writing = daemon->memory == DAEMON_MEMORY_WRITE,
	};

	daemon->owner = owner_find(&sources, error);
	return daemon->owner != NULL;
}

static uint64_t seed_draw(void)
{
	uint64_t seed = (uint64_t)g_get_real_time();

	/* A weaker seed is better than no start: uids also hold the time. */
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed ^= (uint64_t)g_get_monotonic_time();
	return seed;
}

static bool engine_begin(struct daemon *daemon, GError **error)
{
	const struct engine_options options = {
		.owner = daemon->owner,
		.seed = seed_draw(),
		.limits = daemon->config.limits,
		.is_observing = daemon->is_observing,
	};
	int64_t since_ms = clock_now_ms() - daemon->config.limits.deletion_window_ms;
	GPtrArray *records, *operations, *deletions;
	int64_t last_operation = 0;

	daemon->engine = engine_new(&options);
	if (!daemon->store)
		return true;
	if (!store_load(daemon->store, since_ms, &records, &operations, &deletions, &last_operation,
	                error))
		return false;
	engine_restore(daemon->engine, records, operations, deletions, last_operation);
	return true;
}

static bool desired_begin(struct daemon *daemon, GError **error)
{
	struct follow_options follow = follow_options_default;
	const struct desired_options options = {
		.dir = daemon->manifests_dir,
		.is_watching = daemon->is_watching,
		.limits = &manifests_limits_default,
		.follow = &follow,
		.store = daemon->store,
		.is_writing = daemon->memory == DAEMON_MEMORY_WRITE,
	};
	const struct desired_events events = {
		.changed = daemon_on_desired,
		.note = daemon_on_note,
		.is_needed = daemon_needs_cloud,
		.data = daemon,
	};

	follow.settle_ms = daemon->config.settle_ms;
	follow.settle_max_ms = MAX(follow.settle_max_ms, follow.settle_ms);
	daemon->desired = desired_open(&options, &events, error);
	return daemon->desired != NULL;
}

static void clouds_begin(struct daemon *daemon)
{
	const struct carrier_options options = {
		.plugin_dir = daemon->plugin_dir,
		.state_dir = daemon->state_dir,
		.owner = daemon->owner,
		.is_observing = daemon->is_observing,
	};
	const struct carrier_events events = {
		.up = daemon_on_up,
		.down = daemon_on_down,
		.answer = daemon_on_answer,
		.note = daemon_on_cloud_note,
		.changed = daemon_on_cloud_changed,
		.data = daemon,
	};

	daemon->clouds = clouds_new(&options, &events);
}

static void executor_begin(struct daemon *daemon)
{
	const struct probe_events probes = { daemon_on_probe, daemon };
	const struct executor_parts parts = {
		.engine = daemon->engine,
		.store = daemon->memory == DAEMON_MEMORY_WRITE ? daemon->store : NULL,
		.send = daemon_send,
		.probe = daemon_probe,
		.now_ms = daemon_time,
		.wake = daemon_on_wake,
		.event = daemon_on_event,
		.data = daemon,
	};

	daemon->probes = probes_new(&probes);
	daemon->executor = executor_new(&parts, &executor_options_default);
}

static void event_note(struct daemon *daemon, enum event_name name)
{
	struct event *event = event_new(name, clock_now_ms());

	event->text =
		g_strdup_printf("%s %s, owner %s", daemon->command, PACKAGE_VERSION, daemon->owner);
	executor_note(daemon->executor, event);
}

struct daemon *daemon_open(const struct daemon_options *options, GError **error)
{
	autoptr(daemon) daemon = daemon_new(options);

	heap_init();
	if (!configuration_load(daemon->config_path, &daemon->config, error) ||
	    !paths_choose(daemon, options, error) || !store_find(daemon, error) ||
	    !owner_choose(daemon, error) || !engine_begin(daemon, error) ||
	    !desired_begin(daemon, error))
		return NULL;
	clouds_begin(daemon);
	executor_begin(daemon);
	event_note(daemon, EVENT_AGENT_STARTED);
	daemon_begin(daemon);
	return g_steal_pointer(&daemon);
}

/* What is still to be written is written; what is under way stays open in the journal. */
static void journal_end(struct daemon *daemon)
{
	g_autoptr(GError) error = NULL;

	event_note(daemon, EVENT_AGENT_STOPPED);
	if (!executor_flush(daemon->executor, &error))
		log_text(LOG_LEVEL_ERROR, "journal-failed", error->message);
}

void daemon_close(struct daemon *daemon)
{
	if (!daemon)
		return;
	g_clear_handle_id(&daemon->pass, g_source_remove);
	g_clear_handle_id(&daemon->changed, g_source_remove);
	g_clear_handle_id(&daemon->wake, g_source_remove);
	g_clear_handle_id(&daemon->upkeep, g_source_remove);
	g_clear_handle_id(&daemon->reload, g_source_remove);
	desired_close(daemon->desired);
	clouds_free(daemon->clouds);
	probes_free(daemon->probes);
	if (daemon->executor)
		journal_end(daemon);
	executor_free(daemon->executor);
	engine_free(daemon->engine);
	store_close(daemon->store);
	config_clear(&daemon->config);
	file_news_free(daemon->file_news);
	g_clear_error(&daemon->end);
	g_free(daemon->owner);
	g_free(daemon->manifests_dir);
	g_free(daemon->state_dir);
	g_free(daemon->plugin_dir);
	g_free(daemon->config_path);
	g_free(daemon->command);
	g_free(daemon);
}

struct engine *daemon_engine(struct daemon *daemon)
{
	return daemon->engine;
}

struct store *daemon_store(struct daemon *daemon)
{
	return daemon->store;
}

const struct fleet *daemon_fleet(const struct daemon *daemon)
{
	return desired_fleet(daemon->desired);
}

const GPtrArray *daemon_findings(const struct daemon *daemon)
{
	return desired_findings(daemon->desired);
}

int64_t daemon_now_ms(const struct daemon *daemon G_GNUC_UNUSED)
{
	return clock_now_ms();
}

const char *daemon_owner(const struct daemon *daemon)
{
	return daemon->owner;
}

const char *daemon_manifests_dir(const struct daemon *daemon)
{
	return daemon->manifests_dir;
}

const char *daemon_state_dir(const struct daemon *daemon)
{
	return daemon->state_dir;
}

const char *daemon_following(const struct daemon *daemon)
{
	return desired_following(daemon->desired);
}
