/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables in memory. */
#include "tests/simulation/ledger.h"

#include <string.h>

static void record_free_cb(void *record)
{
	record_free(record);
}

static void operation_free_cb(void *operation)
{
	operation_free(operation);
}

static void deletion_free_cb(void *deletion)
{
	deletion_free(deletion);
}

struct ledger *ledger_new(void)
{
	struct ledger *ledger = g_new0(struct ledger, 1);

	ledger->records = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, record_free_cb);
	ledger->operations =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, operation_free_cb);
	ledger->deletions = g_ptr_array_new_with_free_func(deletion_free_cb);
	return ledger;
}

void ledger_free(struct ledger *ledger)
{
	g_hash_table_unref(ledger->records);
	g_hash_table_unref(ledger->operations);
	g_ptr_array_unref(ledger->deletions);
	g_free(ledger);
}

void ledger_lose(struct ledger *ledger)
{
	g_hash_table_remove_all(ledger->records);
	g_hash_table_remove_all(ledger->operations);
	g_ptr_array_set_size(ledger->deletions, 0);
	ledger->last_operation = 0;
}

static void operation_put(struct ledger *ledger, const struct operation *operation)
{
	struct operation *copy;

	ledger->last_operation = MAX(ledger->last_operation, operation->id);
	if (operation->state == OPERATION_DONE || operation->state == OPERATION_FAILED) {
		g_hash_table_remove(ledger->operations, &operation->id);
		return;
	}
	copy = operation_copy(operation);
	g_hash_table_replace(ledger->operations, &copy->id, copy);
}

static void write_apply(struct ledger *ledger, const struct write *write)
{
	struct record *record;

	switch (write->kind) {
	case WRITE_RECORD:
		record = record_copy(write->record);
		g_hash_table_replace(ledger->records, record->key, record);
		break;
	case WRITE_RECORD_GONE:
		g_hash_table_remove(ledger->records, write->key);
		break;
	case WRITE_OPERATION:
		operation_put(ledger, write->operation);
		break;
	case WRITE_EVENT:
		break;
	case WRITE_DELETION:
		g_ptr_array_add(ledger->deletions,
		                deletion_new(write->deletion->at_ms, write->deletion->key,
		                             write->deletion->cloud));
		break;
	}
}

void ledger_commit(struct ledger *ledger, const GPtrArray *writes)
{
	for (guint i = 0; i < writes->len; i++)
		write_apply(ledger, writes->pdata[i]);
	ledger->writes += writes->len;
}

static int record_compare(const void *a, const void *b)
{
	const struct record *const *x = a, *const *y = b;

	return strcmp((*x)->key, (*y)->key);
}

static int operation_compare(const void *a, const void *b)
{
	const struct operation *const *x = a, *const *y = b;

	return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

GPtrArray *ledger_records(const struct ledger *ledger)
{
	GPtrArray *records = g_ptr_array_new_with_free_func(record_free_cb);
	GHashTableIter iter;
	void *record;

	g_hash_table_iter_init(&iter, ledger->records);
	while (g_hash_table_iter_next(&iter, NULL, &record))
		g_ptr_array_add(records, record_copy(record));
	g_ptr_array_sort(records, record_compare);
	return records;
}

GPtrArray *ledger_operations(const struct ledger *ledger)
{
	GPtrArray *operations = g_ptr_array_new_with_free_func(operation_free_cb);
	GHashTableIter iter;
	void *operation;

	g_hash_table_iter_init(&iter, ledger->operations);
	while (g_hash_table_iter_next(&iter, NULL, &operation))
		g_ptr_array_add(operations, operation_copy(operation));
	g_ptr_array_sort(operations, operation_compare);
	return operations;
}

GPtrArray *ledger_deletions(const struct ledger *ledger)
{
	GPtrArray *deletions = g_ptr_array_new_with_free_func(deletion_free_cb);

	for (guint i = 0; i < ledger->deletions->len; i++) {
		const struct deletion *deletion = ledger->deletions->pdata[i];

		g_ptr_array_add(deletions,
		                deletion_new(deletion->at_ms, deletion->key, deletion->cloud));
	}
	return deletions;
}

const struct operation *ledger_operation(const struct ledger *ledger, const char *key)
{
	GHashTableIter iter;
	void *value;

	g_hash_table_iter_init(&iter, ledger->operations);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct operation *operation = value;

		if (strcmp(operation->key, key) == 0)
			return operation;
	}
	return NULL;
}
