/* SPDX-License-Identifier: GPL-2.0-or-later */
/* configuration - bytes of a file into reconcile's decoder, findings into one error. */
#include "agent/daemon/configuration.h"

#include "reconcile/model/fault.h"
#include "reconcile/model/finding.h"

static void free_finding(void *finding)
{
	finding_free(finding);
}

static bool findings_failed(const GPtrArray *findings, GError **error)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < findings->len; i++) {
		g_autofree char *finding = finding_format(findings->pdata[i], false);

		g_string_append(text, finding);
	}
	g_strchomp(text->str);
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "%s", text->str);
	g_string_free(text, TRUE);
	return false;
}

bool configuration_load(const char *path, struct config *ret_config, GError **error)
{
	g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(free_finding);
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(GError) why = NULL;
	char *text;
	gsize len;

	if (!path) {
		config_init(ret_config);
		return true;
	}
	if (!g_file_get_contents(path, &text, &len, &why)) {
		bool is_missing = g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT);

		g_set_error(error, FAULT_DOMAIN, is_missing ? FAULT_NOT_FOUND : FAULT_INVALID,
		            "cannot read the configuration: %s", why->message);
		return false;
	}
	bytes = g_bytes_new_take(text, len);
	return config_decode(bytes, path, ret_config, findings) || findings_failed(findings, error);
}
