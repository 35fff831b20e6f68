/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An older database is brought forward whole or not at all; steps and schema agree. */
#include "agent/store/migration.h"

#include "agent/store/statement.h"

#include <string.h>

static const struct migration steps[] = {
	{ 2, "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x * 10" },
	{ 3, "CREATE TABLE b (z TEXT)" },
};
static const struct migration_plan plan_one = { 1, "CREATE TABLE a (x INTEGER)", NULL, 0 };
static const struct migration_plan plan_three = {
	3, "CREATE TABLE a (x INTEGER, y INTEGER); CREATE TABLE b (z TEXT)", steps,
	G_N_ELEMENTS(steps)
};

static sqlite3 *db_new(void)
{
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(":memory:", &db), ==, SQLITE_OK);
	return db;
}

static int64_t number(sqlite3 *db, const char *sql)
{
	g_autoptr(GError) error = NULL;
	int64_t value = 0;

	g_assert_true(sqlite_number(db, sql, &value, &error));
	g_assert_no_error(error);
	return value;
}

static void run(sqlite3 *db, const struct migration_plan *plan)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(migration_run(db, plan, &error));
	g_assert_no_error(error);
	g_assert_cmpint(number(db, "PRAGMA user_version"), ==, plan->newest);
	g_assert_cmpint(number(db, "PRAGMA application_id"), ==, MIGRATION_APPLICATION_ID);
}

static void test_a_new_one_gets_the_schema(void)
{
	sqlite3 *db = db_new();

	run(db, &plan_three);
	run(db, &plan_three);
	g_assert_cmpint(number(db, "SELECT count(*) FROM b"), ==, 0);
	sqlite3_close(db);
}

static void test_an_older_one_is_brought_forward(void)
{
	sqlite3 *db = db_new();

	run(db, &plan_one);
	g_assert_true(sqlite_run(db, "INSERT INTO a (x) VALUES (4)", NULL));
	run(db, &plan_three);
	g_assert_cmpint(number(db, "SELECT y FROM a"), ==, 40);
	g_assert_cmpint(number(db, "SELECT count(*) FROM b"), ==, 0);
	sqlite3_close(db);
}

static void test_a_step_that_fails_changes_nothing(void)
{
	static const struct migration bad[] = { { 2, "CREATE TABLE c (w TEXT)" },
		                                { 3, "NONSENSE" } };
	static const struct migration_plan plan = { 3, "", bad, G_N_ELEMENTS(bad) };
	g_autoptr(GError) error = NULL;
	sqlite3 *db = db_new();

	run(db, &plan_one);
	g_assert_false(migration_run(db, &plan, &error));
	g_assert_nonnull(error);
	g_assert_cmpint(number(db, "PRAGMA user_version"), ==, 1);
	g_assert_cmpint(number(db, "SELECT count(*) FROM sqlite_schema"), ==, 1);
	sqlite3_close(db);
}

static void test_refusals(void)
{
	g_autoptr(GError) newer = NULL, older = NULL, other = NULL;
	sqlite3 *db = db_new();

	run(db, &plan_three);
	g_assert_false(migration_run(db, &plan_one, &newer));
	g_assert_error(newer, FAULT_DOMAIN, FAULT_INVALID);
	g_assert_nonnull(strstr(newer->message, "upgrade muster"));
	sqlite3_close(db);

	db = db_new();
	run(db, &plan_one);
	g_assert_false(migration_check(db, &plan_three, &older));
	g_assert_error(older, FAULT_DOMAIN, FAULT_INVALID);
	g_assert_nonnull(strstr(older->message, "start the agent once"));
	g_assert_true(migration_check(db, &plan_one, NULL));
	sqlite3_close(db);

	db = db_new();
	g_assert_true(sqlite_run(db, "CREATE TABLE theirs (x TEXT)", NULL));
	g_assert_false(migration_run(db, &plan_one, &other));
	g_assert_error(other, FAULT_DOMAIN, FAULT_INVALID);
	sqlite3_close(db);
}

/* All names and texts of the schema, whatever the order. */
static int64_t objects(sqlite3 *db)
{
	return number(db, "SELECT count(*) FROM sqlite_schema WHERE sql IS NOT NULL");
}

static void test_the_default_plan_holds(void)
{
	sqlite3 *db = db_new();

	run(db, &migration_plan_default);
	g_assert_cmpint(objects(db), >=, 6);
	g_assert_cmpint(
		number(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN "
	                   "('installation', 'document', 'record', 'operation', 'event', "
	                   "'deletion')"),
		==, 6);
	for (size_t i = 0; i < migration_plan_default.steps_len; i++)
		g_assert_cmpint(migration_plan_default.steps[i].version, ==, (int)i + 2);
	g_assert_cmpint(migration_plan_default.newest, ==,
	                (int)migration_plan_default.steps_len + 1);
	sqlite3_close(db);
}

/* What the steps add to the oldest version is what the schema has. */
static void test_steps_and_schema_agree(void)
{
	sqlite3 *db = db_new();
	int64_t whole;

	run(db, &migration_plan_default);
	whole = objects(db);
	g_assert_true(sqlite_run(db, "DROP INDEX event_by_cloud; PRAGMA user_version = 1", NULL));
	run(db, &migration_plan_default);
	g_assert_cmpint(objects(db), ==, whole);
	g_assert_cmpint(
		number(db,
	               "SELECT count(DISTINCT sql) FROM sqlite_schema WHERE name = 'event_by_cloud'"),
		==, 1);
	sqlite3_close(db);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/migration/a-new-one-gets-the-schema", test_a_new_one_gets_the_schema);
	g_test_add_func("/migration/an-older-one-is-brought-forward",
	                test_an_older_one_is_brought_forward);
	g_test_add_func("/migration/a-step-that-fails-changes-nothing",
	                test_a_step_that_fails_changes_nothing);
	g_test_add_func("/migration/refusals", test_refusals);
	g_test_add_func("/migration/the-default-plan-holds", test_the_default_plan_holds);
	g_test_add_func("/migration/steps-and-schema-agree", test_steps_and_schema_agree);
	return g_test_run();
}
