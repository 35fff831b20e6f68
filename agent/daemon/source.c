/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source - a walk with fstatat; a file is opened only when its identity is new. */
#include "agent/daemon/source.h"

#include "reconcile/model/finding.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DEPTH_MAX = 32,
	/* A file that changed so shortly before it was read may change again within the same tick
	 * of the file system's clock; its identity is then not believed once. */
	RACY_NS = 50 * 1000 * 1000
};

/* What tells one state of a file from the next without reading it. */
struct identity {
	uint64_t device, inode;
	int64_t bytes, modified_at_ns, changed_at_ns;
};

struct file {
	struct identity identity;
	uint64_t look; /* the last that saw it */
	bool is_racy;
	char *digest; /* of its bytes; NULL: not read */
	char *why;    /* it cannot be read */
};

struct source {
	char *dir;
	size_t file_bytes;
	unsigned files_max;
	struct source_sink sink;
	GHashTable *files; /* relative path → struct file */
	GPtrArray *findings;
	GPtrArray *dirs;
	uint64_t look;
	bool was_complete;
};

/* One directory of a walk, on the stack of it. */
struct level {
	const struct level *up;
	const char *path; /* relative; "" is the directory itself */
	uint64_t device, inode;
	unsigned depth;
	int fd;
};

struct walk {
	struct source *source;
	struct source_look look;
	GPtrArray *failed; /* paths of directories that could not be read */
};

static void free_file(void *data)
{
	struct file *file = data;

	g_free(file->digest);
	g_free(file->why);
	g_free(file);
}

static void free_dir(void *data)
{
	struct source_dir *dir = data;

	g_free(dir->path);
	g_free(dir);
}

static void free_finding(void *finding)
{
	finding_free(finding);
}

struct source *source_new(const struct source_options *options, const struct source_sink *sink)
{
	struct source *source = g_new0(struct source, 1);

	source->dir = g_strdup(options->dir);
	source->file_bytes = options->file_bytes;
	source->files_max = options->files;
	source->sink = *sink;
	source->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_file);
	source->findings = g_ptr_array_new_with_free_func(free_finding);
	source->dirs = g_ptr_array_new_with_free_func(free_dir);
	source->was_complete = true;
	return source;
}

void source_free(struct source *source)
{
	if (!source)
		return;
	g_free(source->dir);
	g_hash_table_unref(source->files);
	g_ptr_array_unref(source->findings);
	g_ptr_array_unref(source->dirs);
	g_free(source);
}

GPtrArray *source_findings(struct source *source)
{
	return source->findings;
}

GPtrArray *source_dirs(struct source *source)
{
	return source->dirs;
}

static bool is_manifest(const char *name)
{
	return g_str_has_suffix(name, ".yaml") || g_str_has_suffix(name, ".yml");
}

static int64_t time_ns(const struct timespec *time)
{
	return time->tv_sec * INT64_C(1000000000) + time->tv_nsec;
}

static struct identity identity_of(const struct stat *st)
{
	return (struct identity){ st->st_dev, st->st_ino, st->st_size, time_ns(&st->st_mtim),
		                  time_ns(&st->st_ctim) };
}

static bool identity_equal(const struct identity *a, const struct identity *b)
{
	return a->device == b->device && a->inode == b->inode && a->bytes == b->bytes &&
	       a->modified_at_ns == b->modified_at_ns && a->changed_at_ns == b->changed_at_ns;
}

static bool is_recent(const struct identity *identity)
{
	int64_t now_ns = g_get_real_time() * 1000;

	return identity->changed_at_ns > now_ns - RACY_NS;
}

static char *path_join(const char *dir, const char *name)
{
	g_autofree char *valid = g_utf8_make_valid(name, -1);

	return *dir ? g_strconcat(dir, "/", valid, NULL) : g_steal_pointer(&valid);
}

/* A directory that cannot be walked hides files: they stay as they were. */
static void dir_failed(struct walk *walk, const char *path, const char *why)
{
	const struct place place = { g_intern_string(*path ? path : "."), 0, 0 };

	g_ptr_array_add(walk->source->findings, finding_new(&place, g_strdup(why), NULL));
	g_ptr_array_add(walk->failed, g_strdup(path));
	walk->look.is_complete = false;
}

static struct file *file_find(struct walk *walk, const char *path)
{
	struct source *source = walk->source;
	struct file *file = g_hash_table_lookup(source->files, path);

	if (!file && g_hash_table_size(source->files) >= source->files_max) {
		walk->look.is_complete = false;
		return NULL;
	}
	if (!file) {
		file = g_new0(struct file, 1);
		g_hash_table_insert(source->files, g_strdup(path), file);
	}
	file->look = source->look;
	walk->look.files++;
	return file;
}

static void file_unreadable(struct walk *walk, const char *path, const char *why)
{
	struct file *file = file_find(walk, path);

	if (!file || g_strcmp0(file->why, why) == 0)
		return;
	g_free(file->why);
	file->why = g_strdup(why);
	g_clear_pointer(&file->digest, g_free);
	walk->source->sink.put_unreadable(path, why, walk->source->sink.data);
	walk->look.has_changed = true;
}

static void file_hidden(struct walk *walk, const char *path, const char *why)
{
	file_unreadable(walk, path, why);
	walk->look.is_complete = false;
}

/* At most one byte more than the cap; NULL with errno. */
static GBytes *bytes_read(int fd, size_t expected, size_t cap)
{
	GByteArray *bytes = g_byte_array_sized_new((guint)MIN(expected, cap) + 1);
	guint8 block[16384];
	ssize_t len = 1;

	while (len != 0 && bytes->len <= cap) {
		len = read(fd, block, sizeof(block));
		if (len < 0 && errno != EINTR) {
			g_byte_array_unref(bytes);
			return NULL;
		}
		if (len > 0)
			g_byte_array_append(bytes, block, (guint)len);
	}
	return g_byte_array_free_to_bytes(bytes);
}

static void file_put(struct walk *walk, const char *path, struct file *file, GBytes *bytes)
{
	g_autofree char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);

	g_clear_pointer(&file->why, g_free);
	if (g_strcmp0(digest, file->digest) == 0)
		return;
	g_free(file->digest);
	file->digest = g_steal_pointer(&digest);
	walk->source->sink.put(path, bytes, walk->source->sink.data);
	walk->look.has_changed = true;
}

/* The descriptor is of a regular file; whether the file stood still meanwhile is seen after. */
static void file_read(struct walk *walk, const char *path, int fd, const struct stat *before)
{
	size_t cap = walk->source->file_bytes;
	g_autoptr(GBytes) bytes = bytes_read(fd, (size_t)before->st_size, cap);
	struct identity first = identity_of(before), last;
	struct file *file;
	struct stat after;

	if (!bytes || fstat(fd, &after) != 0) {
		file_hidden(walk, path, g_strerror(errno));
		return;
	}
	if (g_bytes_get_size(bytes) > cap) {
		g_autofree char *why = g_strdup_printf("is larger than %zu bytes", cap);

		file_hidden(walk, path, why);
		return;
	}
	last = identity_of(&after);
	file = file_find(walk, path);
	if (!file)
		return;
	file_put(walk, path, file, bytes);
	file->identity = last;
	file->is_racy = !identity_equal(&first, &last) || is_recent(&last);
	walk->look.is_racy |= !identity_equal(&first, &last);
}

/* Non-blocking, and checked once more after opening: the name may be a fifo by now. */
static void file_open(struct walk *walk, const struct level *level, const char *name,
                      const char *path)
{
	int fd = openat(level->fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	walk->look.reads++;
	if (fd < 0) {
		if (errno != ENOENT)
			file_hidden(walk, path, g_strerror(errno));
		return;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		file_read(walk, path, fd, &st);
	close(fd);
}

static void file_look(struct walk *walk, const struct level *level, const char *name,
                      const struct stat *st)
{
	g_autofree char *path = path_join(level->path, name);
	struct file *file = g_hash_table_lookup(walk->source->files, path);
	struct identity identity = identity_of(st);

	if (!S_ISREG(st->st_mode)) {
		file_unreadable(walk, path,
		                "is no regular file: fifos, sockets and devices are not read");
		return;
	}
	if (file && file->digest && !file->is_racy && identity_equal(&file->identity, &identity)) {
		file->look = walk->source->look;
		walk->look.files++;
		return;
	}
	file_open(walk, level, name, path);
}

static void dir_walk(struct walk *walk, const struct level *up, const char *name, const char *path);

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return len == 0 || (strncmp(path, dir, len) == 0 && path[len] == '/');
}

static bool has_files_below(const struct source *source, const char *dir)
{
	GHashTableIter iter;
	void *path;

	g_hash_table_iter_init(&iter, source->files);
	while (g_hash_table_iter_next(&iter, &path, NULL))
		if (is_below(path, dir))
			return true;
	return false;
}

/* A link that led to a directory of manifests may do so again: what it leads to is not mounted. */
static void link_failed(struct walk *walk, const struct level *level, const char *name)
{
	const char *why = errno == ENOENT ? "is a symbolic link to nothing" : g_strerror(errno);
	g_autofree char *path = path_join(level->path, name);

	if (is_manifest(name))
		file_hidden(walk, path, why);
	else if (has_files_below(walk->source, path))
		dir_failed(walk, path, why);
}

/* False, with errno, where the directory cannot be searched. */
static bool entry_look(struct walk *walk, const struct level *level, const char *name)
{
	struct stat st;

	if (fstatat(level->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT;
	if (S_ISLNK(st.st_mode) && fstatat(level->fd, name, &st, 0) != 0) {
		link_failed(walk, level, name);
		return true;
	}
	if (S_ISDIR(st.st_mode)) {
		g_autofree char *path = path_join(level->path, name);

		dir_walk(walk, level, name, path);
	} else if (is_manifest(name)) {
		file_look(walk, level, name, &st);
	}
	return true;
}

static bool is_loop(const struct level *level)
{
	for (const struct level *up = level->up; up; up = up->up)
		if (up->device == level->device && up->inode == level->inode)
			return true;
	return false;
}

static void dir_remember(struct source *source, const char *path, const struct stat *st)
{
	struct source_dir *dir = g_new0(struct source_dir, 1);

	dir->path = *path ? g_build_filename(source->dir, path, NULL) : g_strdup(source->dir);
	dir->device = st->st_dev;
	dir->inode = st->st_ino;
	g_ptr_array_add(source->dirs, dir);
}

static void dir_read(struct walk *walk, const struct level *level)
{
	int fd = fcntl(level->fd, F_DUPFD_CLOEXEC, 0);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!stream) {
		dir_failed(walk, level->path, g_strerror(errno));
		return;
	}
	errno = 0;
	while ((entry = readdir(stream))) {
		if (entry->d_name[0] != '.' && !entry_look(walk, level, entry->d_name))
			break;
		errno = 0;
	}
	if (errno != 0)
		dir_failed(walk, level->path, g_strerror(errno));
	closedir(stream);
}

static void dir_enter(struct walk *walk, struct level *level)
{
	struct stat st;

	if (fstat(level->fd, &st) != 0) {
		dir_failed(walk, level->path, g_strerror(errno));
		return;
	}
	level->device = st.st_dev;
	level->inode = st.st_ino;
	if (is_loop(level)) {
		const struct place place = { g_intern_string(level->path), 0, 0 };

		g_ptr_array_add(walk->source->findings,
		                finding_new(&place,
		                            g_strdup("is a symbolic link to a directory above it"),
		                            NULL));
		return;
	}
	dir_remember(walk->source, level->path, &st);
	dir_read(walk, level);
}

static void dir_walk(struct walk *walk, const struct level *up, const char *name, const char *path)
{
	struct level level = { .up = up, .path = path, .depth = up ? up->depth + 1 : 0 };

	if (level.depth > DEPTH_MAX) {
		dir_failed(walk, path, "is too deep: at most 32 directories");
		return;
	}
	level.fd = openat(up ? up->fd : AT_FDCWD, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (level.fd < 0) {
		if (!up || errno != ENOENT)
			dir_failed(walk, path, g_strerror(errno));
		return;
	}
	dir_enter(walk, &level);
	close(level.fd);
}

static bool is_hidden(const struct walk *walk, const char *path)
{
	for (guint i = 0; i < walk->failed->len; i++)
		if (is_below(path, walk->failed->pdata[i]))
			return true;
	return false;
}

static void files_remove(struct walk *walk)
{
	struct source *source = walk->source;
	GHashTableIter iter;
	void *path, *value;

	g_hash_table_iter_init(&iter, source->files);
	while (g_hash_table_iter_next(&iter, &path, &value)) {
		const struct file *file = value;

		if (file->look == source->look || is_hidden(walk, path))
			continue;
		source->sink.remove(path, source->sink.data);
		g_hash_table_iter_remove(&iter);
		walk->look.has_changed = true;
	}
}

static bool findings_equal(const GPtrArray *a, const GPtrArray *b)
{
	if (a->len != b->len)
		return false;
	for (guint i = 0; i < a->len; i++)
		if (finding_compare(&a->pdata[i], &b->pdata[i]) != 0)
			return false;
	return true;
}

static void files_capped(struct walk *walk)
{
	struct source *source = walk->source;

	if (g_hash_table_size(source->files) >= source->files_max && !walk->look.is_complete) {
		const struct place place = { g_intern_string("."), 0, 0 };
		char *text = g_strdup_printf(
			"may hold more than %u manifest files: the rest is not read",
			source->files_max);

		g_ptr_array_add(source->findings, finding_new(&place, text, NULL));
	}
}

void source_look(struct source *source, struct source_look *ret_look)
{
	struct walk walk = { .source = source, .look = { .is_complete = true } };
	g_autoptr(GPtrArray) before = source->findings;

	walk.failed = g_ptr_array_new_with_free_func(g_free);
	source->findings = g_ptr_array_new_with_free_func(free_finding);
	g_ptr_array_set_size(source->dirs, 0);
	source->look++;
	dir_walk(&walk, NULL, source->dir, "");
	files_capped(&walk);
	files_remove(&walk);
	g_ptr_array_sort(source->findings, finding_compare);
	walk.look.has_changed |= !findings_equal(before, source->findings) ||
	                         walk.look.is_complete != source->was_complete;
	source->was_complete = walk.look.is_complete;
	g_ptr_array_unref(walk.failed);
	*ret_look = walk.look;
}
