/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings are texts until their connector's rows say what they are. */
#include "reconcile/manifest/settings.h"

#include "reconcile/manifest/check.h"
#include "reconcile/model/quantity.h"

#include <string.h>

static void find(GPtrArray *findings, const struct cloud *cloud, const struct place *place,
                 char *own_text)
{
	struct finding *finding = finding_new(place, own_text, NULL);

	finding->document = g_strdup_printf("Cloud %s", cloud->name);
	g_ptr_array_add(findings, finding);
}

/* Each says what is wrong with a value, or NULL; the text is freed by the caller. */

static char *text_problem(const char *value)
{
	(void)value;
	return NULL;
}

static char *bool_problem(const char *value)
{
	return g_str_equal(value, "true") || g_str_equal(value, "false")
	               ? NULL
	               : g_strdup_printf("must be true or false, not \"%s\"", value);
}

static char *number_problem(const char *value)
{
	int64_t number = 0;

	return check_integer(value, &number) && number < INT64_MAX
	               ? NULL
	               : g_strdup_printf("must be a whole number, not \"%s\"", value);
}

static char *bytes_problem(const char *value)
{
	g_autoptr(GError) error = NULL;
	int64_t bytes = 0;

	return quantity_parse_bytes(value, &bytes, &error) ? NULL : g_strdup(error->message);
}

static char *duration_problem(const char *value)
{
	g_autoptr(GError) error = NULL;
	int64_t ms = 0;

	return quantity_parse_duration(value, &ms, &error) ? NULL : g_strdup(error->message);
}

static char *path_problem(const char *value)
{
	return *value != '\0' ? NULL : g_strdup("must be a path, not empty");
}

static char *url_problem(const char *value)
{
	bool is_http = g_str_has_prefix(value, "http://") || g_str_has_prefix(value, "https://");

	return is_http && g_uri_is_valid(value, G_URI_FLAGS_NONE, NULL)
	               ? NULL
	               : g_strdup_printf("must be an address as \"https://cloud.example.org\", not "
	                                 "\"%s\"",
	                                 value);
}

static char *(*const problems[SETTING_TYPES])(const char *) = {
	[SETTING_TEXT] = text_problem,         [SETTING_BOOL] = bool_problem,
	[SETTING_NUMBER] = number_problem,     [SETTING_BYTES] = bytes_problem,
	[SETTING_DURATION] = duration_problem, [SETTING_PATH] = path_problem,
	[SETTING_URL] = url_problem,
};

static const struct setting_row *row_find(const struct setting_row *rows, const char *name,
                                          bool is_secret)
{
	for (; rows->name != NULL; rows++)
		if (rows->is_secret == is_secret && g_str_equal(rows->name, name))
			return rows;
	return NULL;
}

/* A setting or credential as it is written. */
struct mention {
	const char *name;
	const struct place *place;
	bool is_secret;
};

static void unknown_find(GPtrArray *findings, const struct cloud *cloud,
                         const struct setting_row *rows, const struct mention *mention)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const char *noun = mention->is_secret ? "credential" : "setting";

	if (row_find(rows, mention->name, !mention->is_secret) != NULL) {
		find(findings, cloud, mention->place,
		     g_strdup_printf(mention->is_secret
		                             ? "\"%s\" is a setting; it belongs under settings"
		                             : "\"%s\" is a secret; it belongs under credentials",
		                     mention->name));
		return;
	}
	for (; rows->name != NULL; rows++)
		if (rows->is_secret == mention->is_secret)
			g_ptr_array_add(names, (void *)rows->name);
	g_ptr_array_add(names, NULL);
	g_autofree char *hint = check_hint(mention->name, (const char *const *)names->pdata);

	find(findings, cloud, mention->place,
	     g_strdup_printf("connector \"%s\" knows no %s \"%s\"%s", cloud->connector, noun,
	                     mention->name, hint));
}

static void setting_check(const struct cloud *cloud, const struct setting *setting,
                          const struct setting_row *rows, GPtrArray *findings)
{
	const struct setting_row *row = row_find(rows, setting->name, false);

	if (row == NULL) {
		unknown_find(findings, cloud, rows,
		             &(struct mention){ setting->name, &setting->place, false });
		return;
	}
	g_autofree char *problem = problems[row->type](setting->value);

	if (problem != NULL) {
		find(findings, cloud, &setting->place,
		     g_strdup_printf("setting \"%s\": %s", setting->name, problem));
	}
}

static const char *setting_value(const struct cloud *cloud, const char *name)
{
	for (guint i = 0; i < cloud->settings->len; i++) {
		const struct setting *setting = cloud->settings->pdata[i];
		if (g_str_equal(setting->name, name))
			return setting->value;
	}
	return NULL;
}

static bool has_credential(const struct cloud *cloud, const char *name)
{
	for (guint i = 0; i < cloud->credentials->len; i++)
		if (g_str_equal(((struct credential *)cloud->credentials->pdata[i])->name, name))
			return true;
	return false;
}

static void missing_check(const struct cloud *cloud, const struct setting_row *rows,
                          GPtrArray *findings)
{
	for (; rows->name != NULL; rows++) {
		bool is_there = rows->is_secret ? has_credential(cloud, rows->name)
		                                : setting_value(cloud, rows->name) != NULL;

		if (rows->is_required && !is_there) {
			find(findings, cloud, &cloud->connector_place,
			     g_strdup_printf("connector \"%s\" needs the %s \"%s\": %s",
			                     cloud->connector,
			                     rows->is_secret ? "credential" : "setting", rows->name,
			                     rows->help));
		}
	}
}

bool settings_check(const struct cloud *cloud, const struct setting_row *rows, GPtrArray *findings)
{
	guint before = findings->len;

	for (guint i = 0; i < cloud->settings->len; i++)
		setting_check(cloud, cloud->settings->pdata[i], rows, findings);
	for (guint i = 0; i < cloud->credentials->len; i++) {
		const struct credential *credential = cloud->credentials->pdata[i];
		if (row_find(rows, credential->name, true) == NULL) {
			unknown_find(
				findings, cloud, rows,
				&(struct mention){ credential->name, &credential->place, true });
		}
	}
	missing_check(cloud, rows, findings);
	return findings->len == before;
}

struct pairs *settings_resolve(const struct cloud *cloud, const struct setting_row *rows)
{
	g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(struct pair));

	for (; rows->name != NULL; rows++) {
		const char *written = setting_value(cloud, rows->name);
		struct pair item = { rows->name, written == NULL ? rows->fallback : written };

		if (!rows->is_secret && item.value != NULL)
			g_array_append_val(items, item);
	}
	return pairs_new((const struct pair *)(void *)items->data, items->len);
}
