/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line an event, in each form, whatever the values hold. */
#include "agent/daemon/log.h"

#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int pipes[2];

static void open_log(enum log_form form, enum log_level level, const char *journal)
{
	struct log_options options = { .form = form, .level = level, .journal = journal };

	g_assert_cmpint(pipe(pipes), ==, 0);
	options.fd = pipes[1];
	log_open(&options);
}

/* All that was written. */
static char *close_log(void)
{
	char text[8192];
	ssize_t len;

	log_close();
	close(pipes[1]);
	len = read(pipes[0], text, sizeof(text) - 1);
	close(pipes[0]);
	g_assert_cmpint(len, >=, 0);
	return g_strndup(text, (size_t)len);
}

static void test_text(void)
{
	static const struct {
		const char *value;
		const char *line; /* behind the time */
	} rows[] = {
		{ "plain", "info hold text=plain\n" },
		{ NULL, "info hold\n" },
		{ "", "info hold text=\"\"\n" },
		{ "two words", "info hold text=\"two words\"\n" },
		{ "a=b", "info hold text=\"a=b\"\n" },
		{ "say \"hi\" \\ bye", "info hold text=\"say \\\"hi\\\" \\\\ bye\"\n" },
		{ "forged\n2026 info x", "info hold text=\"forged\\n2026 info x\"\n" },
		{ "\033[31mred\x7f", "info hold text=\"\\x1b[31mred\\x7f\"\n" },
		{ "3 → 4", "info hold text=\"3 → 4\"\n" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *line = NULL;

		open_log(LOG_FORM_TEXT, LOG_LEVEL_INFO, NULL);
		log_text(LOG_LEVEL_INFO, "hold", rows[i].value);
		line = close_log();
		g_assert_cmpuint(strlen(line), >, strlen("2026-11-22T17:41:15.123Z "));
		g_assert_cmpint(line[23], ==, 'Z');
		g_assert_cmpstr(line + strlen("2026-11-22T17:41:15.123Z "), ==, rows[i].line);
	}
}

static void test_json(void)
{
	g_autofree char *line = NULL;
	json_t *object;

	open_log(LOG_FORM_JSON, LOG_LEVEL_INFO, NULL);
	log_text(LOG_LEVEL_WARNING, "finding", "a \"b\"\n\xff");
	line = close_log();
	g_assert_true(g_str_has_suffix(line, "}\n"));
	g_assert_cmpint(strchr(line, '\n') - line, ==, (int)strlen(line) - 1);
	object = json_loads(line, 0, NULL);
	g_assert_nonnull(object);
	g_assert_cmpstr(json_string_value(json_object_get(object, "level")), ==, "warning");
	g_assert_cmpstr(json_string_value(json_object_get(object, "event")), ==, "finding");
	g_assert_cmpstr(json_string_value(json_object_get(object, "text")), ==,
	                "a \"b\"\n\xef\xbf\xbd");
	json_decref(object);
}

static void test_levels(void)
{
	g_autofree char *text = NULL;

	open_log(LOG_FORM_TEXT, LOG_LEVEL_WARNING, NULL);
	log_text(LOG_LEVEL_INFO, "quiet", "x");
	log_text(LOG_LEVEL_ERROR, "loud", "x");
	text = close_log();
	g_assert_null(strstr(text, "quiet"));
	g_assert_nonnull(strstr(text, "error loud text=x"));
}

static void test_an_event_has_its_fields(void)
{
	autoptr(event) event = event_new(EVENT_OPERATION_FAILED, 1);
	g_autofree char *text = NULL;

	event->deployment = g_strdup("shop");
	event->key = g_strdup("shop/web/1");
	event->cloud = g_strdup("lab");
	event->operation = 12;
	event->text = g_strdup("quota");
	event->place = (struct place){ g_intern_string("a.yaml"), 21, 3 };
	open_log(LOG_FORM_TEXT, LOG_LEVEL_DEBUG, NULL);
	log_event(event);
	text = close_log();
	g_assert_nonnull(strstr(text,
	                        " warning operation-failed key=shop/web/1 cloud=lab operation=12 "
	                        "text=quota place=a.yaml:21\n"));
}

static void test_each_event_has_a_line(void)
{
	for (int name = 0; name < EVENT_NAMES; name++) {
		autoptr(event) event = event_new((enum event_name)name, 1);
		g_autofree char *text = NULL;

		open_log(LOG_FORM_TEXT, LOG_LEVEL_DEBUG, NULL);
		log_event(event);
		text = close_log();
		g_assert_nonnull(strstr(text, event_name_text((enum event_name)name)));
	}
}

struct journal {
	char *path;
	int fd;
};

static struct journal journal_new(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	g_autofree char *dir = g_dir_make_tmp("muster-log-XXXXXX", NULL);
	struct journal journal = { .path = g_build_filename(dir, "socket", NULL) };

	journal.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	g_strlcpy(address.sun_path, journal.path, sizeof(address.sun_path));
	g_assert_cmpint(bind(journal.fd, (struct sockaddr *)&address, sizeof(address)), ==, 0);
	return journal;
}

static void journal_clear(struct journal *journal)
{
	g_autofree char *dir = g_path_get_dirname(journal->path);

	close(journal->fd);
	g_unlink(journal->path);
	g_rmdir(dir);
	g_free(journal->path);
}

static void test_the_journal(void)
{
	static const char many[] = "MUSTER_TEXT\n\x07\0\0\0\0\0\0\0one\ntwo\n";
	struct journal journal = journal_new();
	g_autofree char *rest = NULL;
	char entry[4096] = "";
	ssize_t len;

	open_log(LOG_FORM_JOURNAL, LOG_LEVEL_INFO, journal.path);
	log_text(LOG_LEVEL_ERROR, "acting-stopped", "one\ntwo");
	len = recv(journal.fd, entry, sizeof(entry), 0);
	rest = close_log();
	g_assert_cmpstr(rest, ==, "");
	g_assert_cmpint(len, >, 0);
	g_assert_nonnull(strstr(entry, "MESSAGE=acting-stopped text=\"one\\ntwo\"\n"));
	g_assert_nonnull(strstr(entry, "PRIORITY=3\n"));
	g_assert_nonnull(strstr(entry, "MUSTER_EVENT=acting-stopped\n"));
	g_assert_nonnull(memmem(entry, (size_t)len, many, sizeof(many) - 1));
	journal_clear(&journal);
}

/* JOURNAL_STREAM names the device and inode that systemd made for stderr. */
static void test_the_choice_by_itself(void)
{
	struct journal journal = journal_new();
	g_autofree char *stream = NULL, *text = NULL;
	struct log_options options = { .form = LOG_FORM_AUTO,
		                       .level = LOG_LEVEL_INFO,
		                       .journal = journal.path };
	char entry[4096];
	struct stat st;

	g_assert_cmpint(pipe(pipes), ==, 0);
	options.fd = pipes[1];
	g_assert_cmpint(fstat(pipes[1], &st), ==, 0);
	stream = g_strdup_printf("%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	g_setenv("JOURNAL_STREAM", stream, TRUE);
	log_open(&options);
	log_text(LOG_LEVEL_INFO, "hold", "x");
	g_assert_cmpint(recv(journal.fd, entry, sizeof(entry), MSG_DONTWAIT), >, 0);
	g_setenv("JOURNAL_STREAM", "1:1", TRUE);
	log_open(&options);
	log_text(LOG_LEVEL_INFO, "hold", "y");
	text = close_log();
	g_assert_nonnull(strstr(text, "info hold text=y\n"));
	g_unsetenv("JOURNAL_STREAM");
	journal_clear(&journal);
}

static void test_words(void)
{
	enum log_level level = LOG_LEVEL_INFO;
	enum log_form form = LOG_FORM_AUTO;

	g_assert_true(log_level_parse("debug", &level));
	g_assert_cmpint(level, ==, LOG_LEVEL_DEBUG);
	g_assert_false(log_level_parse("loud", &level));
	g_assert_true(log_form_parse("json", &form));
	g_assert_cmpint(form, ==, LOG_FORM_JSON);
	g_assert_false(log_form_parse("xml", &form));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/log/text", test_text);
	g_test_add_func("/log/json", test_json);
	g_test_add_func("/log/levels", test_levels);
	g_test_add_func("/log/an-event-has-its-fields", test_an_event_has_its_fields);
	g_test_add_func("/log/each-event-has-a-line", test_each_event_has_a_line);
	g_test_add_func("/log/the-journal", test_the_journal);
	g_test_add_func("/log/the-choice-by-itself", test_the_choice_by_itself);
	g_test_add_func("/log/words", test_words);
	return g_test_run();
}
