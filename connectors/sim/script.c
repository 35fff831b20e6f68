/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The script of a world: parsed once, each line on the agenda.
 */
#include "connectors/sim/script.h"

#include "connectors/sim/inside.h"
#include "reconcile/model/quantity.h"

#include <string.h>

struct script_verb {
	const char *name;
	unsigned words;
	/* One of these: a meddling verb on an instance, a setting, or what it does itself. */
	bool (*meddle)(struct sim_world *world, const char *target);
	const char *setting;
	void (*run)(struct sim_world *world, char *const *words);
};

/* A member of the world by lot, where a line says "random". */
static const char *target_draw(struct sim_world *world)
{
	uint64_t skip = lot_below(&world->lives, world->present);
	size_t cursor = 0;
	const struct vm *vm;

	while ((vm = world_next(world, &cursor)))
		if (skip-- == 0)
			return vm->truth->id;
	return NULL;
}

static const char *target_find(struct sim_world *world, const char *word)
{
	return g_str_equal(word, "random") ? target_draw(world) : word;
}

static void run_outage(struct sim_world *world, char *const *words)
{
	int64_t ms = 0;

	if (quantity_parse_duration(words[0], &ms, NULL))
		world->outage_until_ms = world->now_ms + ms;
}

static void run_calm(struct sim_world *world, char *const *words)
{
	(void)words;
	sim_world_calm(world);
}

static void run_set(struct sim_world *world, char *const *words)
{
	sim_world_set(world, words[0], words[1], NULL);
}

static void run_foreign(struct sim_world *world, char *const *words)
{
	sim_world_create_foreign(world, words[0], NULL);
}

static void run_rename(struct sim_world *world, char *const *words)
{
	const char *target = target_find(world, words[0]);

	if (target)
		sim_world_rename(world, target, words[1]);
}

static void run_resize(struct sim_world *world, char *const *words)
{
	const char *target = target_find(world, words[0]);
	const struct size *size = sim_settings_find_size(&world->settings, words[1]);

	if (target && size)
		sim_world_resize(world, target, size);
}

static const struct script_verb verbs[] = {
	{ "kill", 1, sim_world_kill, NULL, NULL },     { "fail", 1, sim_world_fail, NULL, NULL },
	{ "vanish", 1, sim_world_vanish, NULL, NULL }, { "stop", 1, sim_world_stop, NULL, NULL },
	{ "start", 1, sim_world_start, NULL, NULL },   { "rename", 2, NULL, NULL, run_rename },
	{ "resize", 2, NULL, NULL, run_resize },       { "foreign", 1, NULL, NULL, run_foreign },
	{ "quota", 1, NULL, "quotaInstances", NULL },  { "capacity", 1, NULL, "capacity", NULL },
	{ "outage", 1, NULL, NULL, run_outage },       { "set", 2, NULL, NULL, run_set },
	{ "calm", 0, NULL, NULL, run_calm },
};

static void script_line_clear(void *data)
{
	struct script_line *line = data;

	for (size_t i = 0; i < SCRIPT_WORDS; i++)
		g_free(line->words[i]);
}

static const struct script_verb *verb_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (g_str_equal(name, verbs[i].name))
			return &verbs[i];
	return NULL;
}

/* A value that the line would set is tried on settings of its own. */
static bool value_check(const struct script_verb *verb, char *const *words, GError **error)
{
	struct sim_settings scratch;
	int64_t ms = 0;
	bool is_good = true;

	sim_settings_init(&scratch);
	if (verb->setting)
		is_good = sim_settings_set(&scratch, verb->setting, words[0], error);
	else if (verb->run == run_set)
		is_good = sim_settings_set(&scratch, words[0], words[1], error);
	else if (verb->run == run_outage)
		is_good = quantity_parse_duration(words[0], &ms, error);
	sim_settings_clear(&scratch);
	return is_good;
}

static bool time_parse(char *const *words, struct script_line *line, GError **error)
{
	bool is_every = g_str_equal(words[0], "every");

	if (!is_every && !g_str_equal(words[0], "at")) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "it begins with at or every");
		return false;
	}
	if (!quantity_parse_duration(words[1], &line->at_ms, error))
		return false;
	line->every_ms = is_every ? line->at_ms : 0;
	if (!is_every || line->at_ms > 0)
		return true;
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "every needs a time above 0");
	return false;
}

/* Words: at TIME VERB WORD… */
static bool line_parse(char *const *words, struct script_line *line, GError **error)
{
	unsigned len = g_strv_length((char **)words);

	if (len < 3) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
		            "it is not of the form at TIME VERB");
		return false;
	}
	if (!time_parse(words, line, error))
		return false;
	line->verb = verb_find(words[2]);
	if (!line->verb) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "unknown verb \"%s\"", words[2]);
		return false;
	}
	if (len != 3 + line->verb->words) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "\"%s\" takes %u words", words[2],
		            line->verb->words);
		return false;
	}
	return value_check(line->verb, words + 3, error);
}

static char **words_split(const char *text)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) parts = g_strsplit_set(text, " \t\r", -1);

	for (size_t i = 0; parts[i] && parts[i][0] != '#'; i++)
		if (parts[i][0])
			g_ptr_array_add(words, g_strdup(parts[i]));
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_steal(words, NULL);
}

GArray *script_parse(const char *text, GError **error)
{
	g_autoptr(GArray) script = g_array_new(false, true, sizeof(struct script_line));
	g_auto(GStrv) lines = g_strsplit_set(text, "\n;", -1);

	g_array_set_clear_func(script, script_line_clear);
	for (size_t i = 0; lines[i]; i++) {
		g_auto(GStrv) words = words_split(lines[i]);
		struct script_line line = { 0 };

		if (!words[0])
			continue;
		if (!line_parse(words, &line, error)) {
			g_prefix_error(error, "setting \"script\": line %zu: ", i + 1);
			return NULL;
		}
		for (unsigned w = 0; w < line.verb->words; w++)
			line.words[w] = g_strdup(words[3 + w]);
		g_array_append_val(script, line);
	}
	return g_steal_pointer(&script);
}

void script_begin(struct sim_world *world)
{
	for (unsigned i = 0; i < world->script->len; i++) {
		const struct script_line *line =
			&g_array_index(world->script, struct script_line, i);

		agenda_add(&world->agenda, (struct due){ .at_ms = world->origin_ms + line->at_ms,
		                                         .kind = DUE_SCRIPT,
		                                         .serial = i });
	}
}

void script_run(struct sim_world *world, uint64_t index)
{
	const struct script_line *line = &g_array_index(world->script, struct script_line, index);
	const struct script_verb *verb = line->verb;

	if (line->every_ms)
		agenda_add(&world->agenda, (struct due){ .at_ms = world->now_ms + line->every_ms,
		                                         .kind = DUE_SCRIPT,
		                                         .serial = index });
	if (verb->meddle) {
		const char *target = target_find(world, line->words[0]);

		if (target)
			verb->meddle(world, target);
	} else if (verb->setting) {
		sim_world_set(world, verb->setting, line->words[0], NULL);
	} else {
		verb->run(world, line->words);
	}
}
