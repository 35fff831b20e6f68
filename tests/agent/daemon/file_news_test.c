/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file is told of when it becomes bad and when it is good again, and not in between. */
#include "agent/daemon/file_news.h"

#include <string.h>

static void on_event(struct event *own_event, void *data)
{
	g_string_append_printf(data, "%s:%s(%s) ", event_name_text(own_event->name),
	                       own_event->place.file,
	                       own_event->deployment ? own_event->deployment : "");
	event_free(own_event);
}

static void free_finding(void *finding)
{
	finding_free(finding);
}

static GPtrArray *findings_make(const char *files)
{
	GPtrArray *findings = g_ptr_array_new_with_free_func(free_finding);
	g_auto(GStrv) words = g_strsplit(files, " ", -1);

	for (char **word = words; *word && **word; word++) {
		const struct place place = { g_intern_string(*word), 3, 1 };
		struct finding *finding = finding_new(&place, g_strdup("is wrong"), NULL);

		finding->document = g_strdup("Deployment shop");
		g_ptr_array_add(findings, finding);
	}
	return findings;
}

static const struct {
	const char *files; /* that have findings */
	const char *told;
} rows[] = {
	{ "", "" },
	{ "a.yaml", "document-bad:a.yaml(shop) " },
	{ "a.yaml", "" },
	{ "a.yaml a.yaml b.yaml", "document-bad:b.yaml(shop) " },
	{ "b.yaml", "document-good:a.yaml() " },
	{ "", "document-good:b.yaml() " },
	{ "b.yaml", "document-bad:b.yaml(shop) " },
};

static void test_files(void)
{
	autoptr(file_news) news = file_news_new();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) findings = findings_make(rows[i].files);
		GString *told = g_string_new(NULL);

		file_news_tell(news, findings, on_event, told);
		g_assert_cmpstr(told->str, ==, rows[i].told);
		g_string_free(told, TRUE);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/file-news/files", test_files);
	return g_test_run();
}
