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

enum {
	LOOKS = 3, /* while files change as they are read */
	FILES_MAX = 1000000,
};

static void file_put(const char *file, GBytes *bytes, void *data)
{
	manifests_put(data, file, bytes);
}

static void file_put_unreadable(const char *file, const char *why, void *data)
{
	manifests_put_unreadable(data, file, why);
}

static void file_remove(const char *file, void *data)
{
	manifests_remove(data, file);
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

	for (size_t i = 0; i < len; i++) {
		g_ptr_array_add(findings, items[i]);
	}
}

static void dir_read(struct review *review, const char *dir)
{
	autoptr(manifests) manifests = manifests_new(&manifests_limits_default);
	struct source_sink sink = { file_put, file_put_unreadable, file_remove, manifests };
	struct source_options options = { dir, manifests_limits_default.file_bytes, FILES_MAX };
	autoptr(source) source = source_new(&options, &sink);
	g_autoptr(GPtrArray) findings = NULL;
	struct source_look look = { .is_racy = true };

	for (int i = 0; i < LOOKS && look.is_racy; i++) {
		source_look(source, &look);
	}
	review->files = look.files;
	review->fleet = manifests_fleet(manifests, &findings);
	findings_join(review->findings, findings);
	findings_join(review->findings, source_findings(source));
	if (look.files == 0) {
		g_ptr_array_add(review->notes,
		                g_strdup_printf("no *.yaml and no *.yml under \"%s\"", dir));
	}
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
		if (hello != NULL) {
			g_hash_table_insert(hellos, g_strdup(program), hello);
		}
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

struct review *review_make(const char *dir, const char *plugin_dir)
{
	struct review *review = g_new0(struct review, 1);
	g_autoptr(GHashTable) hellos =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, hello_release);

	review->findings = g_ptr_array_new_with_free_func(finding_release);
	review->notes = g_ptr_array_new_with_free_func(g_free);
	dir_read(review, dir);
	for (guint i = 0; i < review->fleet->clouds->len; i++) {
		cloud_check(review, g_ptr_array_index(review->fleet->clouds, i), plugin_dir,
		            hellos);
	}
	g_ptr_array_sort(review->findings, finding_compare);
	return review;
}

void review_free(struct review *review)
{
	if (review == NULL) {
		return;
	}
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
		for (guint j = 0; j < deployment->components->len; j++) {
			members += component_size(g_ptr_array_index(deployment->components, j));
		}
	}
	return members;
}
