/* SPDX-License-Identifier: GPL-2.0-or-later */
/* migration - the version of a database is in its header (user_version). */
#include "agent/store/migration.h"

#include "agent/store/statement.h"

/* A new version: write it into schema.sql, add its step here, and raise newest. */
static const struct migration steps_default[] = {
	{ 2, "CREATE INDEX event_by_cloud ON event (cloud, id) WHERE cloud IS NOT NULL" },
};
const struct migration_plan migration_plan_default = { 2, schema_sql, steps_default,
	                                               G_N_ELEMENTS(steps_default) };

static bool is_empty(sqlite3 *db, bool *ret_empty, GError **error)
{
	int64_t tables;

	if (!sqlite_number(db, "SELECT count(*) FROM sqlite_schema", &tables, error))
		return false;
	*ret_empty = tables == 0;
	return true;
}

/* 0 for an empty database; checks whose it is and that it is not newer. */
static bool version_find(sqlite3 *db, const struct migration_plan *plan, int *ret_version,
                         GError **error)
{
	int64_t application, version;
	bool empty;

	if (!is_empty(db, &empty, error) ||
	    !sqlite_number(db, "PRAGMA application_id", &application, error) ||
	    !sqlite_number(db, "PRAGMA user_version", &version, error))
		return false;
	if (application != MIGRATION_APPLICATION_ID && !(empty && application == 0)) {
		g_set_error(
			error, FAULT_DOMAIN, FAULT_INVALID,
			"\"%s\" is the database of another program: choose another state directory",
			sqlite3_db_filename(db, "main"));
		return false;
	}
	if (version > plan->newest) {
		g_set_error(
			error, FAULT_DOMAIN, FAULT_INVALID,
			"\"%s\" has version %d of a newer muster, this one knows %d: upgrade muster",
			sqlite3_db_filename(db, "main"), (int)version, plan->newest);
		return false;
	}
	*ret_version = empty ? 0 : (int)version;
	return true;
}

static bool steps_run(sqlite3 *db, const struct migration_plan *plan, int version, GError **error)
{
	if (version == 0)
		return sqlite_run(db, plan->schema, error);
	for (size_t i = 0; i < plan->steps_len; i++)
		if (plan->steps[i].version > version && !sqlite_run(db, plan->steps[i].sql, error))
			return false;
	return true;
}

static bool header_write(sqlite3 *db, const struct migration_plan *plan, GError **error)
{
	g_autofree char *sql =
		g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = %d",
	                        MIGRATION_APPLICATION_ID, plan->newest);

	return sqlite_run(db, sql, error);
}

bool migration_run(sqlite3 *db, const struct migration_plan *plan, GError **error)
{
	int version;

	if (!version_find(db, plan, &version, error))
		return false;
	if (version == plan->newest)
		return true;
	if (!sqlite_run(db, "BEGIN IMMEDIATE", error))
		return false;
	if (!steps_run(db, plan, version, error) || !header_write(db, plan, error) ||
	    !sqlite_run(db, "COMMIT", error)) {
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
		return false;
	}
	return true;
}

bool migration_check(sqlite3 *db, const struct migration_plan *plan, GError **error)
{
	int version;

	if (!version_find(db, plan, &version, error))
		return false;
	if (version != plan->newest) {
		g_set_error(
			error, FAULT_DOMAIN, FAULT_INVALID,
			"\"%s\" has version %d of an older muster: start the agent once to bring it to %d",
			sqlite3_db_filename(db, "main"), version, plan->newest);
		return false;
	}
	return true;
}
