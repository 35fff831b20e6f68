/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From rows to members. */
#include "reconcile/engine/restore.h"

#include "reconcile/engine/journal.h"
#include "reconcile/engine/member.h"
#include "reconcile/engine/news.h"
#include "reconcile/engine/seen.h"
#include "reconcile/engine/unit.h"
#include "reconcile/model/key.h"

static int record_compare(const void *a, const void *b)
{
	const struct record *const *x = a, *const *y = b;

	return key_compare((*x)->key, (*y)->key);
}

static int operation_compare(const void *a, const void *b)
{
	const struct operation *const *x = a, *const *y = b;

	return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

static struct member *member_of(struct engine *engine, const char *key)
{
	struct key_parts parts;

	if (!key_split(key, &parts))
		return NULL;
	return unit_member_get(unit_get(engine, parts.deployment, parts.deployment_len), key);
}

void restore_records(struct engine *engine, GPtrArray *own_records)
{
	g_ptr_array_set_free_func(own_records, NULL);
	g_ptr_array_sort(own_records, record_compare);
	for (guint i = 0; i < own_records->len; i++) {
		struct record *record = own_records->pdata[i];
		struct member *member = member_of(engine, record->key);

		if (member == NULL || member->slot.record != NULL) {
			record_free(record);
			continue;
		}
		member->slot.record = record;
		if (record->instance_id != NULL && record->cloud != NULL)
			seen_remember(engine, member);
	}
	g_ptr_array_unref(own_records);
}

static void restore_operation(struct engine *engine, struct operation *own_operation)
{
	struct member *member = member_of(engine, own_operation->key);
	struct record *record;

	if (member == NULL || member->slot.operation != NULL) {
		operation_free(own_operation);
		return;
	}
	if (member->slot.record == NULL && own_operation->verb == VERB_CREATE) {
		record = member_record(engine, member);
		record->cloud = g_strdup(own_operation->cloud);
		record->uid = g_strdup(own_operation->uid);
		record->fingerprint = g_strdup(own_operation->fingerprint);
		record->created_at_ms = own_operation->begun_at_ms;
	}
	journal_restore(engine, member, own_operation);
}

void restore_operations(struct engine *engine, GPtrArray *own_operations)
{
	g_ptr_array_set_free_func(own_operations, NULL);
	g_ptr_array_sort(own_operations, operation_compare);
	/* A member has one at most; were there two, the later one counts. */
	for (guint i = own_operations->len; i > 0; i--)
		restore_operation(engine, own_operations->pdata[i - 1]);
	g_ptr_array_unref(own_operations);
}
