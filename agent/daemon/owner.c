/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner - finds, makes and keeps the installation's id. */
#include "agent/daemon/owner.h"

#include "reconcile/model/fault.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

enum {
	OWNER_LENGTH = 20,
	OWNER_MAX = 40
};

struct owners {
	char *file;
	char *row;
};

static void owners_clear(struct owners *owners)
{
	g_free(owners->file);
	g_free(owners->row);
}

bool owner_is_valid(const char *owner)
{
	size_t len = strlen(owner);

	return len > 0 && len <= OWNER_MAX &&
	       strspn(owner, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static char *owner_make(GError **error)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned char bytes[OWNER_LENGTH];
	char owner[OWNER_LENGTH + 1] = "";

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes)) {
		g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT, "cannot draw an owner's id: %s",
		            g_strerror(errno));
		return NULL;
	}
	for (size_t i = 0; i < sizeof(bytes); i++)
		owner[i] = letters[bytes[i] % 32];
	return g_strdup(owner);
}

static bool check(const char *owner, const char *where, GError **error)
{
	if (!owner || owner_is_valid(owner))
		return true;
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
	            "the owner's id \"%s\" of %s must be 1 to %d characters of a-z, 0-9 and \"-\"",
	            owner, where, OWNER_MAX);
	return false;
}

/* *@ret_owner is NULL when the file is not there. */
static bool file_read(const char *path, char **ret_owner, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autofree char *text = NULL;

	if (g_file_get_contents(path, &text, NULL, &why)) {
		*ret_owner = g_strdup(g_strstrip(text));
		return true;
	}
	if (g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
		*ret_owner = NULL;
		return true;
	}
	g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT, "cannot read the owner's id: %s",
	            why->message);
	return false;
}

static bool owners_read(const struct owner_sources *sources, const char *path,
                        struct owners *owners, GError **error)
{
	g_autoptr(GError) why = NULL;

	if (path && !file_read(path, &owners->file, error))
		return false;
	owners->row = sources->store ? store_get(sources->store, "owner", &why) : NULL;
	if (why) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	return check(sources->configured, "the configuration", error) &&
	       check(owners->file, path, error) && check(owners->row, "the database", error);
}

static bool disagree(const char *a, const char *a_where, const char *b, const char *b_where,
                     GError **error)
{
	if (!a || !b || g_str_equal(a, b))
		return false;
	g_set_error(
		error, FAULT_DOMAIN, FAULT_INVALID,
		"the owner's id is \"%s\" in %s and \"%s\" in %s: under another id all instances "
		"would be strangers; take away the wrong one",
		a, a_where, b, b_where);
	return true;
}

static bool file_write(const char *path, const char *owner, GError **error)
{
	g_autofree char *line = g_strconcat(owner, "\n", NULL);
	g_autoptr(GError) why = NULL;

	if (g_file_set_contents_full(path, line, -1,
	                             G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
	                             0600, &why))
		return true;
	g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT, "cannot keep the owner's id: %s",
	            why->message);
	return false;
}

static bool owner_keep(const struct owner_sources *sources, const char *path,
                       const struct owners *owners, const char *owner, GError **error)
{
	if (!sources->is_writing)
		return true;
	if (path && !owners->file && !file_write(path, owner, error))
		return false;
	return !sources->store || owners->row || store_put(sources->store, "owner", owner, error);
}

static char *owner_choose(const struct owner_sources *sources, const struct owners *owners,
                          GError **error)
{
	const char *const words[] = { sources->configured, owners->file, owners->row };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (words[i])
			return g_strdup(words[i]);
	return owner_make(error);
}

char *owner_find(const struct owner_sources *sources, GError **error)
{
	g_autofree char *path =
		sources->state_dir ? g_build_filename(sources->state_dir, "owner", NULL) : NULL;
	__attribute__((cleanup(owners_clear))) struct owners owners = { NULL, NULL };
	g_autofree char *owner = NULL;

	if (!owners_read(sources, path, &owners, error) ||
	    disagree(sources->configured, "the configuration", owners.file, path, error) ||
	    disagree(sources->configured, "the configuration", owners.row, "the database", error) ||
	    disagree(owners.file, path, owners.row, "the database", error))
		return NULL;
	owner = owner_choose(sources, &owners, error);
	if (!owner || !owner_keep(sources, path, &owners, owner, error))
		return NULL;
	return g_steal_pointer(&owner);
}
