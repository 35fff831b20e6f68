/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file_news - two sets: of findings as text, and of files that have any. */
#include "agent/daemon/file_news.h"

#include "agent/daemon/clock.h"
#include "agent/daemon/log.h"

struct file_news {
	GHashTable *findings; /* "place text" */
	GHashTable *files;
};

static GHashTable *set_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

struct file_news *file_news_new(void)
{
	struct file_news *news = g_new0(struct file_news, 1);

	news->findings = set_new();
	news->files = set_new();
	return news;
}

void file_news_free(struct file_news *news)
{
	if (!news)
		return;
	g_hash_table_unref(news->findings);
	g_hash_table_unref(news->files);
	g_free(news);
}

static const char *file_of(const struct finding *finding)
{
	return finding->place.file ? finding->place.file : ".";
}

static char *place_text(const struct finding *finding)
{
	return g_strdup_printf("%s:%u:%u", file_of(finding), finding->place.line,
	                       finding->place.column);
}

static void finding_log(const struct finding *finding, const char *place)
{
	const struct log_field fields[] = {
		{ "place", place },
		{ "document", finding->document },
		{ "text", finding->text },
		{ NULL, NULL },
	};

	log_fields(LOG_LEVEL_WARNING, "finding", fields);
}

static void findings_take(struct file_news *news, const GPtrArray *findings)
{
	GHashTable *now = set_new();

	for (guint i = 0; i < findings->len; i++) {
		const struct finding *finding = findings->pdata[i];
		g_autofree char *place = place_text(finding);
		char *text = g_strdup_printf("%s %s", place, finding->text);

		if (!g_hash_table_contains(news->findings, text))
			finding_log(finding, place);
		g_hash_table_add(now, text);
	}
	g_hash_table_unref(news->findings);
	news->findings = now;
}

static struct event *bad_event(const struct finding *finding)
{
	static const char prefix[] = "Deployment ";
	struct event *event = event_new(EVENT_DOCUMENT_BAD, clock_now_ms());

	event->place = finding->place;
	event->text = g_strdup(finding->text);
	if (finding->document && g_str_has_prefix(finding->document, prefix))
		event->deployment = g_strdup(finding->document + sizeof(prefix) - 1);
	return event;
}

static struct event *good_event(const char *file)
{
	struct event *event = event_new(EVENT_DOCUMENT_GOOD, clock_now_ms());

	event->place.file = g_intern_string(file);
	return event;
}

void file_news_tell(struct file_news *news, const GPtrArray *findings,
                    void (*on_event)(struct event *own_event, void *data), void *data)
{
	GHashTable *now = set_new();
	GHashTableIter iter;
	void *file;

	findings_take(news, findings);
	for (guint i = 0; i < findings->len; i++) {
		const struct finding *finding = findings->pdata[i];
		bool is_first = g_hash_table_add(now, g_strdup(file_of(finding)));

		if (is_first && !g_hash_table_contains(news->files, file_of(finding)))
			on_event(bad_event(finding), data);
	}
	g_hash_table_iter_init(&iter, news->files);
	while (g_hash_table_iter_next(&iter, &file, NULL))
		if (!g_hash_table_contains(now, file))
			on_event(good_event(file), data);
	g_hash_table_unref(news->files);
	news->files = now;
}
