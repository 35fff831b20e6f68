/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files hold entries; claims hold what is in force for each kind and name. A put touches one file;
 * a fleet walks the sorted claims, and checks references anew only where a document or the clouds
 * are not those of the last time. */
#include "reconcile/manifest/manifests.h"

#include "reconcile/manifest/claim.h"
#include "reconcile/manifest/references.h"

#include <string.h>

/* One file as it was last put. */
struct file {
	const char *name;    /* interned */
	GPtrArray *entries;  /* struct entry, in the order of the file */
	GPtrArray *findings; /* of the file as a whole */
	char *why_broken;    /* why it may hold documents that we cannot see; NULL: it does not */
	bool is_unreadable;
};

struct manifests {
	struct manifest_limits limits;
	GHashTable *files;  /* name → struct file */
	GHashTable *claims; /* "Kind/name" → struct claim */
	GPtrArray *sorted[KINDS];
	bool is_sorted;
	GPtrArray *clouds; /* of the last fleet, for comparing */
	uint64_t clouds_at;
	bool (*is_needed)(const char *cloud, void *data); /* NULL: none is */
	void *is_needed_data;
	bool is_partial;
};

const struct manifest_limits manifests_limits_default = {
	.file_bytes = 1 << 20,
	.depth = 32,
	.aliases = 100,
	.nodes = 100000,
	.members = 100000,
	.documents = 1000,
};

static void entry_free_cb(void *entry)
{
	entry_free(entry);
}

static void claim_free_cb(void *claim)
{
	claim_free(claim);
}

static void cloud_unref_cb(void *cloud)
{
	cloud_unref(cloud);
}

static struct file *file_new(const char *name)
{
	struct file *file = g_new0(struct file, 1);

	file->name = g_intern_string(name);
	file->entries = g_ptr_array_new_with_free_func(entry_free_cb);
	file->findings = finding_array_new();
	return file;
}

static void file_free(void *data)
{
	struct file *file = data;

	g_ptr_array_unref(file->entries);
	g_ptr_array_unref(file->findings);
	g_free(file->why_broken);
	g_free(file);
}

struct manifests *manifests_new(const struct manifest_limits *limits)
{
	struct manifests *manifests = g_new0(struct manifests, 1);

	manifests->limits = *limits;
	manifests->files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, file_free);
	manifests->claims = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, claim_free_cb);
	for (size_t kind = 0; kind < KINDS; kind++)
		manifests->sorted[kind] = g_ptr_array_new();
	manifests->clouds = g_ptr_array_new_with_free_func(cloud_unref_cb);
	return manifests;
}

void manifests_free(struct manifests *manifests)
{
	if (manifests == NULL)
		return;
	g_ptr_array_unref(manifests->clouds);
	for (size_t kind = 0; kind < KINDS; kind++)
		g_ptr_array_unref(manifests->sorted[kind]);
	g_hash_table_unref(manifests->claims);
	g_hash_table_unref(manifests->files);
	g_free(manifests);
}

static struct claim *claim_get(struct manifests *manifests, enum kind_id kind, const char *name)
{
	g_autofree char *id = g_strconcat(kinds[kind].name, "/", name, NULL);
	struct claim *claim = g_hash_table_lookup(manifests->claims, id);

	if (claim == NULL) {
		claim = claim_new(kind, name);
		g_hash_table_insert(manifests->claims, g_steal_pointer(&id), claim);
		g_ptr_array_add(manifests->sorted[kind], claim);
		manifests->is_sorted = false;
	}
	return claim;
}

void manifests_restore(struct manifests *manifests, const struct document *document)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		if (g_str_equal(document->kind, kinds[kind].name)) {
			struct claim *claim =
				claim_get(manifests, (enum kind_id)kind, document->name);
			char *text = g_ref_string_new(document->text);

			claim_set_good(claim, text, g_intern_string(document->file),
			               document->line);
			g_ref_string_release(text);
			claim->is_changed = false;
		}
	}
}

void manifests_keep_clouds(struct manifests *manifests,
                           bool (*is_needed)(const char *cloud, void *data), void *data)
{
	manifests->is_needed = is_needed;
	manifests->is_needed_data = data;
}

static void entry_link(struct manifests *manifests, struct entry *entry)
{
	if (entry->name != NULL)
		g_ptr_array_add(claim_get(manifests, entry->kind, entry->name)->entries, entry);
}

static void entry_unlink(struct manifests *manifests, struct entry *entry)
{
	if (entry->name != NULL) {
		struct claim *claim = claim_get(manifests, entry->kind, entry->name);
		g_ptr_array_remove(claim->entries, entry);
		claim->checked = NULL;
		g_clear_pointer(&claim->findings, g_ptr_array_unref);
	}
}

/* The file, emptied of what was said of it as a whole. */
static struct file *file_get(struct manifests *manifests, const char *name)
{
	struct file *file = g_hash_table_lookup(manifests->files, name);

	if (file == NULL) {
		file = file_new(name);
		g_hash_table_insert(manifests->files, (void *)file->name, file);
	}
	g_ptr_array_set_size(file->findings, 0);
	g_clear_pointer(&file->why_broken, g_free);
	file->is_unreadable = false;
	return file;
}

static void file_set_entries(struct manifests *manifests, struct file *file, GPtrArray *own_entries)
{
	for (guint i = 0; i < file->entries->len; i++)
		entry_unlink(manifests, file->entries->pdata[i]);
	g_ptr_array_unref(file->entries);
	file->entries = own_entries;
	for (guint i = 0; i < own_entries->len; i++) {
		struct entry *entry = own_entries->pdata[i];

		entry_link(manifests, entry);
		if (entry->name == NULL && file->why_broken == NULL) {
			file->why_broken =
				g_strdup(((struct finding *)entry->findings->pdata[0])->text);
		}
	}
}

/* The whole file says nothing that can be used. */
static void file_break(struct manifests *manifests, struct file *file, uint32_t line,
                       char *own_text)
{
	struct place place = { .file = file->name, .line = line, .column = line > 0 ? 1 : 0 };

	g_ptr_array_add(file->findings, finding_new(&place, g_strdup(own_text), NULL));
	file->why_broken = own_text;
	file_set_entries(manifests, file, g_ptr_array_new_with_free_func(entry_free_cb));
}

/* An entry of @old, from *@from on, that is this piece unchanged; taken out of @old. */
static struct entry *entry_reuse(GPtrArray *old, guint *from, const struct piece *piece)
{
	for (; *from < old->len; (*from)++) {
		struct entry *entry = old->pdata[*from];

		if (entry == NULL || entry->line < piece->line)
			continue;
		if (entry->line == piece->line && entry->len == piece->len &&
		    memcmp(entry->text, piece->text, piece->len) == 0) {
			old->pdata[*from] = NULL;
			return entry;
		}
		break;
	}
	return NULL;
}

static struct entry *entry_make(struct manifests *manifests, struct file *file, guint *from,
                                const struct piece *piece, struct yaml_usage *usage)
{
	struct entry *entry = entry_reuse(file->entries, from, piece);

	if (entry == NULL)
		return entry_new(file->name, piece, &manifests->limits, usage);
	entry_unlink(manifests, entry);
	usage->nodes += entry->usage.nodes;
	usage->aliases += entry->usage.aliases;
	return entry;
}

static void entries_drop_reused(GPtrArray *entries)
{
	for (guint i = entries->len; i-- > 0;)
		if (entries->pdata[i] == NULL)
			g_ptr_array_remove_index(entries, i);
}

static void file_parse(struct manifests *manifests, struct file *file, const char *text,
                       const char *end)
{
	GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free_cb);
	struct piece piece = { text, 0, 1 };
	struct yaml_usage usage = { 0 };
	guint from = 0;

	for (unsigned pieces = 1; piece_next(&piece, end); pieces++) {
		if (pieces > manifests->limits.documents) {
			g_ptr_array_unref(entries);
			entries_drop_reused(file->entries);
			file_break(manifests, file, piece.line,
			           g_strdup_printf("more than %u documents in one file; split it",
			                           manifests->limits.documents));
			return;
		}
		struct entry *entry = entry_make(manifests, file, &from, &piece, &usage);

		if (entry_is_empty(entry))
			entry_free(entry);
		else
			g_ptr_array_add(entries, entry);
	}
	entries_drop_reused(file->entries);
	file_set_entries(manifests, file, entries);
}

void manifests_put(struct manifests *manifests, const char *name, GBytes *bytes)
{
	struct file *file = file_get(manifests, name);
	size_t len = 0;
	const char *text = g_bytes_get_data(bytes, &len);
	uint32_t line = 0;
	char *problem = len == 0 ? NULL : source_check_bytes(&manifests->limits, text, len, &line);

	if (problem != NULL) {
		file_break(manifests, file, line, problem);
		return;
	}
	size_t mark = source_mark_len(text, len);

	file_parse(manifests, file, len == 0 ? "" : text + mark, len == 0 ? "" : text + len);
}

void manifests_put_unreadable(struct manifests *manifests, const char *name, const char *why)
{
	struct file *file = file_get(manifests, name);

	file->is_unreadable = true;
	file_break(manifests, file, 0, g_strdup_printf("the file cannot be read: %s", why));
}

void manifests_remove(struct manifests *manifests, const char *name)
{
	struct file *file = g_hash_table_lookup(manifests->files, name);

	if (file != NULL) {
		file_set_entries(manifests, file, g_ptr_array_new_with_free_func(entry_free_cb));
		g_hash_table_remove(manifests->files, name);
	}
}

static bool references_are_good(struct manifests *manifests, struct claim *claim,
                                const struct entry *entry, const struct fleet *fleet)
{
	if (claim->checked != entry || claim->checked_at != manifests->clouds_at) {
		g_autoptr(GPtrArray) findings = finding_array_new();
		struct source source = entry_source(entry, &manifests->limits, findings);

		references_check(&source, entry->object, fleet, manifests->is_partial);
		g_clear_pointer(&claim->findings, g_ptr_array_unref);
		claim->findings = findings->len == 0 ? NULL : g_ptr_array_ref(findings);
		claim->checked = entry;
		claim->checked_at = manifests->clouds_at;
	}
	return claim->findings == NULL;
}

static const char *first_text(const GPtrArray *findings)
{
	return ((const struct finding *)findings->pdata[0])->text;
}

/* Why the file @name may hold what we do not see: it is broken, or a directory above it is. */
static const char *why_broken(struct manifests *manifests, const char *name)
{
	g_autofree char *path = g_strdup(name);

	for (;;) {
		const struct file *file = g_hash_table_lookup(manifests->files, path);
		char *slash = strrchr(path, '/');

		if (file != NULL && file->why_broken != NULL)
			return file->why_broken;
		if (slash == NULL) {
			file = g_hash_table_lookup(manifests->files, ".");
			return file == NULL ? NULL : file->why_broken;
		}
		*slash = '\0';
	}
}

void manifests_set_partial(struct manifests *manifests)
{
	manifests->is_partial = true;
}

static bool is_needed(const struct manifests *manifests, const struct claim *claim)
{
	return claim->kind == KIND_CLOUD && claim->good_text != NULL &&
	       manifests->is_needed != NULL &&
	       manifests->is_needed(claim->name, manifests->is_needed_data);
}

static struct cloud *cloud_gone(struct manifests *manifests, struct claim *claim)
{
	struct cloud *cloud = claim_stale(claim, &manifests->limits, "its manifest is gone");

	if (cloud != NULL)
		cloud->is_gone = true;
	return cloud;
}

/* A claim without a document. */
static void *claim_resolve_lost(struct manifests *manifests, struct claim *claim)
{
	const char *why = claim->good_file == NULL ? NULL : why_broken(manifests, claim->good_file);

	if (why != NULL)
		return claim_stale(claim, &manifests->limits, why);
	if (is_needed(manifests, claim))
		return cloud_gone(manifests, claim);
	claim_drop_good(claim);
	return NULL;
}

/* The object in force for @claim, or NULL; for a deployment, @fleet has its clouds already. */
static void *claim_resolve(struct manifests *manifests, struct claim *claim,
                           const struct fleet *fleet)
{
	const struct entry *entry = claim->entries->len == 0 ? NULL : claim->entries->pdata[0];

	if (entry == NULL)
		return claim_resolve_lost(manifests, claim);
	if (claim_check_single(claim, &manifests->limits))
		return claim_stale(claim, &manifests->limits, first_text(claim->findings));
	if (entry->object == NULL)
		return claim_stale(claim, &manifests->limits, first_text(entry->findings));
	if (claim->kind == KIND_DEPLOYMENT && !references_are_good(manifests, claim, entry, fleet))
		return claim_stale(claim, &manifests->limits, first_text(claim->findings));
	claim_set_good(claim, entry->text, entry->file, entry->line);
	return entry->object;
}

static bool arrays_equal(const GPtrArray *a, const GPtrArray *b)
{
	return a->len == b->len &&
	       (a->len == 0 || memcmp(a->pdata, b->pdata, a->len * sizeof(*a->pdata)) == 0);
}

/* Deployments are checked anew when the clouds are others than last time. */
static void clouds_compare(struct manifests *manifests, const GPtrArray *clouds)
{
	if (arrays_equal(manifests->clouds, clouds))
		return;
	manifests->clouds_at++;
	g_ptr_array_set_size(manifests->clouds, 0);
	for (guint i = 0; i < clouds->len; i++)
		g_ptr_array_add(manifests->clouds, cloud_ref(clouds->pdata[i]));
}

static void findings_copy(const GPtrArray *from, GPtrArray *to)
{
	for (guint i = 0; from != NULL && i < from->len; i++)
		g_ptr_array_add(to, finding_copy(from->pdata[i]));
}

static GPtrArray *findings_gather(const struct manifests *manifests)
{
	GPtrArray *findings = finding_array_new();
	GHashTableIter at;
	struct file *file = NULL;
	struct claim *claim = NULL;

	g_hash_table_iter_init(&at, manifests->files);
	while (g_hash_table_iter_next(&at, NULL, (void **)&file)) {
		findings_copy(file->findings, findings);
		for (guint i = 0; i < file->entries->len; i++) {
			findings_copy(((struct entry *)file->entries->pdata[i])->findings,
			              findings);
		}
	}
	g_hash_table_iter_init(&at, manifests->claims);
	while (g_hash_table_iter_next(&at, NULL, (void **)&claim))
		findings_copy(claim->findings, findings);
	g_ptr_array_sort(findings, finding_compare);
	return findings;
}

static bool files_are_readable(const struct manifests *manifests)
{
	GHashTableIter at;
	struct file *file = NULL;

	g_hash_table_iter_init(&at, manifests->files);
	while (g_hash_table_iter_next(&at, NULL, (void **)&file))
		if (file->is_unreadable)
			return false;
	return true;
}

static void claims_sort(struct manifests *manifests)
{
	for (size_t kind = 0; kind < KINDS && !manifests->is_sorted; kind++)
		g_ptr_array_sort(manifests->sorted[kind], claim_compare);
	manifests->is_sorted = true;
}

struct fleet *manifests_fleet(struct manifests *manifests, GPtrArray **ret_findings)
{
	const GPtrArray *clouds = manifests->sorted[KIND_CLOUD];
	const GPtrArray *deployments = manifests->sorted[KIND_DEPLOYMENT];
	struct fleet *fleet = fleet_new();

	claims_sort(manifests);
	fleet->is_complete = files_are_readable(manifests);
	for (guint i = 0; i < clouds->len; i++) {
		struct cloud *cloud = claim_resolve(manifests, clouds->pdata[i], fleet);
		if (cloud != NULL)
			g_ptr_array_add(fleet->clouds, cloud_ref(cloud));
	}
	clouds_compare(manifests, fleet->clouds);
	for (guint i = 0; i < deployments->len; i++) {
		struct deployment *d = claim_resolve(manifests, deployments->pdata[i], fleet);
		if (d != NULL)
			g_ptr_array_add(fleet->deployments, deployment_ref(d));
	}
	if (ret_findings != NULL)
		*ret_findings = findings_gather(manifests);
	return fleet;
}

static struct document *document_of(const struct claim *claim)
{
	struct document *document = g_new0(struct document, 1);

	document->kind = g_strdup(kinds[claim->kind].name);
	document->name = g_strdup(claim->name);
	document->file = g_strdup(claim->good_file);
	document->line = claim->good_line;
	document->text = g_strdup(claim->good_text);
	return document;
}

static void document_free_cb(void *document)
{
	document_free(document);
}

/* Claims that nothing is known of any more go. */
static gboolean claim_is_spent(void *id, void *data, void *manifests)
{
	struct claim *claim = data;

	(void)id;
	if (claim->entries->len > 0 || claim->good_text != NULL)
		return FALSE;
	g_ptr_array_remove(((struct manifests *)manifests)->sorted[claim->kind], claim);
	return TRUE;
}

GPtrArray *manifests_take_changed(struct manifests *manifests)
{
	GPtrArray *changed = g_ptr_array_new_with_free_func(document_free_cb);

	for (size_t kind = 0; kind < KINDS; kind++) {
		for (guint i = 0; i < manifests->sorted[kind]->len; i++) {
			struct claim *claim = manifests->sorted[kind]->pdata[i];

			if (claim->is_changed)
				g_ptr_array_add(changed, document_of(claim));
			claim->is_changed = false;
		}
	}
	g_hash_table_foreach_remove(manifests->claims, claim_is_spent, manifests);
	return changed;
}
