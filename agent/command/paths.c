/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An option wins over the environment, which wins over what is usual. */
#include "agent/command/paths.h"

#include "reconcile/manifest/config.h"
#include "reconcile/model/finding.h"

#include <unistd.h>

static const char root_state[] = "/var/lib/muster";
static const char system_config[] = MUSTER_SYSCONFDIR "/agent.yaml";

static const char *environment(const char *name)
{
	const char *value = g_getenv(name);

	return value == NULL || *value == '\0' ? NULL : value;
}

static void finding_release(void *data)
{
	finding_free(data);
}

/* What the configuration says; NULL where it says nothing. Whether it is good is for the agent to
 * judge. */
static char *config_state(const struct arguments *arguments)
{
	g_autofree char *path = paths_config(arguments);
	g_autofree char *text = NULL;
	size_t len;
	struct config config;

	if (path == NULL || !g_file_get_contents(path, &text, &len, NULL))
		return NULL;
	g_autoptr(GBytes) bytes = g_bytes_new(text, len);
	g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(finding_release);
	if (!config_decode(bytes, path, &config, findings))
		return NULL;
	char *state = g_strdup(config.state);
	config_clear(&config);
	return state;
}

char *paths_state(const struct arguments *arguments)
{
	const char *said = arguments_text(arguments, "state");

	if (said == NULL)
		said = environment("MUSTER_STATE");
	g_autofree char *configured = said == NULL ? config_state(arguments) : NULL;
	if (said == NULL)
		said = configured;
	if (said == NULL && geteuid() == 0)
		said = root_state;
	return said != NULL ? g_strdup(said)
	                    : g_build_filename(g_get_user_state_dir(), "muster", NULL);
}

char *paths_manifests(const struct arguments *arguments)
{
	const char *said = arguments_text(arguments, "manifests");

	return g_strdup(said != NULL ? said : environment("MUSTER_MANIFESTS"));
}

char *paths_config(const struct arguments *arguments)
{
	const char *said = arguments_text(arguments, "config");

	if (said != NULL)
		return g_strdup(said);
	return g_file_test(system_config, G_FILE_TEST_EXISTS) ? g_strdup(system_config) : NULL;
}
