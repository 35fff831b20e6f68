/* SPDX-License-Identifier: GPL-2.0-or-later */
/* desired - from a look at the directory to the next fleet. */
#include "agent/daemon/desired.h"

#include "agent/daemon/git.h"
#include "agent/daemon/source.h"

enum {
	FILES_MAX = 100000
};

struct desired {
	struct desired_events events;
	char *dir;
	struct store *store;
	bool is_writing;
	struct manifests *manifests;
	struct source *source;
	struct follow *follow; /* NULL: read once */
	struct fleet *fleet;
	GPtrArray *findings;
	GPtrArray *unkept; /* struct document, still to be stored */
	unsigned files;
	/* The last look fell into a checkout: what is missing may just not be written yet. */
	bool is_doubted;
	bool is_whole; /* it could read all */
};

static void on_put(const char *file, GBytes *bytes, void *data)
{
	struct desired *desired = data;

	manifests_put(desired->manifests, file, bytes);
}

static void on_put_unreadable(const char *file, const char *why, void *data)
{
	struct desired *desired = data;

	manifests_put_unreadable(desired->manifests, file, why);
}

static void on_remove(const char *file, void *data)
{
	struct desired *desired = data;

	manifests_remove(desired->manifests, file);
}

static void free_document(void *document)
{
	document_free(document);
}

static void free_finding(void *finding)
{
	finding_free(finding);
}

static bool documents_restore(struct desired *desired, GError **error)
{
	g_autoptr(GPtrArray) documents = NULL;

	if (!desired->store)
		return true;
	if (!store_load_documents(desired->store, &documents, error))
		return false;
	for (guint i = 0; i < documents->len; i++)
		manifests_restore(desired->manifests, documents->pdata[i]);
	return true;
}

static void documents_take(struct desired *desired)
{
	GPtrArray *changed = manifests_take_changed(desired->manifests);

	if (desired->store && desired->is_writing)
		g_ptr_array_extend_and_steal(desired->unkept, changed);
	else
		g_ptr_array_unref(changed);
}

bool desired_keep(struct desired *desired, GError **error)
{
	if (desired->unkept->len == 0)
		return true;
	if (!store_put_documents(desired->store, desired->unkept, error))
		return false;
	g_ptr_array_set_size(desired->unkept, 0);
	return true;
}

/* A directory's findings belong to the same list as those of its files. */
static void findings_add(GPtrArray *findings, const GPtrArray *more)
{
	for (guint i = 0; i < more->len; i++) {
		const struct finding *finding = more->pdata[i];

		g_ptr_array_add(findings,
		                finding_new(&finding->place, g_strdup(finding->text), NULL));
	}
	g_ptr_array_sort(findings, finding_compare);
}

static void fleet_make(struct desired *desired, const char *commit)
{
	GPtrArray *findings = NULL;
	struct fleet *fleet = manifests_fleet(desired->manifests, &findings);

	fleet->is_complete = fleet->is_complete && desired->is_whole;
	g_free(fleet->commit);
	fleet->commit = g_strdup(commit);
	g_ptr_array_set_free_func(findings, free_finding);
	findings_add(findings, source_findings(desired->source));
	fleet_unref(desired->fleet);
	desired->fleet = fleet;
	g_ptr_array_unref(desired->findings);
	desired->findings = findings;
}

/* Whether there is something new. */
static bool look(struct desired *desired)
{
	struct source_look found;
	g_autofree char *commit = NULL;
	bool has_changed;

	source_look(desired->source, &found);
	commit = git_commit(desired->dir);
	has_changed = found.has_changed || desired->is_doubted ||
	              g_strcmp0(commit, desired->fleet->commit) != 0;
	desired->files = found.files;
	desired->is_doubted = false;
	if (has_changed) {
		desired->is_whole = found.is_complete;
		fleet_make(desired, commit);
		documents_take(desired);
	}
	if (desired->follow) {
		follow_set_dirs(desired->follow, source_dirs(desired->source));
		if (found.is_racy)
			follow_changed(desired->follow);
	}
	return has_changed;
}

void desired_look(struct desired *desired)
{
	if (look(desired))
		desired->events.changed(desired->events.data);
}

static bool has_spent_clouds(const struct desired *desired)
{
	const GPtrArray *clouds = desired->fleet->clouds;

	for (guint i = 0; i < clouds->len; i++) {
		const struct cloud *cloud = clouds->pdata[i];

		if (cloud->is_gone && !desired->events.is_needed(cloud->name, desired->events.data))
			return true;
	}
	return false;
}

void desired_release(struct desired *desired)
{
	g_autofree char *commit = NULL;

	/* The next look makes a fleet anyway. */
	if (desired->is_doubted || !has_spent_clouds(desired))
		return;
	commit = g_strdup(desired->fleet->commit);
	fleet_make(desired, commit);
	documents_take(desired);
	desired->events.changed(desired->events.data);
}

static void on_look(void *data)
{
	desired_look(data);
}

static void on_note(const char *text, void *data)
{
	struct desired *desired = data;

	desired->events.note(text, desired->events.data);
}

static struct desired *desired_new(const struct desired_options *options,
                                   const struct desired_events *events)
{
	struct desired *desired = g_new0(struct desired, 1);
	const struct source_options source = { options->dir, options->limits->file_bytes,
		                               FILES_MAX };
	const struct source_sink sink = { on_put, on_put_unreadable, on_remove, desired };

	desired->events = *events;
	desired->dir = g_strdup(options->dir);
	desired->store = options->store;
	desired->is_writing = options->is_writing;
	desired->manifests = manifests_new(options->limits);
	manifests_keep_clouds(desired->manifests, events->is_needed, events->data);
	desired->source = source_new(&source, &sink);
	desired->fleet = fleet_new();
	desired->findings = g_ptr_array_new_with_free_func(free_finding);
	desired->unkept = g_ptr_array_new_with_free_func(free_document);
	return desired;
}

static void follow_begin(struct desired *desired, const struct follow_options *follow)
{
	const struct follow_events events = { on_look, on_note, desired };
	struct follow_options options = *follow;

	options.dir = desired->dir;
	desired->follow = follow_start(&options, &events);
}

struct desired *desired_open(const struct desired_options *options,
                             const struct desired_events *events, GError **error)
{
	autoptr(desired) desired = desired_new(options, events);
	struct git_lock lock;

	if (!documents_restore(desired, error))
		return NULL;
	if (options->is_watching)
		follow_begin(desired, options->follow);
	look(desired);
	desired->is_doubted = git_is_busy(desired->dir, &lock);
	if (desired->is_doubted)
		desired->fleet->is_complete = false;
	if (desired->is_doubted && desired->follow)
		follow_changed(desired->follow);
	return g_steal_pointer(&desired);
}

void desired_close(struct desired *desired)
{
	if (!desired)
		return;
	follow_stop(desired->follow);
	source_free(desired->source);
	manifests_free(desired->manifests);
	fleet_unref(desired->fleet);
	g_ptr_array_unref(desired->findings);
	g_ptr_array_unref(desired->unkept);
	g_free(desired->dir);
	g_free(desired);
}

void desired_set_settle(struct desired *desired, int64_t settle_ms)
{
	if (desired->follow)
		follow_set_settle(desired->follow, settle_ms);
}

struct fleet *desired_fleet(const struct desired *desired)
{
	return desired->fleet;
}

GPtrArray *desired_findings(const struct desired *desired)
{
	return desired->findings;
}

unsigned desired_files(const struct desired *desired)
{
	return desired->files;
}

const char *desired_following(const struct desired *desired)
{
	return desired->follow ? follow_text(desired->follow) : "read once";
}
