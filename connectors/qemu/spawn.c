/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs qemu-img, and QEMU until it has become a daemon. What went wrong is read from the log that
 * standard error was sent to; QEMU has no codes, so its words are matched against a table.
 */
#include "connectors/qemu/spawn.h"

#include "reconcile/model/fault.h"

#include <gio/gio.h>
#include <string.h>

/* Of a log; what matters is at the end of the first lines. */
#define LOG_MAX_BYTES 4096

struct spawn {
	char *program;
	char *log;
	GSubprocess *process;
	guint timer;
	bool is_late;
	unsigned timeout_s;
	spawn_done *done;
	void *data;
};

static const struct {
	const char *words;
	enum fault fault;
} complaints[] = {
	{ "host forwarding rule", FAULT_CONFLICT },
	{ "PID file", FAULT_CONFLICT },
	{ "\"write\" lock", FAULT_CONFLICT },
	{ "Cannot allocate memory", FAULT_CAPACITY },
	{ "cannot set up guest memory", FAULT_CAPACITY },
	{ "No space left", FAULT_CAPACITY },
	{ "Disk quota exceeded", FAULT_CAPACITY },
	{ "could not load kernel", FAULT_INVALID },
	{ "could not open kernel", FAULT_INVALID },
	{ "invalid kernel header", FAULT_INVALID },
	{ "Error loading uncompressed kernel", FAULT_INVALID },
	{ "could not load initrd", FAULT_INVALID },
	{ "error reading initrd", FAULT_INVALID },
	{ "not in qcow2 format", FAULT_INVALID },
	{ "Could not open backing file", FAULT_INVALID },
	{ "No such file or directory", FAULT_INVALID },
	{ "Permission denied", FAULT_INVALID },
	{ "bridge helper failed", FAULT_INVALID },
	{ "failed to initialize kvm", FAULT_INVALID },
	{ "maxcpus", FAULT_INVALID },
};

int spawn_classify(const char *text)
{
	for (size_t i = 0; i < G_N_ELEMENTS(complaints); i++)
		if (strstr(text, complaints[i].words))
			return (int)complaints[i].fault;
	return FAULT_TRANSIENT;
}

static void spawn_free(struct spawn *spawn)
{
	if (spawn->timer)
		g_source_remove(spawn->timer);
	g_clear_object(&spawn->process);
	g_free(spawn->program);
	g_free(spawn->log);
	g_free(spawn);
}

/* The first complaint in the log, on one line; warnings go before it. */
static char *log_complaint(const char *path)
{
	g_autofree char *text = NULL;
	gsize len = 0;
	if (!g_file_get_contents(path, &text, &len, NULL) || len == 0)
		return g_strdup("it said nothing");
	text[MIN(len, LOG_MAX_BYTES)] = '\0';
	g_auto(GStrv) lines = g_strsplit(g_strstrip(text), "\n", -1);
	char **line = lines;
	while (line[0] && line[1] && strstr(line[0], "warning:"))
		line++;
	return g_utf8_make_valid(*line ? *line : "", -1);
}

/* What QEMU needs of our surroundings; the agent's may hold secrets. */
static char **environment(void)
{
	static const char *const names[] = { "PATH", "HOME", "TMPDIR", "XDG_RUNTIME_DIR" };
	/* Complaints are matched by their words. */
	char **env = g_environ_setenv(NULL, "LC_ALL", "C.UTF-8", TRUE);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_getenv(names[i]))
			env = g_environ_setenv(env, names[i], g_getenv(names[i]), TRUE);
	return env;
}

static void exited(GObject *source, GAsyncResult *result, gpointer data)
{
	struct spawn *spawn = data;
	g_autoptr(GError) error = NULL;
	if (!g_subprocess_wait_check_finish(G_SUBPROCESS(source), result, &error)) {
		g_autofree char *text = log_complaint(spawn->log);
		int fault = spawn->is_late ? FAULT_TRANSIENT : spawn_classify(text);
		g_clear_error(&error);
		g_set_error(&error, FAULT_DOMAIN, fault, "%s: %s", spawn->program, text);
		if (spawn->is_late)
			g_prefix_error(&error, "took longer than %u s: ", spawn->timeout_s);
	}
	spawn->done(spawn->data, error);
	spawn_free(spawn);
}

static gboolean timed_out(gpointer data)
{
	struct spawn *spawn = data;
	spawn->timer = 0;
	spawn->is_late = true;
	g_subprocess_force_exit(spawn->process);
	return G_SOURCE_REMOVE;
}

static gboolean never_started(gpointer data)
{
	struct spawn *spawn = data;
	g_autoptr(GError) error = g_error_new(FAULT_DOMAIN, FAULT_INVALID, "cannot run \"%s\": %s",
	                                      spawn->program, spawn->log);
	spawn->done(spawn->data, error);
	spawn_free(spawn);
	return G_SOURCE_REMOVE;
}

void spawn_run(GPtrArray *own_words, const char *directory, const char *log, unsigned timeout_s,
               spawn_done *done, void *data)
{
	g_autoptr(GSubprocessLauncher) launcher =
		g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
	g_auto(GStrv) env = environment();
	g_autoptr(GError) error = NULL;
	struct spawn *spawn = g_new0(struct spawn, 1);

	spawn->program = g_strdup(g_ptr_array_index(own_words, 0));
	spawn->log = g_build_filename(directory, log, NULL);
	spawn->timeout_s = timeout_s;
	spawn->done = done;
	spawn->data = data;
	g_subprocess_launcher_set_cwd(launcher, directory);
	g_subprocess_launcher_set_stderr_file_path(launcher, spawn->log);
	g_subprocess_launcher_set_environ(launcher, env);
	spawn->process = g_subprocess_launcher_spawnv(
		launcher, (const char *const *)own_words->pdata, &error);
	g_ptr_array_unref(own_words);
	if (!spawn->process) {
		g_free(spawn->log);
		spawn->log = g_strdup(error->message);
		g_idle_add(never_started, spawn);
		return;
	}
	spawn->timer = g_timeout_add_seconds(timeout_s, timed_out, spawn);
	g_subprocess_wait_check_async(spawn->process, NULL, exited, spawn);
}
