/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A template is its source and the pieces that it falls into: literal text and names in turns. */
#include "reconcile/manifest/template.h"

#include "reconcile/model/fault.h"
#include "reconcile/model/key.h"

#include <stdlib.h>
#include <string.h>

/* Literal text, then a name; the last piece has no name. */
struct piece {
	char *text;
	const char *name; /* one of the template's names; NULL: none */
};

struct template
{
	char *source;
	char **names;
	struct piece *pieces;
	size_t pieces_len;
};

static const char *const fixed_names[] = {
	"self.key",
	"self.ordinal",
	"self.name",
	"deployment.name",
};

static bool is_label_name(const char *name)
{
	return *name != '\0' && name[strcspn(name, " \t\n\r{}$")] == '\0';
}

/* components.X.N.address */
static bool is_address_name(const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, ".", 5);

	return g_strv_length(parts) == 4 && g_str_equal(parts[0], "components") &&
	       key_name_is_valid(parts[1]) && key_name_is_valid(parts[2]) &&
	       g_str_equal(parts[3], "address");
}

static bool is_known_name(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(fixed_names); i++)
		if (g_str_equal(name, fixed_names[i]))
			return true;
	if (g_str_has_prefix(name, "labels."))
		return is_label_name(name + strlen("labels."));
	return is_address_name(name);
}

/* What is gathered while parsing. */
struct parse {
	GArray *pieces;   /* struct piece */
	GPtrArray *names; /* char *, as met */
	GString *text;    /* literal text so far */
};

static void piece_add(struct parse *parse, const char *own_name)
{
	struct piece piece = { g_strndup(parse->text->str, parse->text->len), own_name };

	g_array_append_val(parse->pieces, piece);
	g_string_truncate(parse->text, 0);
}

static const char *parse_name(struct parse *parse, const char *at, GError **error)
{
	const char *end = strpbrk(at, "}\n");

	if (end == NULL || *end != '}') {
		g_set_error(
			error, FAULT_DOMAIN, FAULT_INVALID,
			"\"${\" without a \"}\" on its line; write \"$${\" for the text itself");
		return NULL;
	}
	g_autofree char *name = g_strndup(at, (size_t)(end - at));

	if (!is_known_name(name)) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
		            "\"${%s}\" is not a known name; write \"$${%s}\" for the text itself",
		            name, name);
		return NULL;
	}
	piece_add(parse, name);
	g_ptr_array_add(parse->names, g_steal_pointer(&name));
	return end + 1;
}

static bool fail_at(size_t *ret_offset, size_t offset)
{
	if (ret_offset != NULL)
		*ret_offset = offset;
	return false;
}

static bool parse_text(struct parse *parse, const char *text, size_t *ret_offset, GError **error)
{
	const char *at = text;

	while (*at != '\0') {
		if (g_str_has_prefix(at, "$${")) {
			g_string_append(parse->text, "${");
			at += 3;
		} else if (!g_str_has_prefix(at, "${")) {
			g_string_append_c(parse->text, *at++);
		} else {
			const char *next = parse_name(parse, at + 2, error);
			if (next == NULL)
				return fail_at(ret_offset, (size_t)(at - text));
			at = next;
		}
	}
	piece_add(parse, NULL);
	return true;
}

static int text_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, each once; the pieces then borrow from here. */
static char **names_settle(GPtrArray *names)
{
	GPtrArray *unique = g_ptr_array_new();

	g_ptr_array_sort(names, text_compare);
	for (guint i = 0; i < names->len; i++)
		if (i == 0 || !g_str_equal(names->pdata[i - 1], names->pdata[i]))
			g_ptr_array_add(unique, g_strdup(names->pdata[i]));
	g_ptr_array_add(unique, NULL);
	return (char **)g_ptr_array_free(unique, FALSE);
}

static void pieces_settle(struct piece *pieces, size_t len, char **names)
{
	size_t names_len = g_strv_length(names);

	for (size_t i = 0; i < len; i++) {
		if (pieces[i].name != NULL) {
			const char **found = bsearch(&pieces[i].name, names, names_len,
			                             sizeof(*names), text_compare);
			g_assert(found != NULL); /* each name was put there */
			pieces[i].name = *found;
		}
	}
}

static void pieces_free(struct piece *pieces, size_t len)
{
	for (size_t i = 0; i < len; i++)
		g_free(pieces[i].text);
	g_free(pieces);
}

struct template *template_new(const char *text, size_t *ret_offset, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) literal = g_string_new("");
	struct parse parse = { g_array_new(FALSE, FALSE, sizeof(struct piece)), names, literal };
	bool is_good = parse_text(&parse, text, ret_offset, error);
	size_t len = parse.pieces->len;
	struct piece *pieces = (struct piece *)g_array_free(parse.pieces, FALSE);

	if (!is_good) {
		pieces_free(pieces, len);
		return NULL;
	}
	/* Sorting the names moves pointers only, so the pieces' own pointers stay good until then.
	 *  */
	struct template *template = g_new0(struct template, 1);

	*template = (struct template){ .source = g_strdup(text),
		                       .names = names_settle(names),
		                       .pieces = pieces,
		                       .pieces_len = len };
	pieces_settle(pieces, len, template->names);
	return template;
}

void template_free(struct template *template)
{
	if (template == NULL)
		return;
	pieces_free(template->pieces, template->pieces_len);
	g_strfreev(template->names);
	g_free(template->source);
	g_free(template);
}

const char *template_source(const struct template *template)
{
	return template->source;
}

const char *const *template_names(const struct template *template)
{
	return (const char *const *)template->names;
}

char *template_resolve(const struct template *template, template_lookup lookup, void *data,
                       const char **ret_missing)
{
	g_autoptr(GString) text = g_string_new("");

	for (size_t i = 0; i < template->pieces_len; i++) {
		const struct piece *piece = &template->pieces[i];

		g_string_append(text, piece->text);
		if (piece->name == NULL)
			continue;
		g_autofree char *value = lookup(piece->name, data);
		if (value == NULL) {
			if (ret_missing != NULL)
				*ret_missing = piece->name;
			return NULL;
		}
		g_string_append(text, value);
	}
	return g_strndup(text->str, text->len);
}
