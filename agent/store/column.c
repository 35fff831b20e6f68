/* SPDX-License-Identifier: GPL-2.0-or-later */
/* column - rows of const tables move fields between structs and SQLite. */
#include "agent/store/column.h"

#include "reconcile/model/fault.h"

#include <string.h>

static const char *fault_to_name(int value)
{
	return fault_name((enum fault)value);
}

static bool fault_from_name(const char *name, int *ret_value)
{
	enum fault fault;

	if (!fault_parse(name, &fault))
		return false;
	*ret_value = fault;
	return true;
}

const struct column_words column_faults = { fault_to_name, fault_from_name };

static const void *field_at(const struct column *column, const void *row)
{
	return (const char *)row + column->offset;
}

static const char *field_text(const struct column *column, const void *row)
{
	const char *text;

	memcpy(&text, field_at(column, row), sizeof(text));
	return text;
}

static int64_t field_number(const struct column *column, const void *row)
{
	const void *at = field_at(column, row);

	switch (column->kind) {
	case COLUMN_INT64:
		return *(const int64_t *)at;
	case COLUMN_UINT64:
		return (int64_t) * (const uint64_t *)at;
	case COLUMN_UNSIGNED:
		return *(const unsigned *)at;
	case COLUMN_BOOL:
		return *(const bool *)at;
	case COLUMN_TEXT:
	case COLUMN_FILE:
	case COLUMN_WORD:
		break;
	}
	g_assert_not_reached();
}

static const char *field_word(const struct column *column, const void *row)
{
	return column->words->name(*(const int *)field_at(column, row));
}

static void append_names(GString *sql, const struct table *table)
{
	for (const struct column *column = table->columns; column->name; column++) {
		g_string_append_printf(sql, "%s%s", column == table->columns ? "" : ", ",
		                       column->name);
	}
	if (table->extra)
		g_string_append_printf(sql, ", %s", table->extra);
}

char *table_put_sql(const struct table *table)
{
	GString *sql = g_string_new(NULL);

	g_string_append_printf(sql, "INSERT OR REPLACE INTO %s (", table->name);
	append_names(sql, table);
	g_string_append(sql, ") VALUES (?");
	for (size_t i = 1; table->columns[i].name; i++)
		g_string_append(sql, ", ?");
	g_string_append(sql, table->extra ? ", ?)" : ")");
	return g_string_free(sql, FALSE);
}

char *table_select_sql(const struct table *table, const char *rest)
{
	GString *sql = g_string_new("SELECT ");

	append_names(sql, table);
	g_string_append_printf(sql, " FROM %s %s", table->name, rest ? rest : "");
	return g_string_free(sql, FALSE);
}

static void bind_text(sqlite3_stmt *statement, int parameter, const char *text)
{
	if (text)
		sqlite3_bind_text(statement, parameter, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(statement, parameter);
}

int columns_bind(const struct column *columns, sqlite3_stmt *statement, const void *row)
{
	int parameter = 1;

	for (const struct column *column = columns; column->name; column++, parameter++) {
		switch (column->kind) {
		case COLUMN_TEXT:
		case COLUMN_FILE:
			bind_text(statement, parameter, field_text(column, row));
			break;
		case COLUMN_WORD:
			bind_text(statement, parameter, field_word(column, row));
			break;
		case COLUMN_INT64:
		case COLUMN_UINT64:
		case COLUMN_UNSIGNED:
		case COLUMN_BOOL:
			sqlite3_bind_int64(statement, parameter, field_number(column, row));
			break;
		}
	}
	return parameter;
}

static void read_word(const struct column *column, const char *word, int *at)
{
	int value;

	if (word && column->words->parse(word, &value))
		*at = value;
}

static void read_field(const struct column *column, sqlite3_stmt *statement, int i, void *row)
{
	void *at = (char *)row + column->offset;
	const char *text = (const char *)sqlite3_column_text(statement, i);

	switch (column->kind) {
	case COLUMN_TEXT:
		g_free(*(char **)at);
		*(char **)at = g_strdup(text);
		break;
	case COLUMN_FILE:
		*(const char **)at = g_intern_string(text);
		break;
	case COLUMN_INT64:
		*(int64_t *)at = sqlite3_column_int64(statement, i);
		break;
	case COLUMN_UINT64:
		*(uint64_t *)at = (uint64_t)sqlite3_column_int64(statement, i);
		break;
	case COLUMN_UNSIGNED:
		*(unsigned *)at = (unsigned)sqlite3_column_int64(statement, i);
		break;
	case COLUMN_BOOL:
		*(bool *)at = sqlite3_column_int(statement, i) != 0;
		break;
	case COLUMN_WORD:
		read_word(column, text, at);
		break;
	}
}

void columns_read(const struct column *columns, sqlite3_stmt *statement, void *row)
{
	int i = 0;

	for (const struct column *column = columns; column->name; column++, i++)
		read_field(column, statement, i, row);
}

static void hash_text(GChecksum *checksum, const char *text)
{
	g_autofree char *length = text ? g_strdup_printf("%zu:", strlen(text)) : g_strdup("-");

	g_checksum_update(checksum, (const guchar *)length, -1);
	if (text)
		g_checksum_update(checksum, (const guchar *)text, -1);
}

static void hash_number(GChecksum *checksum, int64_t number)
{
	char text[32];

	g_snprintf(text, sizeof(text), "%" G_GINT64_FORMAT ";", number);
	g_checksum_update(checksum, (const guchar *)text, -1);
}

void columns_hash(const struct column *columns, GChecksum *checksum, const void *row)
{
	for (const struct column *column = columns; column->name; column++) {
		switch (column->kind) {
		case COLUMN_TEXT:
		case COLUMN_FILE:
			hash_text(checksum, field_text(column, row));
			break;
		case COLUMN_WORD:
			hash_text(checksum, field_word(column, row));
			break;
		case COLUMN_INT64:
		case COLUMN_UINT64:
		case COLUMN_UNSIGNED:
		case COLUMN_BOOL:
			hash_number(checksum, field_number(column, row));
			break;
		}
	}
}
