/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch - the only file that calls libinotifytools (3.22), and only from its thread.
 *
 * Surprises of that library, found in trials: next_event(0) blocks for ever although its text says
 * not; it waits with select, so its descriptor must be below 1024; a path watched twice leaks; a
 * watch of a removed directory stays in its tables until it is removed by hand. */
#include "agent/daemon/watch.h"

#include "reconcile/model/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <inotifytools/inotify.h>
#include <inotifytools/inotifytools.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/select.h>
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
	GHashTable *wanted;  /* under mutex; path → inode; NULL: nothing new */
	GHashTable *watched; /* the thread's own; path → inode, 0 for the parent */
	char *parent, *name; /* of the first directory */
};

static void watch_clear(void *data)
{
	struct watch *watch = data;

	if (watch->wake >= 0) {
		close(watch->wake);
	}
	g_clear_pointer(&watch->wanted, g_hash_table_unref);
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
	if (!atomic_load(&watch->is_stopping)) {
		watch->events.changed(watch->events.data);
	}
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
	if (!atomic_exchange(&watch->is_posted, true)) {
		thread_post(watch, on_changed);
	}
}

static void post_failed(struct watch *watch)
{
	if (!atomic_exchange(&watch->has_failed, true)) {
		thread_post(watch, on_failed);
	}
}

static bool watch_add(struct watch *watch, const char *path, void *inode)
{
	if (inotifytools_watch_file(path, WATCH_EVENTS)) {
		g_hash_table_insert(watch->watched, g_strdup(path), inode);
		return true;
	}
	if (inotifytools_error() == ENOSPC || errno == ENOSPC) {
		post_failed(watch);
	}
	return false;
}

static void watch_drop_unwanted(struct watch *watch, GHashTable *wanted)
{
	GHashTableIter iter;
	void *path, *inode;

	g_hash_table_iter_init(&iter, watch->watched);
	while (g_hash_table_iter_next(&iter, &path, &inode)) {
		if (!g_hash_table_contains(wanted, path) ||
		    g_hash_table_lookup(wanted, path) != inode) {
			inotifytools_remove_watch_by_filename(path);
			g_hash_table_iter_remove(&iter);
		}
	}
}

/* What happened in a directory before it was watched is found by one more look. */
static void watch_apply(struct watch *watch, GHashTable *wanted)
{
	GHashTableIter iter;
	void *path, *inode;
	bool is_new = false;

	watch_drop_unwanted(watch, wanted);
	g_hash_table_iter_init(&iter, wanted);
	while (g_hash_table_iter_next(&iter, &path, &inode)) {
		if (!g_hash_table_contains(watch->watched, path)) {
			is_new |= watch_add(watch, path, inode);
		}
	}
	if (is_new) {
		post_changed(watch);
	}
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

/* The library adds a slash to directories. */
static char *path_of(const struct inotify_event *event)
{
	char *path = g_strdup(inotifytools_filename_from_wd(event->wd));
	size_t len = path ? strlen(path) : 0;

	if (len > 1 && path[len - 1] == '/') {
		path[len - 1] = '\0';
	}
	return path;
}

static bool is_parent(const struct watch *watch, const char *path)
{
	return path && g_str_equal(path, watch->parent) &&
	       g_hash_table_lookup(watch->watched, path) == NULL;
}

/* Noise costs a look each: of files only contents of manifests count, of the parent only our name.
 * A swapped "..data" is a set of new manifests. */
static bool is_relevant(const struct watch *watch, const struct inotify_event *event,
                        const char *path)
{
	bool is_content = (event->mask & (IN_MODIFY | IN_CLOSE_WRITE)) != 0;

	if (event->len == 0 || (event->mask & IN_Q_OVERFLOW)) {
		return true;
	}
	if (is_parent(watch, path)) {
		return g_str_equal(event->name, watch->name) && !is_content;
	}
	if (event->name[0] == '.' && !g_str_equal(event->name, "..data")) {
		return false;
	}
	return !is_content || is_manifest(event->name);
}

static void event_take(struct watch *watch, const struct inotify_event *event)
{
	g_autofree char *path = path_of(event);

	/* The wake file: the loop looks what for. */
	if ((event->mask & IN_IGNORED) || (path && g_str_has_prefix(path, "/proc/self/fd/"))) {
		return;
	}
	if (is_relevant(watch, event, path)) {
		post_changed(watch);
	}
	/* Of a removed directory the kernel has taken the watch; taking it again prints a
	 * complaint. */
	if (event->mask & IN_MOVE_SELF) {
		inotifytools_remove_watch_by_wd(event->wd);
	}
	if (path && (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF))) {
		g_hash_table_remove(watch->watched, path);
	}
}

static void *thread_run(void *data)
{
	struct watch *watch = data;

	while (!atomic_load(&watch->is_stopping)) {
		const struct inotify_event *event = inotifytools_next_events(WAIT_S, 1);

		if (event) {
			event_take(watch, event);
		}
		take_wanted(watch);
	}
	return NULL;
}

/* The library's descriptor will be the lowest that is free. */
static bool is_low_descriptor_free(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		close(fd);
	}
	return fd >= 0 && fd < FD_SETSIZE - 8;
}

static void wake_open(struct watch *watch)
{
	g_autofree char *path = NULL;
	g_autofree char *name = NULL;

	watch->wake = open(g_get_tmp_dir(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (watch->wake < 0) {
		watch->wake = g_file_open_tmp("muster-wake-XXXXXX", &name, NULL);
	}
	if (name) {
		unlink(name);
	}
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
	watch->watched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	watch->parent = g_path_get_dirname(dir);
	watch->name = g_path_get_basename(dir);
	g_mutex_init(&watch->mutex);
	wake_open(watch);
	watch->thread = g_thread_new("watch", thread_run, watch);
	return watch;
}

void watch_set(struct watch *watch, const GPtrArray *dirs)
{
	GHashTable *wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < dirs->len; i++) {
		const struct source_dir *dir = dirs->pdata[i];

		g_hash_table_insert(wanted, g_strdup(dir->path), (void *)(uintptr_t)dir->inode);
	}
	if (!g_hash_table_contains(wanted, watch->parent)) {
		g_hash_table_insert(wanted, g_strdup(watch->parent), NULL);
	}
	g_mutex_lock(&watch->mutex);
	g_clear_pointer(&watch->wanted, g_hash_table_unref);
	watch->wanted = wanted;
	g_mutex_unlock(&watch->mutex);
	wake_up(watch);
}

void watch_stop(struct watch *watch)
{
	if (!watch) {
		return;
	}
	atomic_store(&watch->is_stopping, true);
	wake_up(watch);
	g_thread_join(watch->thread);
	inotifytools_cleanup();
	watch_release(watch);
}
