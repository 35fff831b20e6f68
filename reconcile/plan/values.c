/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lookup behind templates. */
#include "reconcile/plan/values.h"

#include "reconcile/model/key.h"
#include "reconcile/plan/subject.h"

#include <string.h>

/* Whose values are looked up. */
struct asking {
	const struct scene *scene;
	const struct component *component;
	const char *key;
};

static char *key_value(const struct asking *asking)
{
	return g_strdup(asking->key);
}

static char *ordinal_value(const struct asking *asking)
{
	struct key_parts parts;

	if (asking->key == NULL || !key_split(asking->key, &parts) || parts.ordinal == 0)
		return NULL;
	return g_strdup_printf("%u", parts.ordinal);
}

/* A host name: both ends are kept of one that is too long, as people look for these. */
static char *name_value(const struct asking *asking)
{
	if (asking->key == NULL)
		return NULL;
	g_autofree char *name = g_strdelimit(g_strdup(asking->key), "/", '-');
	size_t len = strlen(name);
	int half = KEY_NAME_MAX / 2;

	if (len <= KEY_NAME_MAX)
		return g_steal_pointer(&name);
	return g_strdup_printf("%.*s-%s", half, name, name + len - (size_t)half);
}

static char *deployment_value(const struct asking *asking)
{
	return g_strdup(asking->scene->name);
}

static const struct {
	const char *name;
	char *(*value)(const struct asking *asking);
} rows[] = {
	{ "deployment.name", deployment_value },
	{ "self.key", key_value },
	{ "self.name", name_value },
	{ "self.ordinal", ordinal_value },
};

static const struct slot *slot_find(const struct scene *scene, const char *key)
{
	size_t from = 0, to = scene->slots_len;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = key_compare(key, scene->slots[middle]->key);

		if (order == 0)
			return scene->slots[middle];
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

/* "components.db.1.address" as "shop/db/1". */
static char *address_key(const char *name, const char *deployment)
{
	g_auto(GStrv) parts = g_strsplit(name, ".", 4);

	return g_strv_length(parts) < 4 ? NULL : key_join(deployment, parts[1], parts[2]);
}

/* User data is a script with all rights: what a cloud calls an address must not bring more of it to
 * machines elsewhere. */
static bool is_address(const char *text)
{
	static const char marks[] = ".:%-_";
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (!g_ascii_isalnum(text[i]) && strchr(marks, text[i]) == NULL)
			return false;
	return len > 0;
}

static char *address_value(const char *name, const struct scene *scene)
{
	g_autofree char *key = address_key(name, scene->name);
	const struct slot *slot = key == NULL ? NULL : slot_find(scene, key);
	const struct sighting *sighting = slot == NULL ? NULL : subject_sighting(slot);

	if (sighting == NULL || sighting->instance->addresses == NULL ||
	    !is_address(sighting->instance->addresses[0]))
		return NULL;
	return g_strdup(sighting->instance->addresses[0]);
}

static char *value_find(const char *name, void *data)
{
	const struct asking *asking = data;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (g_str_equal(name, rows[i].name))
			return rows[i].value(asking);
	if (g_str_has_prefix(name, "labels.")) {
		return g_strdup(
			pairs_get(asking->component->spec->labels, name + strlen("labels.")));
	}
	return address_value(name, asking->scene);
}

bool values_are_shared(const struct template *template)
{
	const char *const *names = template_names(template);

	for (size_t i = 0; names[i] != NULL; i++)
		if (g_str_has_prefix(names[i], "self."))
			return false;
	return true;
}

char *values_resolve(const struct scene *scene, const struct component *component, const char *key,
                     const char **ret_missing)
{
	struct asking asking = { scene, component, key };

	return template_resolve(component->spec->user_data, value_find, &asking, ret_missing);
}

char *values_missing_text(const char *missing, const char *deployment)
{
	if (!g_str_has_prefix(missing, "components."))
		return g_strdup_printf("${%s} is not known", missing);
	g_autofree char *key = address_key(missing, deployment);

	return g_strdup_printf("waits for the address of %s", key);
}
