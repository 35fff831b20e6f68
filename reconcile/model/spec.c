/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life of a spec and of a size. */
#include "reconcile/model/spec.h"

#include "reconcile/manifest/template.h"
#include "reconcile/model/quantity.h"

enum {
	READY_WITHIN_MS = 5 * 60 * 1000
};

static const char *const field_names[] = {
	[SPEC_IMAGE] = "image",      [SPEC_SIZE] = "size",         [SPEC_USER_DATA] = "userData",
	[SPEC_SSH_KEYS] = "sshKeys", [SPEC_NETWORKS] = "networks", [SPEC_FIREWALL] = "firewall",
	[SPEC_LABELS] = "labels",
};

struct spec *spec_new(void)
{
	struct spec *spec = g_new0(struct spec, 1);

	spec->refs = 1;
	spec->ready.within_ms = READY_WITHIN_MS;
	return spec;
}

struct spec *spec_ref(struct spec *spec)
{
	spec->refs++;
	return spec;
}

static void openings_free(struct opening *openings, size_t len)
{
	for (size_t i = 0; i < len; i++)
		g_free(openings[i].from);
	g_free(openings);
}

void spec_unref(struct spec *spec)
{
	if (spec == NULL || --spec->refs > 0)
		return;
	g_free(spec->image);
	size_clear(&spec->size);
	g_strfreev(spec->ssh_keys);
	g_strfreev(spec->networks);
	openings_free(spec->openings, spec->openings_len);
	pairs_unref(spec->labels);
	template_free(spec->user_data);
	g_free(spec->ready.path);
	g_free(spec);
}

const char *spec_field_name(enum spec_field field)
{
	g_assert((size_t)field < G_N_ELEMENTS(field_names));
	return field_names[field];
}

void size_clear(struct size *size)
{
	g_free(size->name);
	*size = (struct size){ 0 };
}

struct size size_copy(const struct size *size)
{
	struct size copy = *size;

	copy.name = g_strdup(size->name);
	return copy;
}

/* Many types of clouds say no disk, as it is chosen apart: such an offer fits any. */
bool size_fits(const struct size *want, const struct size *offer)
{
	return offer->cpus >= want->cpus && offer->memory_bytes >= want->memory_bytes &&
	       (offer->disk_bytes == 0 || offer->disk_bytes >= want->disk_bytes);
}

static void part_append(GString *text, const char *part, const char *after)
{
	g_string_append_printf(text, "%s%s%s", text->len == 0 ? "" : ", ", part, after);
}

char *size_text(const struct size *size)
{
	g_autoptr(GString) text = g_string_new("");

	if (size->name != NULL)
		return g_strdup(size->name);
	if (size->cpus > 0)
		g_string_append_printf(text, "%u cpu%s", size->cpus, size->cpus == 1 ? "" : "s");
	if (size->memory_bytes > 0) {
		g_autofree char *memory = quantity_format_bytes(size->memory_bytes);
		part_append(text, memory, "");
	}
	if (size->disk_bytes > 0) {
		g_autofree char *disk = quantity_format_bytes(size->disk_bytes);
		part_append(text, disk, " disk");
	}
	return g_strdup(text->len == 0 ? "any size" : text->str);
}
