/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secrets read from where the manifest says: one after the other, since a command takes its time.
 */
#include "agent/daemon/credentials.h"

#include "agent/daemon/carrier_inside.h"
#include "agent/daemon/credential_command.h"
#include "reconcile/model/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SECRET_MAX = 65536
};

struct credentials_lookup {
	GPtrArray *credentials; /* a reference */
	int64_t command_ms;
	struct credentials_events events;
	char **secrets; /* as many as there are credentials, found so far */
	size_t found;
	struct credential_command *command;
	unsigned turn; /* of the main loop, for the next one */
};

static void secret_wipe(char *own_secret)
{
	if (own_secret)
		explicit_bzero(own_secret, strlen(own_secret));
	g_free(own_secret);
}

void secrets_free(struct pairs *own_secrets)
{
	for (size_t i = 0; own_secrets && i < own_secrets->len; i++) {
		const char *value = own_secrets->items[i].value;

		explicit_bzero((char *)(uintptr_t)value, strlen(value));
	}
	pairs_unref(own_secrets);
}

static void lookup_free(struct credentials_lookup *lookup)
{
	carrier_timer_clear(&lookup->turn);
	credential_command_cancel(lookup->command);
	for (size_t i = 0; i < lookup->found; i++)
		secret_wipe(lookup->secrets[i]);
	g_free(lookup->secrets);
	g_ptr_array_unref(lookup->credentials);
	g_free(lookup);
}

static void *refuse(GError **error, const char *what, const char *why)
{
	g_set_error(error, FAULT_DOMAIN, FAULT_AUTH, "%s: %s", what, why);
	return NULL;
}

static char *fd_read(int fd, const char *path, GError **error)
{
	char *secret = g_malloc0(SECRET_MAX + 1);
	ssize_t got = 0;
	size_t len = 0;

	while (len <= SECRET_MAX && (got = read(fd, secret + len, SECRET_MAX + 1 - len)) > 0)
		len += (size_t)got;
	if (got >= 0 && len <= SECRET_MAX && !memchr(secret, '\0', len))
		return secret;
	refuse(error, path, got < 0 ? g_strerror(errno) : "is too long, or no text");
	explicit_bzero(secret, SECRET_MAX + 1);
	g_free(secret);
	return NULL;
}

/* Only a file: a pipe would hold the agent up. */
static char *file_read(struct credentials_lookup *lookup, const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	g_autofree char *note = NULL;
	struct stat status;
	char *secret;

	if (fd < 0)
		return refuse(error, path, g_strerror(errno));
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return refuse(error, path, "is not a file");
	}
	if (status.st_mode & S_IROTH) {
		note = g_strdup_printf("%s can be read by everybody: chmod 600 it", path);
		lookup->events.note(note, lookup->events.data);
	}
	secret = fd_read(fd, path, error);
	close(fd);
	return secret;
}

static char *env_read(struct credentials_lookup *lookup, const struct credential *credential,
                      GError **error)
{
	const char *value = g_getenv(credential->words[0]);

	(void)lookup;
	return value ? g_strdup(value)
	             : refuse(error, credential->words[0], "is not in the environment");
}

static char *path_read(struct credentials_lookup *lookup, const struct credential *credential,
                       GError **error)
{
	return file_read(lookup, credential->words[0], error);
}

static char *systemd_read(struct credentials_lookup *lookup, const struct credential *credential,
                          GError **error)
{
	const char *dir = g_getenv("CREDENTIALS_DIRECTORY"), *name = credential->words[0];
	g_autofree char *path = NULL;

	if (!dir)
		return refuse(error, name, "systemd gave no credentials (LoadCredential=)");
	if (strchr(name, '/') || name[0] == '.')
		return refuse(error, name, "is not the name of a credential");
	path = g_build_filename(dir, name, NULL);
	return file_read(lookup, path, error);
}

/* By kind; commands are not read but run. */
static char *(*const readers[])(struct credentials_lookup *, const struct credential *,
                                GError **) = {
	[CREDENTIAL_ENV] = env_read,
	[CREDENTIAL_FILE] = path_read,
	[CREDENTIAL_SYSTEMD] = systemd_read,
	[CREDENTIAL_COMMAND] = NULL,
};

static gboolean lookup_turn(void *data);

static const struct credential *lookup_current(const struct credentials_lookup *lookup)
{
	return lookup->credentials->pdata[lookup->found];
}

static void lookup_fail(struct credentials_lookup *lookup, const GError *error)
{
	struct credentials_events events = lookup->events;
	g_autoptr(GError) named = g_error_copy(error);

	g_prefix_error(&named, "credential \"%s\": ", lookup_current(lookup)->name);
	lookup_free(lookup);
	events.found(NULL, named, events.data);
}

/* Other bytes would make a line that a plugin cannot read, and might show where it complains. */
static void secret_refuse(struct credentials_lookup *lookup, char *own_secret)
{
	g_autoptr(GError) error =
		g_error_new(FAULT_DOMAIN, FAULT_AUTH, "the secret is not a text in UTF-8");

	secret_wipe(own_secret);
	lookup_fail(lookup, error);
}

/* What files and commands end with: one line's end, which is no part of the secret. */
static void secret_take(struct credentials_lookup *lookup, char *own_secret)
{
	size_t len = strlen(own_secret);

	if (!g_utf8_validate(own_secret, -1, NULL)) {
		secret_refuse(lookup, own_secret);
		return;
	}
	if (len && own_secret[len - 1] == '\n')
		own_secret[--len] = '\0';
	if (len && own_secret[len - 1] == '\r')
		own_secret[--len] = '\0';
	lookup->secrets[lookup->found++] = own_secret;
	carrier_timer_set(&lookup->turn, 0, lookup_turn, lookup);
}

static void lookup_end(struct credentials_lookup *lookup)
{
	struct credentials_events events = lookup->events;
	g_autofree struct pair *items = g_new0(struct pair, lookup->found + 1);
	struct pairs *secrets;

	for (size_t i = 0; i < lookup->found; i++) {
		const struct credential *credential = lookup->credentials->pdata[i];

		items[i] = (struct pair){ credential->name, lookup->secrets[i] };
	}
	secrets = pairs_new(items, lookup->found);
	lookup_free(lookup);
	events.found(secrets, NULL, events.data);
}

static void command_ended(char *own_secret, const GError *error, void *data)
{
	struct credentials_lookup *lookup = data;

	lookup->command = NULL;
	if (error)
		lookup_fail(lookup, error);
	else
		secret_take(lookup, own_secret);
}

static gboolean lookup_turn(void *data)
{
	struct credentials_lookup *lookup = data;
	const struct credential *credential;
	g_autoptr(GError) error = NULL;
	char *secret = NULL;

	lookup->turn = 0;
	if (lookup->found == lookup->credentials->len) {
		lookup_end(lookup);
		return G_SOURCE_REMOVE;
	}
	credential = lookup_current(lookup);
	if (readers[credential->kind])
		secret = readers[credential->kind](lookup, credential, &error);
	else
		lookup->command = credential_command_start(credential->words, lookup->command_ms,
		                                           command_ended, lookup, &error);
	if (error)
		lookup_fail(lookup, error);
	else if (secret)
		secret_take(lookup, secret);
	return G_SOURCE_REMOVE;
}

struct credentials_lookup *credentials_lookup_start(const GPtrArray *credentials,
                                                    int64_t command_ms,
                                                    const struct credentials_events *events)
{
	struct credentials_lookup *lookup = g_new0(struct credentials_lookup, 1);

	lookup->credentials = g_ptr_array_ref((GPtrArray *)(uintptr_t)credentials);
	lookup->command_ms = command_ms;
	lookup->events = *events;
	lookup->secrets = g_new0(char *, credentials->len);
	carrier_timer_set(&lookup->turn, 0, lookup_turn, lookup);
	return lookup;
}

void credentials_lookup_cancel(struct credentials_lookup *lookup)
{
	if (lookup)
		lookup_free(lookup);
}
