/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each kind of credential: what is found, what is refused and how it is said.
 */
#include "agent/daemon/credentials.h"
#include "tests/agent/daemon/scene.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

struct found {
	bool is_over;
	struct pairs *secrets;
	GError *error;
	unsigned notes;
};

static const struct {
	enum credential_kind kind;
	const char *words[4]; /* a % is the folder with the files */
	const char *value;    /* NULL: refused */
	const char *text;     /* of the refusal */
	unsigned notes;
} rows[] = {
	{ CREDENTIAL_ENV, { "MUSTER_TEST_WORD" }, "from env", NULL, 0 },
	{ CREDENTIAL_ENV, { "MUSTER_TEST_NONE" }, NULL, "not in the environment", 0 },
	{ CREDENTIAL_FILE, { "%/private" }, "two\nlines", NULL, 0 },
	{ CREDENTIAL_FILE, { "%/public" }, "seen", NULL, 1 },
	{ CREDENTIAL_FILE, { "%/empty" }, "", NULL, 0 },
	{ CREDENTIAL_FILE, { "%/none" }, NULL, "No such file", 0 },
	{ CREDENTIAL_FILE, { "%" }, NULL, "not a file", 0 },
	{ CREDENTIAL_FILE, { "%/fifo" }, NULL, "not a file", 0 },
	{ CREDENTIAL_FILE, { "%/long" }, NULL, "too long", 0 },
	{ CREDENTIAL_FILE, { "%/bytes" }, NULL, "not a text in UTF-8", 0 },
	{ CREDENTIAL_SYSTEMD, { "private" }, "two\nlines", NULL, 0 },
	{ CREDENTIAL_SYSTEMD, { "../private" }, NULL, "not the name", 0 },
	{ CREDENTIAL_SYSTEMD, { "none" }, NULL, "No such file", 0 },
	{ CREDENTIAL_COMMAND, { "echo", "a b", "$HOME" }, "a b $HOME", NULL, 0 },
	{ CREDENTIAL_COMMAND, { "true" }, "", NULL, 0 },
	{ CREDENTIAL_COMMAND, { "false" }, NULL, "ended with 1", 0 },
	{ CREDENTIAL_COMMAND, { "muster-no-such-program" }, NULL, "muster-no-such-program", 0 },
	{ CREDENTIAL_COMMAND, { "sleep", "60" }, NULL, "too long", 0 },
	{ CREDENTIAL_COMMAND, { "cat", "/dev/zero" }, NULL, "over 65536 bytes", 0 },
	{ CREDENTIAL_COMMAND, { "sh", "-c", "kill -9 $$" }, NULL, "signal 9", 0 },
};

static void on_found(struct pairs *own_secrets, const GError *error, void *data)
{
	struct found *found = data;

	found->is_over = true;
	found->secrets = own_secrets;
	found->error = error ? g_error_copy(error) : NULL;
}

static void on_note(const char *text, void *data)
{
	(void)text;
	((struct found *)data)->notes++;
}

static void credential_free(void *data)
{
	struct credential *credential = data;

	g_free(credential->name);
	g_strfreev(credential->words);
	g_free(credential);
}

static void credential_add(GPtrArray *credentials, const char *name, size_t row, const char *dir)
{
	struct credential *credential = g_new0(struct credential, 1);

	credential->name = g_strdup(name);
	credential->kind = rows[row].kind;
	credential->words = g_new0(char *, G_N_ELEMENTS(rows[row].words) + 1);
	for (size_t i = 0; i < G_N_ELEMENTS(rows[row].words) && rows[row].words[i]; i++) {
		GString *word = g_string_new(rows[row].words[i]);

		g_string_replace(word, "%", dir, 0);
		credential->words[i] = g_string_free(word, false);
	}
	g_ptr_array_add(credentials, credential);
}

static void file_make(const char *dir, const char *name, const char *text, unsigned mode)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, (int)mode), ==, 0);
}

static char *folder_make(void)
{
	char *dir = g_dir_make_tmp("credentials-XXXXXX", NULL);
	g_autofree char *text = g_strnfill(65537, 'x');
	g_autofree char *fifo = g_build_filename(dir, "fifo", NULL);

	file_make(dir, "private", "two\nlines\r\n", 0600);
	file_make(dir, "public", "seen", 0644);
	file_make(dir, "empty", "", 0600);
	file_make(dir, "long", text, 0600);
	file_make(dir, "bytes", "hush\xff", 0600);
	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	g_setenv("CREDENTIALS_DIRECTORY", dir, true);
	g_setenv("MUSTER_TEST_WORD", "from env", true);
	return dir;
}

static struct found look_up(GPtrArray *credentials, int64_t command_ms)
{
	struct found found = { 0 };

	credentials_lookup_start(credentials, command_ms,
	                         &(struct credentials_events){ on_found, on_note, &found });
	g_assert_false(found.is_over);
	TURN_UNTIL(found.is_over);
	return found;
}

static void test_each_kind(void)
{
	g_autofree char *dir = folder_make();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) credentials = g_ptr_array_new_with_free_func(credential_free);
		bool is_slow = rows[i].text && g_str_equal(rows[i].text, "too long");
		struct found found;

		g_test_message("row %zu: %s", i, rows[i].words[0]);
		credential_add(credentials, "word", i, dir);
		found = look_up(credentials, is_slow ? 50 : 10000);
		g_assert_cmpstr(pairs_get(found.secrets, "word"), ==, rows[i].value);
		g_assert_true(!found.error == !!rows[i].value);
		if (found.error) {
			g_assert_null(strstr(found.error->message, "hush"));
			g_assert_error(found.error, FAULT_DOMAIN, FAULT_AUTH);
			g_assert_nonnull(strstr(found.error->message, rows[i].text));
			g_assert_nonnull(strstr(found.error->message, "\"word\""));
		}
		g_assert_cmpuint(found.notes, ==, rows[i].notes);
		secrets_free(found.secrets);
		g_clear_error(&found.error);
	}
	folder_remove(dir);
}

static void test_several_at_once(void)
{
	g_autofree char *dir = folder_make();
	g_autoptr(GPtrArray) credentials = g_ptr_array_new_with_free_func(credential_free);
	struct found found;

	credential_add(credentials, "a", 13, dir);
	credential_add(credentials, "b", 0, dir);
	credential_add(credentials, "c", 14, dir);
	found = look_up(credentials, 10000);
	g_assert_cmpuint(found.secrets->len, ==, 3);
	g_assert_cmpstr(pairs_get(found.secrets, "a"), ==, "a b $HOME");
	g_assert_cmpstr(pairs_get(found.secrets, "b"), ==, "from env");
	secrets_free(found.secrets);
	folder_remove(dir);
}

static void test_secrets_are_wiped(void)
{
	const struct pair pair = { "key", "hush" };
	struct pairs *secrets = pairs_new(&pair, 1), *other = pairs_ref(secrets);

	secrets_free(secrets);
	g_assert_cmpstr(pairs_get(other, "key"), ==, "");
	pairs_unref(other);
}

static void test_a_cancelled_one_says_nothing(void)
{
	g_autofree char *dir = folder_make();
	g_autoptr(GPtrArray) credentials = g_ptr_array_new_with_free_func(credential_free);
	struct found found = { 0 };
	struct credentials_lookup *lookup;

	credential_add(credentials, "a", 17, dir);
	lookup = credentials_lookup_start(
		credentials, 10000, &(struct credentials_events){ on_found, on_note, &found });
	while (g_main_context_iteration(NULL, false))
		;
	credentials_lookup_cancel(lookup);
	while (g_main_context_iteration(NULL, false))
		;
	g_assert_false(found.is_over);
	folder_remove(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/credentials/kinds", test_each_kind);
	g_test_add_func("/credentials/several", test_several_at_once);
	g_test_add_func("/credentials/wiped", test_secrets_are_wiped);
	g_test_add_func("/credentials/cancelled", test_a_cancelled_one_says_nothing);
	return g_test_run();
}
