/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clouds - carriers by the name of their cloud. */
#include "agent/daemon/clouds.h"

struct entry {
	struct cloud *cloud;
	struct carrier *carrier;
	bool is_up;
};

struct clouds {
	struct carrier_options options;
	struct carrier_events events;
	GHashTable *entries; /* name → struct entry */
};

static void entry_free(void *data)
{
	struct entry *entry = data;

	carrier_stop(entry->carrier);
	cloud_unref(entry->cloud);
	g_free(entry);
}

struct clouds *clouds_new(const struct carrier_options *options,
                          const struct carrier_events *events)
{
	struct clouds *clouds = g_new0(struct clouds, 1);

	clouds->options = *options;
	clouds->events = *events;
	clouds->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
	return clouds;
}

void clouds_free(struct clouds *clouds)
{
	if (!clouds)
		return;
	g_hash_table_unref(clouds->entries);
	g_free(clouds);
}

static void cloud_start(struct clouds *clouds, struct cloud *cloud)
{
	struct entry *entry = g_new0(struct entry, 1);

	entry->cloud = cloud_ref(cloud);
	entry->carrier = carrier_start(cloud, &clouds->options, &clouds->events);
	g_hash_table_insert(clouds->entries, g_strdup(cloud->name), entry);
}

static void cloud_replace(struct entry *entry, struct cloud *cloud)
{
	struct cloud *before = entry->cloud;

	entry->cloud = cloud_ref(cloud);
	carrier_replace(entry->carrier, cloud);
	cloud_unref(before);
}

static void cloud_put(struct clouds *clouds, struct cloud *cloud)
{
	struct entry *entry = g_hash_table_lookup(clouds->entries, cloud->name);

	if (!entry)
		cloud_start(clouds, cloud);
	else if (entry->cloud != cloud)
		cloud_replace(entry, cloud);
}

void clouds_set_fleet(struct clouds *clouds, const struct fleet *fleet,
                      bool (*is_needed)(const char *cloud, void *data), void *data)
{
	GHashTableIter iter;
	void *name, *entry;

	for (guint i = 0; i < fleet->clouds->len; i++)
		cloud_put(clouds, fleet->clouds->pdata[i]);
	g_hash_table_iter_init(&iter, clouds->entries);
	while (g_hash_table_iter_next(&iter, &name, &entry))
		if (!fleet_find_cloud(fleet, name) && !is_needed(name, data))
			g_hash_table_iter_remove(&iter);
}

void clouds_set_up(struct clouds *clouds, const char *cloud, bool is_up)
{
	struct entry *entry = g_hash_table_lookup(clouds->entries, cloud);

	if (entry)
		entry->is_up = is_up;
}

void clouds_renew(struct clouds *clouds)
{
	GHashTableIter iter;
	void *value;

	g_hash_table_iter_init(&iter, clouds->entries);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct entry *entry = value;

		if (!entry->is_up || entry->cloud->credentials->len > 0)
			carrier_replace(entry->carrier, entry->cloud);
	}
}

bool clouds_send(struct clouds *clouds, struct ask *own_ask)
{
	struct entry *entry = g_hash_table_lookup(clouds->entries, own_ask->cloud);

	if (!entry) {
		ask_free(own_ask);
		return false;
	}
	carrier_send(entry->carrier, own_ask);
	return true;
}

size_t clouds_count(const struct clouds *clouds)
{
	return g_hash_table_size(clouds->entries);
}
