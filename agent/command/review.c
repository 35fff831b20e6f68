/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connector that is not installed here is no fault of the manifest's: its cloud may be worked
 * from another host. A name that is nearly one that is known is a slip all the same. */
#include "agent/command/review.h"

#include "agent/command/plugin_hello.h"
#include "agent/daemon/carrier.h"
#include "agent/daemon/plugin_path.h"
#include "agent/daemon/source.h"
#include "connectors/connector.h"
#include "reconcile/manifest/manifests.h"
#include "reconcile/manifest/settings.h"
#include "reconcile/model/finding.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

enum {
	LOOKS = 3, /* while files change as they are read */
	FILES_MAX = 1000000,
};

/* What is read, from one path after the other. */
struct reading {
	struct review *review;
	struct manifests *manifests;
	const char *dir;    /* the one that is walked */
	const char *prefix; /* before the names of its files; NULL: none */
	GHashTable *seen;   /* absolute path → name: one file may be given twice */
};

/* The name that people know @file by; freed by the caller. */
static char *file_name(const struct reading *reading, const char *file)
{
	return reading->prefix == NULL ? g_strdup(file)
	                               : g_build_filename(reading->prefix, file, NULL);
}

/* Whether the file at @path has another name already. */
static bool file_is_known(struct reading *reading, const char *path, const char *name)
{
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);
	const char *known = g_hash_table_lookup(reading->seen, absolute);

	if (known == NULL)
		g_hash_table_insert(reading->seen, g_steal_pointer(&absolute), g_strdup(name));
	return known != NULL && !g_str_equal(known, name);
}

static void file_put(const char *file, GBytes *bytes, void *data)
{
	struct reading *reading = data;
	g_autofree char *name = file_name(reading, file);
	g_autofree char *path = g_build_filename(reading->dir, file, NULL);

	if (!file_is_known(reading, path, name))
		manifests_put(reading->manifests, name, bytes);
}

static void file_put_unreadable(const char *file, const char *why, void *data)
{
	struct reading *reading = data;
	g_autofree char *name = file_name(reading, file);

	manifests_put_unreadable(reading->manifests, name, why);
}

static void file_remove(const char *file, void *data)
{
	struct reading *reading = data;
	g_autofree char *name = file_name(reading, file);

	manifests_remove(reading->manifests, name);
}

static void finding_release(void *data)
{
	finding_free(data);
}

/* Moves all of @more to the end of @findings. */
static void findings_join(GPtrArray *findings, GPtrArray *more)
{
	size_t len;
	g_autofree void **items = g_ptr_array_steal(more, &len);

	for (size_t i = 0; i < len; i++)
		g_ptr_array_add(findings, items[i]);
}

static void findings_prefix(const struct reading *reading, GPtrArray *findings)
{
	for (guint i = 0; i < findings->len; i++) {
		struct finding *finding = findings->pdata[i];
		g_autofree char *name = file_name(reading, finding->place.file);

		finding->place.file = g_intern_string(name);
	}
}

static void dir_read(struct reading *reading)
{
	struct source_sink sink = { file_put, file_put_unreadable, file_remove, reading };
	struct source_options options = { reading->dir, manifests_limits_default.file_bytes,
		                          FILES_MAX };
	autoptr(source) source = source_new(&options, &sink);
	struct review *review = reading->review;
	struct source_look look = { .is_racy = true };

	for (int i = 0; i < LOOKS && look.is_racy; i++)
		source_look(source, &look);
	review->files += look.files;
	findings_prefix(reading, source_findings(source));
	findings_join(review->findings, source_findings(source));
	if (look.files == 0) {
		g_ptr_array_add(
			review->notes,
			g_strdup_printf("no *.yaml and no *.yml under \"%s\"", reading->dir));
	}
}

/* The bytes of the file, or NULL with what is wrong with it. */
static GBytes *file_bytes(const char *path, char **ret_why)
{
	g_autoptr(GError) error = NULL;
	size_t cap = manifests_limits_default.file_bytes;
	GStatBuf st;
	gsize len;
	char *text;

	if (g_stat(path, &st) != 0)
		*ret_why = g_strdup(g_strerror(errno));
	else if (!S_ISREG(st.st_mode))
		*ret_why = g_strdup("is no regular file: fifos, sockets and devices are not read");
	else if ((size_t)st.st_size > cap)
		*ret_why = g_strdup_printf("is larger than %zu bytes", cap);
	else if (g_file_get_contents(path, &text, &len, &error))
		return g_bytes_new_take(text, len);
	else
		*ret_why = g_strdup(error->message);
	return NULL;
}

static void file_read(struct reading *reading, const char *path)
{
	g_autofree char *why = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (file_is_known(reading, path, path))
		return;
	reading->review->files++;
	bytes = file_bytes(path, &why);
	if (bytes != NULL)
		manifests_put(reading->manifests, path, bytes);
	else
		manifests_put_unreadable(reading->manifests, path, why);
}

/* A cloud that is named and not given is told once. */
static void elsewhere_note(struct review *review, const char *path)
{
	g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *dir = g_path_get_dirname(path);

	for (guint i = 0; i < review->fleet->deployments->len; i++) {
		const struct deployment *deployment = review->fleet->deployments->pdata[i];

		for (guint j = 0; j < deployment->components->len; j++) {
			char *cloud = ((struct component *)deployment->components->pdata[j])->cloud;

			if (fleet_find_cloud(review->fleet, cloud) != NULL ||
			    !g_hash_table_add(told, cloud))
				continue;
			g_ptr_array_add(
				review->notes,
				g_strdup_printf("cloud \"%s\" is not in what was given, so what is "
			                        "said of it is not checked: muster validate %s",
			                        cloud, dir));
		}
	}
}

static void paths_read(struct review *review, char *const *paths, size_t len)
{
	autoptr(manifests) manifests = manifests_new(&manifests_limits_default);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GPtrArray) findings = NULL;
	struct reading reading = { .review = review, .manifests = manifests, .seen = seen };
	bool has_dir = false;

	for (size_t i = 0; i < len; i++) {
		if (!g_file_test(paths[i], G_FILE_TEST_IS_DIR)) {
			file_read(&reading, paths[i]);
			continue;
		}
		has_dir = true;
		reading.dir = paths[i];
		reading.prefix = len == 1 ? NULL : paths[i];
		dir_read(&reading);
	}
	if (!has_dir)
		manifests_set_partial(manifests);
	review->fleet = manifests_fleet(manifests, &findings);
	findings_join(review->findings, findings);
	if (!has_dir)
		elsewhere_note(review, paths[0]);
}

static void connector_missing(struct review *review, const struct cloud *cloud,
                              const char *plugin_dir)
{
	g_auto(GStrv) known = NULL;

	(void)carrier_connector_exists(cloud->connector, plugin_dir, &known);
	const char *nearest = finding_nearest(cloud->connector, (const char *const *)known);
	if (nearest == NULL) {
		g_ptr_array_add(review->notes,
		                g_strdup_printf("cloud \"%s\": no program muster-connector-%s "
		                                "here; its settings are not checked",
		                                cloud->name, cloud->connector));
		return;
	}
	char *text = g_strdup_printf("unknown connector \"%s\"; did you mean \"%s\"?",
	                             cloud->connector, nearest);
	g_ptr_array_add(review->findings, finding_new(&cloud->connector_place, text, NULL));
}

/* @hellos keeps what each program has said, so that a hundred clouds start it once. */
static const struct hello *hello_get(GHashTable *hellos, const char *program, GError **error)
{
	struct hello *hello = g_hash_table_lookup(hellos, program);

	if (hello == NULL) {
		hello = plugin_hello(program, error);
		if (hello != NULL)
			g_hash_table_insert(hellos, g_strdup(program), hello);
	}
	return hello;
}

static void cloud_check(struct review *review, const struct cloud *cloud, const char *plugin_dir,
                        GHashTable *hellos)
{
	const struct connector *connector = connector_find(cloud->connector);
	g_autoptr(GError) error = NULL;

	if (connector != NULL) {
		settings_check(cloud, connector->settings, review->findings);
		return;
	}
	g_autofree char *program = plugin_path_find(cloud->connector, plugin_dir);
	if (program == NULL) {
		connector_missing(review, cloud, plugin_dir);
		return;
	}
	const struct hello *hello = hello_get(hellos, program, &error);
	if (hello == NULL) {
		g_ptr_array_add(review->notes,
		                g_strdup_printf("cloud \"%s\": %s; its settings are not checked",
		                                cloud->name, error->message));
		return;
	}
	settings_check(cloud, hello->settings, review->findings);
}

static void hello_release(void *data)
{
	hello_free(data);
}

struct review *review_make(char *const *paths, size_t len, const char *plugin_dir)
{
	struct review *review = g_new0(struct review, 1);
	g_autoptr(GHashTable) hellos =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, hello_release);

	review->findings = g_ptr_array_new_with_free_func(finding_release);
	review->notes = g_ptr_array_new_with_free_func(g_free);
	paths_read(review, paths, len);
	for (guint i = 0; i < review->fleet->clouds->len; i++) {
		cloud_check(review, g_ptr_array_index(review->fleet->clouds, i), plugin_dir,
		            hellos);
	}
	g_ptr_array_sort(review->findings, finding_compare);
	return review;
}

void review_free(struct review *review)
{
	if (review == NULL)
		return;
	g_clear_pointer(&review->fleet, fleet_unref);
	g_ptr_array_unref(review->findings);
	g_ptr_array_unref(review->notes);
	g_free(review);
}

size_t review_members(const struct review *review)
{
	size_t members = 0;

	for (guint i = 0; i < review->fleet->deployments->len; i++) {
		const struct deployment *deployment =
			g_ptr_array_index(review->fleet->deployments, i);
		for (guint j = 0; j < deployment->components->len; j++)
			members += component_size(g_ptr_array_index(deployment->components, j));
	}
	return members;
}
