/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A digest for each field that counts as a change, in the order of a table. */
#include "reconcile/model/fingerprint.h"

#include "reconcile/manifest/template.h"

#include <stdlib.h>
#include <string.h>

enum {
	DIGEST_LEN = 8
};

static const char no_digest[] = "00000000";

/* What the words of a spec mean on a cloud. */
struct meaning {
	const struct pairs *image_options;
	const struct size *asked;
};

/* Adds what the field says to the digest; false when it says nothing. */
typedef bool (*field_digest)(GChecksum *digest, const struct spec *spec,
                             const struct meaning *meaning);

/* Texts are told apart by their NUL: ["a", "b"] is not ["ab"]. */
static void text_digest(GChecksum *digest, const char *text)
{
	g_checksum_update(digest, (const unsigned char *)text, (gssize)strlen(text) + 1);
}

static int text_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A cloud without a map of images is told the word itself, as the option "name". */
static bool image_digest(GChecksum *digest, const struct spec *spec, const struct meaning *meaning)
{
	const struct pairs *image_options = meaning->image_options;

	if (image_options == NULL) {
		text_digest(digest, "name");
		text_digest(digest, spec->image == NULL ? "" : spec->image);
		return spec->image != NULL;
	}
	for (size_t i = 0; i < image_options->len; i++) {
		text_digest(digest, image_options->items[i].name);
		text_digest(digest, image_options->items[i].value);
	}
	return true;
}

static bool user_data_digest(GChecksum *digest, const struct spec *spec,
                             const struct meaning *meaning)
{
	(void)meaning;
	if (spec->user_data != NULL)
		text_digest(digest, template_source(spec->user_data));
	return spec->user_data != NULL;
}

/* Sorted: the order in which the texts are written is no change. */
static bool texts_digest_sorted(GChecksum *digest, char *const *texts, size_t len)
{
	g_autofree const char **sorted = g_new(const char *, len + 1);

	for (size_t i = 0; i < len; i++)
		sorted[i] = texts[i];
	if (len > 1)
		qsort(sorted, len, sizeof(*sorted), text_compare);
	for (size_t i = 0; i < len; i++)
		text_digest(digest, sorted[i]);
	return len > 0;
}

static bool ssh_keys_digest(GChecksum *digest, const struct spec *spec,
                            const struct meaning *meaning)
{
	(void)meaning;
	return spec->ssh_keys != NULL &&
	       texts_digest_sorted(digest, spec->ssh_keys, g_strv_length(spec->ssh_keys));
}

/* In the order written: the first network is the first interface. */
static bool networks_digest(GChecksum *digest, const struct spec *spec,
                            const struct meaning *meaning)
{
	(void)meaning;
	for (size_t i = 0; spec->networks != NULL && spec->networks[i] != NULL; i++)
		text_digest(digest, spec->networks[i]);
	return spec->networks != NULL && spec->networks[0] != NULL;
}

static bool firewall_digest(GChecksum *digest, const struct spec *spec,
                            const struct meaning *meaning)
{
	g_auto(GStrv) texts = g_new0(char *, spec->openings_len + 1);

	(void)meaning;
	for (size_t i = 0; i < spec->openings_len; i++) {
		const char *from = spec->openings[i].from;
		texts[i] = g_strdup_printf("%u %s", (unsigned)spec->openings[i].port,
		                           from == NULL ? "" : from);
	}
	return texts_digest_sorted(digest, texts, spec->openings_len);
}

static bool size_digest(GChecksum *digest, const struct spec *spec, const struct meaning *meaning)
{
	const struct size *asked = meaning->asked == NULL ? &spec->size : meaning->asked;
	g_autofree char *amounts =
		g_strdup_printf("%u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, asked->cpus,
	                        asked->memory_bytes, asked->disk_bytes);

	text_digest(digest, asked->name == NULL ? "amounts" : "name");
	text_digest(digest, asked->name == NULL ? amounts : asked->name);
	return asked->name != NULL || asked->cpus != 0 || asked->memory_bytes != 0 ||
	       asked->disk_bytes != 0;
}

static const struct {
	char letter;
	enum spec_field field;
	field_digest digest;
} rows[] = {
	{ 'i', SPEC_IMAGE, image_digest },       { 'u', SPEC_USER_DATA, user_data_digest },
	{ 'k', SPEC_SSH_KEYS, ssh_keys_digest }, { 'n', SPEC_NETWORKS, networks_digest },
	{ 'f', SPEC_FIREWALL, firewall_digest }, { 's', SPEC_SIZE, size_digest },
};

char *fingerprint_make(const struct spec *spec, const struct pairs *image_options,
                       const struct size *asked)
{
	struct meaning meaning = { .image_options = image_options, .asked = asked };
	g_autoptr(GString) text = g_string_new("");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GChecksum) digest = g_checksum_new(G_CHECKSUM_SHA256);
		bool is_said = rows[i].digest(digest, spec, &meaning);

		g_string_append_printf(text, "%s%c", i == 0 ? "" : "-", rows[i].letter);
		g_string_append_len(text, is_said ? g_checksum_get_string(digest) : no_digest,
		                    DIGEST_LEN);
	}
	return g_strdup(text->str);
}

/* The digest after @letter in @fingerprint, or NULL. */
static const char *digest_find(const char *fingerprint, char letter)
{
	for (const char *at = fingerprint; at != NULL; at = strchr(at, '-')) {
		at += *at == '-';
		if (*at == letter && strcspn(at + 1, "-") == DIGEST_LEN)
			return at + 1;
	}
	return NULL;
}

unsigned fingerprint_diff(const char *a, const char *b)
{
	unsigned fields = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *in_a = digest_find(a, rows[i].letter);
		const char *in_b = digest_find(b, rows[i].letter);

		if (in_a != NULL && in_b != NULL && strncmp(in_a, in_b, DIGEST_LEN) != 0)
			fields |= 1U << rows[i].field;
	}
	return fields;
}

static char letter_of(enum spec_field field)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (rows[i].field == field)
			return rows[i].letter;
	g_assert_not_reached();
}

bool fingerprint_names(const char *fingerprint, enum spec_field field)
{
	return digest_find(fingerprint, letter_of(field)) != NULL;
}

char *fingerprint_with(const char *fingerprint, enum spec_field field, const char *from)
{
	char letter = letter_of(field);
	const char *old = digest_find(fingerprint, letter);
	const char *new = digest_find(from, letter);

	g_assert(new != NULL);
	if (old == NULL)
		return g_strdup_printf("%s-%c%.*s", fingerprint, letter, DIGEST_LEN, new);
	return g_strdup_printf("%.*s%.*s%s", (int)(old - fingerprint), fingerprint, DIGEST_LEN, new,
	                       old + DIGEST_LEN);
}
