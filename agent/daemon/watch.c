/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch - the only file that calls libinotifytools (3.22), and only from its thread.
 *
 * Surprises of that library, found in trials: next_event(0) blocks for ever although its text says
 * not; it waits with select, so its descriptor must be below 1024; one directory watched twice, or
 * one name used twice, leaks; the watch of a removed directory stays in its tables, and taking it
 * away prints a complaint. So each directory is watched once, under a spelling of its path that is
 * used once, and what is removed is left to the library until the end. */
#include "agent/daemon/watch.h"

#include "reconcile/model/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <inotifytools/inotify.h>
#include <inotifytools/inotifytools.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WATCH_EVENTS = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MODIFY |
	               IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF,
	/* When the wake file cannot be had the thread still sees a stop or a new set by itself. */
	WAIT_S = 1
};

struct watch {
	struct watch_events events;
	GThread *thread;
	GMainContext *context;
	atomic_bool is_stopping;
	atomic_bool is_posted; /* a "changed" is on its way */
	atomic_bool has_failed;
	int wake; /* a nameless file that the thread watches: writing to it ends its wait */
	GMutex mutex;
	char *parent, *name; /* of the first directory */
	GHashTable *wanted;  /* under mutex; identity → struct spot; NULL: nothing new */
	/* The thread's own: */
	GHashTable *watched;  /* identity → struct spot */
	GHashTable *by_alias; /* the spot's alias → its identity, both borrowed from watched */
	unsigned aliases;     /* made so far */
};

/* A directory, known by its device and inode. */
struct spot {
	char *path;
	char *alias;    /* the spelling under which the library knows it */
	bool is_parent; /* only the name of the first directory counts in it */
};

static void spot_free(void *data)
{
	struct spot *spot = data;

	g_free(spot->path);
	g_free(spot->alias);
	g_free(spot);
}

static GHashTable *spots_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, spot_free);
}

/* Puts it where nothing of that identity is. */
static void spots_put(GHashTable *spots, const struct source_dir *dir, bool is_parent)
{
	g_autofree char *identity =
		g_strdup_printf("%" PRIx64 ":%" PRIx64, dir->device, dir->inode);
	struct spot *spot;

	if (g_hash_table_contains(spots, identity))
		return;
	spot = g_new0(struct spot, 1);
	spot->path = g_strdup(dir->path);
	spot->is_parent = is_parent;
	g_hash_table_insert(spots, g_steal_pointer(&identity), spot);
}

static void watch_clear(void *data)
{
	struct watch *watch = data;

	if (watch->wake >= 0)
		close(watch->wake);
	g_clear_pointer(&watch->wanted, g_hash_table_unref);
	g_hash_table_unref(watch->by_alias);
	g_hash_table_unref(watch->watched);
	g_main_context_unref(watch->context);
	g_mutex_clear(&watch->mutex);
	g_free(watch->parent);
	g_free(watch->name);
}

/* What is posted may be called after the stop. */
static void watch_release(void *watch)
{
	g_atomic_rc_box_release_full(watch, watch_clear);
}

static void thread_post(struct watch *watch, GSourceFunc function)
{
	GSource *source = g_idle_source_new();

	g_source_set_priority(source, G_PRIORITY_DEFAULT);
	g_source_set_callback(source, function, g_atomic_rc_box_acquire(watch), watch_release);
	g_source_attach(source, watch->context);
	g_source_unref(source);
}

static gboolean on_changed(void *data)
{
	struct watch *watch = data;

	atomic_store(&watch->is_posted, false);
	if (!atomic_load(&watch->is_stopping))
		watch->events.changed(watch->events.data);
	return G_SOURCE_REMOVE;
}

static gboolean on_failed(void *data)
{
	struct watch *watch = data;

	if (!atomic_load(&watch->is_stopping)) {
		watch->events.failed("too many directories: raise fs.inotify.max_user_watches",
		                     watch->events.data);
	}
	return G_SOURCE_REMOVE;
}

static void post_changed(struct watch *watch)
{
	if (!atomic_exchange(&watch->is_posted, true))
		thread_post(watch, on_changed);
}

static void post_failed(struct watch *watch)
{
	if (!atomic_exchange(&watch->has_failed, true))
		thread_post(watch, on_failed);
}

/* Another spelling of @path for each @number: its bits as "/." and "/", and "/." at the end. */
static char *alias_make(const char *path, unsigned number)
{
	GString *alias = g_string_new(path);

	for (unsigned rest = number; rest > 0; rest >>= 1)
		g_string_append(alias, rest & 1 ? "/." : "/");
	g_string_append(alias, "/.");
	return g_string_free(alias, FALSE);
}

static bool watch_add(struct watch *watch, const char *identity, const struct spot *wanted)
{
	g_autofree char *alias = alias_make(wanted->path, ++watch->aliases);
	char *own_identity;
	struct spot *spot;

	if (!inotifytools_watch_file(alias, WATCH_EVENTS)) {
		if (inotifytools_error() == ENOSPC || errno == ENOSPC)
			post_failed(watch);
		return false;
	}
	own_identity = g_strdup(identity);
	spot = g_new0(struct spot, 1);
	spot->path = g_strdup(wanted->path);
	spot->alias = g_steal_pointer(&alias);
	spot->is_parent = wanted->is_parent;
	g_hash_table_insert(watch->watched, own_identity, spot);
	g_hash_table_insert(watch->by_alias, spot->alias, own_identity);
	return true;
}

/* The library knows a directory by its name with a slash at the end, and no other. One that stays
 * watched is deaf when it comes back: the kernel gives it the same number, the library the old
 * name. */
static void watch_remove(const struct spot *spot)
{
	g_autofree char *known = g_strconcat(spot->alias, "/", NULL);

	inotifytools_remove_watch_by_filename(known);
}

static void watch_drop_unwanted(struct watch *watch, GHashTable *wanted)
{
	GHashTableIter iter;
	void *identity, *value;

	g_hash_table_iter_init(&iter, watch->watched);
	while (g_hash_table_iter_next(&iter, &identity, &value)) {
		const struct spot *spot = value;

		if (!g_hash_table_contains(wanted, identity)) {
			watch_remove(spot);
			g_hash_table_remove(watch->by_alias, spot->alias);
			g_hash_table_iter_remove(&iter);
		}
	}
}

/* What happened in a directory before it was watched is found by one more look. */
static void watch_apply(struct watch *watch, GHashTable *wanted)
{
	GHashTableIter iter;
	void *identity, *value;
	bool is_new = false;

	watch_drop_unwanted(watch, wanted);
	g_hash_table_iter_init(&iter, wanted);
	while (g_hash_table_iter_next(&iter, &identity, &value)) {
		struct spot *spot = g_hash_table_lookup(watch->watched, identity);
		const struct spot *wish = value;

		if (spot)
			spot->is_parent = wish->is_parent;
		else
			is_new |= watch_add(watch, identity, wish);
	}
	if (is_new)
		post_changed(watch);
}

static void take_wanted(struct watch *watch)
{
	GHashTable *wanted;

	g_mutex_lock(&watch->mutex);
	wanted = g_steal_pointer(&watch->wanted);
	g_mutex_unlock(&watch->mutex);
	if (wanted) {
		watch_apply(watch, wanted);
		g_hash_table_unref(wanted);
	}
}

static bool is_manifest(const char *name)
{
	return g_str_has_suffix(name, ".yaml") || g_str_has_suffix(name, ".yml");
}

/* The directory of @event; NULL for the wake file and for what is not watched any more. The library
 * adds a slash to directories. */
static const struct spot *spot_of(const struct watch *watch, const struct inotify_event *event)
{
	g_autofree char *alias = g_strdup(inotifytools_filename_from_wd(event->wd));
	size_t len = alias ? strlen(alias) : 0;
	const char *identity;

	if (len == 0)
		return NULL;
	if (alias[len - 1] == '/')
		alias[len - 1] = '\0';
	identity = g_hash_table_lookup(watch->by_alias, alias);
	return identity ? g_hash_table_lookup(watch->watched, identity) : NULL;
}

/* Noise costs a look each: of files only contents of manifests count, of the parent only our name.
 * A swapped "..data" is a set of new manifests. */
static bool is_relevant(const struct watch *watch, const struct inotify_event *event,
                        const struct spot *spot)
{
	bool is_content = (event->mask & (IN_MODIFY | IN_CLOSE_WRITE)) != 0;

	if (event->len == 0)
		return true;
	if (spot->is_parent)
		return g_str_equal(event->name, watch->name) && !is_content;
	if (event->name[0] == '.' && !g_str_equal(event->name, "..data"))
		return false;
	return !is_content || is_manifest(event->name);
}

static void forget(struct watch *watch, const struct spot *spot)
{
	const char *identity = g_hash_table_lookup(watch->by_alias, spot->alias);

	g_hash_table_remove(watch->by_alias, spot->alias);
	g_hash_table_remove(watch->watched, identity);
}

static void event_take(struct watch *watch, const struct inotify_event *event)
{
	const struct spot *spot;

	if (event->mask & IN_Q_OVERFLOW) {
		post_changed(watch);
		return;
	}
	spot = spot_of(watch, event);
	if (!spot || (event->mask & IN_IGNORED))
		return;
	if (is_relevant(watch, event, spot))
		post_changed(watch);
	if (event->mask & IN_DELETE_SELF)
		forget(watch, spot);
}

static void *thread_run(void *data)
{
	struct watch *watch = data;

	while (!atomic_load(&watch->is_stopping)) {
		const struct inotify_event *event = inotifytools_next_events(WAIT_S, 1);

		if (event)
			event_take(watch, event);
		take_wanted(watch);
	}
	return NULL;
}

/* The library's descriptor will be the lowest that is free. */
static bool is_low_descriptor_free(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0 && fd < FD_SETSIZE - 8;
}

static void wake_open(struct watch *watch)
{
	g_autofree char *path = NULL;
	g_autofree char *name = NULL;

	watch->wake = open(g_get_tmp_dir(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (watch->wake < 0)
		watch->wake = g_file_open_tmp("muster-wake-XXXXXX", &name, NULL);
	if (name)
		unlink(name);
	if (watch->wake >= 0) {
		path = g_strdup_printf("/proc/self/fd/%d", watch->wake);
		inotifytools_watch_file(path, IN_MODIFY);
	}
}

static void wake_up(struct watch *watch)
{
	ssize_t written = watch->wake < 0 ? 0 : pwrite(watch->wake, "x", 1, 0);

	(void)written; /* without it the thread comes by itself, a little later */
}

struct watch *watch_start(const char *dir, const struct watch_events *events, GError **error)
{
	struct watch *watch;

	if (!is_low_descriptor_free() || !inotifytools_initialize()) {
		g_set_error(error, FAULT_DOMAIN, FAULT_UNSUPPORTED, "inotify cannot be had: %s",
		            g_strerror(inotifytools_error()));
		return NULL;
	}
	watch = g_atomic_rc_box_new0(struct watch);
	watch->events = *events;
	watch->context = g_main_context_ref_thread_default();
	watch->watched = spots_new();
	watch->by_alias = g_hash_table_new(g_str_hash, g_str_equal);
	watch->parent = g_path_get_dirname(dir);
	watch->name = g_path_get_basename(dir);
	g_mutex_init(&watch->mutex);
	wake_open(watch);
	watch->thread = g_thread_new("watch", thread_run, watch);
	return watch;
}

/* Last, so that it is nothing more where it is one of the directories. */
static void parent_put(const struct watch *watch, GHashTable *wanted)
{
	struct source_dir dir = { .path = watch->parent };
	struct stat st;

	if (stat(watch->parent, &st) == 0) {
		dir.device = st.st_dev;
		dir.inode = st.st_ino;
		spots_put(wanted, &dir, true);
	}
}

void watch_set(struct watch *watch, const GPtrArray *dirs)
{
	GHashTable *wanted = spots_new();

	for (guint i = 0; i < dirs->len; i++)
		spots_put(wanted, dirs->pdata[i], false);
	parent_put(watch, wanted);
	g_mutex_lock(&watch->mutex);
	g_clear_pointer(&watch->wanted, g_hash_table_unref);
	watch->wanted = wanted;
	g_mutex_unlock(&watch->mutex);
	wake_up(watch);
}

void watch_stop(struct watch *watch)
{
	if (!watch)
		return;
	atomic_store(&watch->is_stopping, true);
	wake_up(watch);
	g_thread_join(watch->thread);
	inotifytools_cleanup();
	watch_release(watch);
}
