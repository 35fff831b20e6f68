/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A carrier on a connector program, and what it tells.
 */
#include "tests/agent/daemon/scene.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void on_up(const char *cloud, const struct traits *traits, void *data)
{
	struct told *told = data;

	(void)cloud;
	told->ups++;
	told->traits = *traits;
}

static void on_down(const char *cloud, enum fault fault, const char *text, void *data)
{
	struct told *told = data;

	(void)cloud;
	told->downs++;
	told->fault = fault;
	g_free(told->text);
	told->text = g_strdup(text);
}

static void on_answer(const char *cloud, struct answer *own_answer, void *data)
{
	(void)cloud;
	g_ptr_array_add(((struct told *)data)->answers, own_answer);
}

static void on_note(const char *cloud, const char *text, void *data)
{
	(void)cloud;
	g_ptr_array_add(((struct told *)data)->notes, g_strdup(text));
}

static void on_changed(const char *cloud, void *data)
{
	(void)cloud;
	((struct told *)data)->changes++;
}

void told_init(struct told *told)
{
	*told = (struct told){ 0 };
	told->answers = g_ptr_array_new_with_free_func((GDestroyNotify)answer_free);
	told->notes = g_ptr_array_new_with_free_func(g_free);
}

void told_clear(struct told *told)
{
	g_ptr_array_unref(told->answers);
	g_ptr_array_unref(told->notes);
	g_free(told->text);
}

struct carrier *carrier_make(const struct cloud *cloud, const char *plugin_dir,
                             const char *state_dir, const struct carrier_clocks *clocks,
                             struct told *told)
{
	return carrier_start(
		cloud,
		&(struct carrier_options){ .plugin_dir = plugin_dir,
	                                   .state_dir = state_dir,
	                                   .owner = "me",
	                                   .clocks = clocks },
		&(struct carrier_events){ on_up, on_down, on_answer, on_note, on_changed, told });
}

struct cloud *cloud_make(const char *name, const char *connector)
{
	struct cloud *cloud = cloud_new(name);

	g_free(cloud->connector);
	cloud->connector = g_strdup(connector);
	return cloud;
}

void scene_init(struct scene *scene, const char *connector, const char *plugin_dir)
{
	*scene = (struct scene){ .clocks = carrier_clocks_usual };
	scene->clocks.backoff_first_ms = 10;
	scene->clocks.grace_ms = 50;
	scene->clocks.line_bytes = 1 << 20;
	scene->clocks.queue_bytes = 1 << 18;
	scene->dir = g_dir_make_tmp("carrier-XXXXXX", NULL);
	scene->plugin_dir = g_strdup(plugin_dir ? plugin_dir : scene->dir);
	scene->cloud = cloud_make("here", connector);
	told_init(&scene->told);
}

void scene_init_hostile(struct scene *scene, const char *mode)
{
	g_autofree char *program = g_test_build_filename(G_TEST_DIST, "tests", "agent", "daemon",
	                                                 "hostile_plugin", NULL);
	g_autofree char *name = g_strconcat("muster-connector-", mode, NULL);
	g_autofree char *link = NULL;

	scene_init(scene, mode, NULL);
	link = g_build_filename(scene->dir, name, NULL);
	g_assert_cmpint(symlink(program, link), ==, 0);
}

void scene_start(struct scene *scene)
{
	scene->carrier = carrier_make(scene->cloud, scene->plugin_dir, scene->dir, &scene->clocks,
	                              &scene->told);
}

void folder_remove(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *entry = g_build_filename(path, name, NULL);

		if (g_file_test(entry, G_FILE_TEST_IS_DIR) &&
		    !g_file_test(entry, G_FILE_TEST_IS_SYMLINK))
			folder_remove(entry);
		else
			g_unlink(entry);
	}
	g_rmdir(path);
}

gboolean patience_ends(void *data)
{
	*(bool *)data = true;
	return G_SOURCE_REMOVE;
}

int scene_pid(const struct scene *scene)
{
	g_autofree char *path = g_build_filename(scene->dir, "plugins", "here", "pid", NULL);
	g_autofree char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) && *text ? atoi(text) : 0;
}

void scene_clear(struct scene *scene)
{
	int pid = scene_pid(scene);

	carrier_stop(scene->carrier);
	TURN_UNTIL(pid == 0 || (kill(pid, 0) != 0 && errno == ESRCH));
	folder_remove(scene->dir);
	g_free(scene->dir);
	g_free(scene->plugin_dir);
	cloud_unref(scene->cloud);
	told_clear(&scene->told);
}

struct ask *ask_make(uint64_t id, enum verb verb, int64_t deadline_ms)
{
	struct ask *ask = ask_new(id, verb, "here");
	struct order *order;

	ask->owner = g_strdup("me");
	ask->deadline_ms = deadline_ms;
	if (verb != VERB_CREATE) {
		ask->instance_id = verb == VERB_LIST ? NULL : g_strdup("i-1");
		return ask;
	}
	ask->size.name = g_strdup("small");
	order = g_new0(struct order, 1);
	order->key = g_strdup("a/b/1");
	order->uid = g_strdup("u1");
	order->name = g_strdup("a-b-1");
	g_ptr_array_add(ask->orders, order);
	return ask;
}

const struct answer *scene_ask(struct scene *scene, struct ask *own_ask)
{
	unsigned before = scene->told.answers->len;

	carrier_send(scene->carrier, own_ask);
	TURN_UNTIL(scene->told.answers->len > before);
	return scene->told.answers->pdata[before];
}
