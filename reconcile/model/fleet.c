/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life of the desired state, and looking things up in it. */
#include "reconcile/model/fleet.h"

#include "reconcile/model/key.h"

#include <string.h>

static void image_free(void *data)
{
	struct image *image = data;

	g_free(image->word);
	pairs_unref(image->options);
	g_free(image);
}

static void size_word_free(void *data)
{
	struct size_word *size = data;

	g_free(size->word);
	g_free(size->type);
	size_clear(&size->size);
	g_free(size);
}

static void setting_free(void *data)
{
	struct setting *setting = data;

	g_free(setting->name);
	g_free(setting->value);
	g_free(setting);
}

static void credential_free(void *data)
{
	struct credential *credential = data;

	g_free(credential->name);
	g_strfreev(credential->words);
	g_free(credential);
}

struct cloud *cloud_new(const char *name)
{
	struct cloud *cloud = g_new0(struct cloud, 1);

	cloud->refs = 1;
	cloud->name = g_strdup(name);
	cloud->settings = g_ptr_array_new_with_free_func(setting_free);
	cloud->credentials = g_ptr_array_new_with_free_func(credential_free);
	cloud->images = g_ptr_array_new_with_free_func(image_free);
	cloud->sizes = g_ptr_array_new_with_free_func(size_word_free);
	return cloud;
}

struct cloud *cloud_ref(struct cloud *cloud)
{
	cloud->refs++;
	return cloud;
}

void cloud_unref(struct cloud *cloud)
{
	if (cloud == NULL || --cloud->refs > 0)
		return;
	g_free(cloud->name);
	g_free(cloud->connector);
	g_ptr_array_unref(cloud->settings);
	g_ptr_array_unref(cloud->credentials);
	g_ptr_array_unref(cloud->images);
	g_ptr_array_unref(cloud->sizes);
	g_free(cloud->why_stale);
	g_free(cloud);
}

struct component *component_new(const char *name)
{
	struct component *component = g_new0(struct component, 1);

	component->name = g_strdup(name);
	return component;
}

void component_free(struct component *component)
{
	if (component == NULL)
		return;
	g_free(component->name);
	g_free(component->cloud);
	spec_unref(component->spec);
	g_strfreev(component->names);
	g_strfreev(component->after);
	g_free(component);
}

static void component_free_cb(void *component)
{
	component_free(component);
}

struct deployment *deployment_new(const char *name)
{
	struct deployment *deployment = g_new0(struct deployment, 1);

	deployment->refs = 1;
	deployment->name = g_strdup(name);
	deployment->components = g_ptr_array_new_with_free_func(component_free_cb);
	return deployment;
}

struct deployment *deployment_ref(struct deployment *deployment)
{
	deployment->refs++;
	return deployment;
}

void deployment_unref(struct deployment *deployment)
{
	if (deployment == NULL || --deployment->refs > 0)
		return;
	g_free(deployment->name);
	pairs_unref(deployment->labels);
	g_ptr_array_unref(deployment->components);
	g_free(deployment->why_stale);
	g_free(deployment);
}

static void cloud_unref_cb(void *cloud)
{
	cloud_unref(cloud);
}

static void deployment_unref_cb(void *deployment)
{
	deployment_unref(deployment);
}

struct fleet *fleet_new(void)
{
	struct fleet *fleet = g_new0(struct fleet, 1);

	fleet->refs = 1;
	fleet->clouds = g_ptr_array_new_with_free_func(cloud_unref_cb);
	fleet->deployments = g_ptr_array_new_with_free_func(deployment_unref_cb);
	fleet->is_complete = true;
	return fleet;
}

struct fleet *fleet_ref(struct fleet *fleet)
{
	fleet->refs++;
	return fleet;
}

void fleet_unref(struct fleet *fleet)
{
	if (fleet == NULL || --fleet->refs > 0)
		return;
	g_ptr_array_unref(fleet->clouds);
	g_ptr_array_unref(fleet->deployments);
	g_free(fleet->commit);
	g_free(fleet);
}

/* Reads the name that an element is sorted by. */
typedef const char *(*name_of)(const void *item);

static const char *cloud_name(const void *item)
{
	return ((const struct cloud *)item)->name;
}

static const char *deployment_name(const void *item)
{
	return ((const struct deployment *)item)->name;
}

static const char *component_name(const void *item)
{
	return ((const struct component *)item)->name;
}

static const char *image_word(const void *item)
{
	return ((const struct image *)item)->word;
}

static const char *size_word_word(const void *item)
{
	return ((const struct size_word *)item)->word;
}

static const void *array_find(const GPtrArray *items, name_of of, const char *name)
{
	size_t low = 0, high = items->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = key_compare(name, of(items->pdata[middle]));

		if (order == 0)
			return items->pdata[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct cloud *fleet_find_cloud(const struct fleet *fleet, const char *name)
{
	return array_find(fleet->clouds, cloud_name, name);
}

const struct deployment *fleet_find_deployment(const struct fleet *fleet, const char *name)
{
	return array_find(fleet->deployments, deployment_name, name);
}

const struct component *deployment_find_component(const struct deployment *d, const char *name)
{
	return array_find(d->components, component_name, name);
}

const struct image *cloud_find_image(const struct cloud *cloud, const char *word)
{
	return array_find(cloud->images, image_word, word);
}

const struct size_word *cloud_find_size(const struct cloud *cloud, const char *word)
{
	return array_find(cloud->sizes, size_word_word, word);
}

size_t component_size(const struct component *component)
{
	return component->names == NULL ? component->count : g_strv_length(component->names);
}

char *component_member_name(const struct component *component, size_t i)
{
	if (component->names != NULL)
		return g_strdup(component->names[i]);
	return g_strdup_printf("%" G_GSIZE_FORMAT, i + 1);
}
