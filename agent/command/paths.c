/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An option wins over the environment, which wins over what is usual. */
#include "agent/command/paths.h"

#include <unistd.h>

static const char root_state[] = "/var/lib/muster";
static const char system_config[] = MUSTER_SYSCONFDIR "/agent.yaml";

static const char *environment(const char *name)
{
	const char *value = g_getenv(name);

	return value == NULL || *value == '\0' ? NULL : value;
}

char *paths_state(const struct arguments *arguments)
{
	const char *said = arguments_text(arguments, "state");

	if (said == NULL) {
		said = environment("MUSTER_STATE");
	}
	if (said == NULL && geteuid() == 0) {
		said = root_state;
	}
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

	if (said != NULL) {
		return g_strdup(said);
	}
	return g_file_test(system_config, G_FILE_TEST_EXISTS) ? g_strdup(system_config) : NULL;
}
