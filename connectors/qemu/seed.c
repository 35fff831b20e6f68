/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * meta-data is YAML; texts in it are written as JSON strings, which are YAML too.
 */
#include "connectors/qemu/seed.h"

#include "connectors/qemu/folder.h"
#include "reconcile/model/fault.h"

static bool key_is_good(const char *key)
{
	if (!key)
		return false;
	for (const char *c = key; *c; c++)
		if ((unsigned char)*c < ' ')
			return false;
	return g_regex_match_simple("^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ +[A-Za-z0-9+/=]+( |$)", key, 0,
	                            0);
}

bool seed_check(const json_t *ssh_keys, GError **error)
{
	size_t i;
	json_t *value;
	json_array_foreach(ssh_keys, i, value)
	{
		const char *key = json_string_value(value);
		if (key_is_good(key))
			continue;
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
		            "ssh key \"%.40s\" is no public key: write it out, as in \"ssh-ed25519 "
		            "AAAA... name\"",
		            key ? key : "");
		return false;
	}
	return true;
}

static char *meta_data(const struct seed *seed)
{
	GString *text = g_string_new(NULL);
	size_t i;
	json_t *key;
	g_string_append_printf(text, "instance-id: %s\nlocal-hostname: %s\n", seed->uid,
	                       seed->name);
	if (json_array_size(seed->ssh_keys) > 0)
		g_string_append(text, "public-keys:\n");
	json_array_foreach(seed->ssh_keys, i, key)
	{
		char *quoted = json_dumps(key, JSON_ENCODE_ANY);
		g_string_append_printf(text, "- %s\n", quoted);
		free(quoted);
	}
	return g_string_free(text, FALSE);
}

bool seed_write(const struct seed *seed, int dir_fd, GError **error)
{
	g_autofree char *meta = meta_data(seed);
	return folder_write(dir_fd, "meta-data", meta, true, error) &&
	       folder_write(dir_fd, "user-data", seed->user_data ? seed->user_data : "", true,
	                    error);
}
