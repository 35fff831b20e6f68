/* SPDX-License-Identifier: GPL-2.0-or-later */
/* migration - brings a database to the newest schema, forward only, in one transaction. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

/* "Mstr" in the file's header, for file(1) and against other programs' databases. */
#define MIGRATION_APPLICATION_ID 0x4d737472

/* From version - 1 to version. */
struct migration {
	int version;
	const char *sql;
};

struct migration_plan {
	int newest;                    /* the version of the schema */
	const char *schema;            /* of a new database */
	const struct migration *steps; /* by version, from 2 on */
	size_t steps_len;
};

/* The one of this program. */
extern const struct migration_plan migration_plan_default;
/* schema.sql, made part of the program by the build. */
extern const char schema_sql[];

/* A new database gets the schema, an older one its steps. FAULT_INVALID: newer, or another
 * program's. */
bool migration_run(sqlite3 *db, const struct migration_plan *plan, GError **error);
/* Whether @db has exactly the newest version, for readers; FAULT_INVALID says which it has. */
bool migration_check(sqlite3 *db, const struct migration_plan *plan, GError **error);
