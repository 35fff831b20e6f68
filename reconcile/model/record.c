/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life of what we remember of a member. */
#include "reconcile/model/record.h"

struct record *record_new(const char *key)
{
	struct record *record = g_new0(struct record, 1);

	record->key = g_strdup(key);
	return record;
}

void record_free(struct record *record)
{
	if (record == NULL)
		return;
	g_free(record->key);
	g_free(record->cloud);
	g_free(record->uid);
	g_free(record->instance_id);
	g_free(record->fingerprint);
	g_free(record->fault_text);
	g_free(record->commit);
	g_free(record);
}

struct record *record_copy(const struct record *record)
{
	struct record *copy = g_new(struct record, 1);

	*copy = *record;
	copy->key = g_strdup(record->key);
	copy->cloud = g_strdup(record->cloud);
	copy->uid = g_strdup(record->uid);
	copy->instance_id = g_strdup(record->instance_id);
	copy->fingerprint = g_strdup(record->fingerprint);
	copy->fault_text = g_strdup(record->fault_text);
	copy->commit = g_strdup(record->commit);
	return copy;
}
