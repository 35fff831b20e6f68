/* SPDX-License-Identifier: GPL-2.0-or-later */
/* follow - one timer decides: it stands for the settling, the wait for git, or the next look by
 * time. */
#include "agent/daemon/follow.h"

#include "agent/daemon/git.h"
#include "agent/daemon/watch.h"

#include <sys/vfs.h>

enum {
	GIT_AGAIN_MS = 50
};

struct follow {
	struct follow_options options;
	char *dir;
	struct follow_events events;
	struct watch *watch; /* NULL: looking by time */
	char *text;
	const char *why; /* not watching */
	guint dirs;      /* how many there are; 0: the directory itself is gone */
	guint timer;
	int64_t changed_at_ms;    /* the first change since the last look; 0: none */
	int64_t waiting_since_ms; /* for git; 0: not */
	struct git_lock stale;    /* was waited for long enough */
};

const struct follow_options follow_options_default = {
	.settle_ms = 50,
	.settle_max_ms = 1000,
	.scan_ms = 3000,
	.rest_ms = 300000,
	.git_ms = 60000,
};

/* File systems whose changes by other machines inotify does not show (statfs(2), linux/magic.h). */
static const struct {
	uint32_t magic;
	const char *name;
} network_systems[] = {
	{ 0x6969, "nfs" },        { 0xff534d42, "cifs" },  { 0xfe534d42, "smb" },
	{ 0x517b, "smb" },        { 0x65735546, "fuse" },  { 0x01021997, "9p" },
	{ 0x00c36400, "ceph" },   { 0x5346414f, "afs" },   { 0x6b414653, "afs" },
	{ 0x0bd00bd0, "lustre" }, { 0x7461636f, "ocfs2" }, { 0x01161970, "gfs2" },
	{ 0x786f4256, "vboxsf" }, { 0x73757245, "coda" },
};

static const char *network_name(const char *dir)
{
	struct statfs fs;

	if (statfs(dir, &fs) != 0)
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(network_systems); i++)
		if (network_systems[i].magic == (uint32_t)fs.f_type)
			return network_systems[i].name;
	return NULL;
}

static int64_t now_ms(void)
{
	return g_get_monotonic_time() / 1000;
}

static gboolean on_timer(void *data);

static void timer_set(struct follow *follow, int64_t delay_ms)
{
	g_clear_handle_id(&follow->timer, g_source_remove);
	follow->timer = g_timeout_add((guint)CLAMP(delay_ms, 0, G_MAXINT), on_timer, follow);
}

static int64_t period_ms(const struct follow *follow)
{
	return follow->watch && follow->dirs > 0 ? follow->options.rest_ms
	                                         : follow->options.scan_ms;
}

/* The period may be another now; what is settling keeps its own time. */
static void timer_rest(struct follow *follow)
{
	if (follow->changed_at_ms == 0 && follow->waiting_since_ms == 0)
		timer_set(follow, period_ms(follow));
}

static bool is_same_lock(const struct git_lock *a, const struct git_lock *b)
{
	return a->inode == b->inode && a->changed_at_ns == b->changed_at_ns;
}

/* A lock that outlives the wait was left by a crash: it is waited for only once. */
static bool is_waiting_for_git(struct follow *follow)
{
	struct git_lock lock;

	if (!git_is_busy(follow->dir, &lock) || is_same_lock(&lock, &follow->stale)) {
		follow->waiting_since_ms = 0;
		return false;
	}
	if (follow->waiting_since_ms == 0)
		follow->waiting_since_ms = now_ms();
	if (now_ms() - follow->waiting_since_ms < follow->options.git_ms)
		return true;
	follow->stale = lock;
	follow->waiting_since_ms = 0;
	follow->events.note("git holds the index for too long: looking all the same; remove "
	                    ".git/index.lock if no git is running",
	                    follow->events.data);
	return false;
}

static gboolean on_timer(void *data)
{
	struct follow *follow = data;

	follow->timer = 0;
	if (is_waiting_for_git(follow)) {
		timer_set(follow, GIT_AGAIN_MS);
		return G_SOURCE_REMOVE;
	}
	follow->changed_at_ms = 0;
	timer_set(follow, period_ms(follow));
	follow->events.look(follow->events.data);
	return G_SOURCE_REMOVE;
}

void follow_changed(struct follow *follow)
{
	int64_t now = now_ms();
	int64_t left_ms;

	if (follow->waiting_since_ms != 0)
		return;
	if (follow->changed_at_ms == 0)
		follow->changed_at_ms = now;
	left_ms = follow->changed_at_ms + follow->options.settle_max_ms - now;
	timer_set(follow, MIN(follow->options.settle_ms, left_ms));
}

static void text_set(struct follow *follow, guint dirs)
{
	g_free(follow->text);
	if (follow->watch) {
		follow->text =
			g_strdup_printf("watching %u director%s", dirs, dirs == 1 ? "y" : "ies");
	} else {
		follow->text = g_strdup_printf("looking every %" G_GINT64_FORMAT " ms: %s",
		                               follow->options.scan_ms, follow->why);
	}
}

static void on_watch_changed(void *data)
{
	follow_changed(data);
}

static void on_watch_failed(const char *why, void *data)
{
	struct follow *follow = data;

	g_clear_pointer(&follow->watch, watch_stop);
	follow->why = g_intern_string(why);
	text_set(follow, 0);
	timer_set(follow, 0);
	follow->events.note(follow->text, follow->events.data);
}

static void watch_try(struct follow *follow)
{
	const struct watch_events events = { on_watch_changed, on_watch_failed, follow };
	g_autoptr(GError) error = NULL;

	follow->why = follow->options.is_scanning ? "as configured" : network_name(follow->dir);
	if (follow->why)
		return;
	follow->watch = watch_start(follow->dir, &events, &error);
	if (!follow->watch) {
		follow->why = g_intern_string(error->message);
		follow->events.note(follow->why, follow->events.data);
	}
}

struct follow *follow_start(const struct follow_options *options,
                            const struct follow_events *events)
{
	struct follow *follow = g_new0(struct follow, 1);

	follow->options = *options;
	follow->dir = g_strdup(options->dir);
	follow->options.dir = follow->dir;
	follow->events = *events;
	watch_try(follow);
	text_set(follow, 0);
	timer_set(follow, period_ms(follow));
	return follow;
}

void follow_set_dirs(struct follow *follow, const GPtrArray *dirs)
{
	if (follow->watch)
		watch_set(follow->watch, dirs);
	if ((follow->dirs == 0) != (dirs->len == 0)) {
		follow->dirs = dirs->len;
		timer_rest(follow);
	}
	follow->dirs = dirs->len;
	text_set(follow, dirs->len);
}

void follow_set_settle(struct follow *follow, int64_t settle_ms)
{
	follow->options.settle_ms = settle_ms;
	follow->options.settle_max_ms = MAX(follow_options_default.settle_max_ms, settle_ms);
}

const char *follow_text(const struct follow *follow)
{
	return follow->text;
}

void follow_stop(struct follow *follow)
{
	if (!follow)
		return;
	watch_stop(follow->watch);
	g_clear_handle_id(&follow->timer, g_source_remove);
	g_free(follow->text);
	g_free(follow->dir);
	g_free(follow);
}
