/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A carrier's life, and the letters to its owner.
 */
#include "agent/daemon/carrier.h"

#include "agent/daemon/carrier_inside.h"
#include "agent/daemon/plugin_path.h"
#include "connectors/connector.h"
#include "connectors/plugin/codec.h"
#include "reconcile/manifest/settings.h"
#include "reconcile/model/finding.h"

#include <string.h>

const struct carrier_clocks carrier_clocks_usual = {
	.hello_ms = 10000,
	.open_ms = 30000,
	.credential_ms = 15000,
	.ask_ms = 30000,
	.backoff_first_ms = 1000,
	.backoff_max_ms = 300000,
	.good_life_ms = 60000,
	.grace_ms = 500,
	.window_ms = 60000,
	.notes_max = 100,
	.missed_max = 3,
	.queue_bytes = 32 << 20,
	.line_bytes = CODEC_LINE_MAX,
};

enum letter_kind {
	LETTER_UP,
	LETTER_DOWN,
	LETTER_ANSWER,
	LETTER_NOTE,
	LETTER_CHANGED,
};

struct letter {
	enum letter_kind kind;
	struct traits traits;
	enum fault fault;
	char *text;
	struct answer *answer;
};

static void letter_free(struct letter *letter)
{
	g_free(letter->text);
	answer_free(letter->answer);
	g_free(letter);
}

static void carrier_unref(struct carrier *carrier)
{
	if (--carrier->refs > 0)
		return;
	g_queue_clear_full(&carrier->letters, (GDestroyNotify)letter_free);
	cloud_unref(carrier->cloud);
	g_free(carrier->plugin_dir);
	g_free(carrier->state_dir);
	g_free(carrier->owner);
	g_free(carrier);
}

static void letter_deliver(struct carrier *carrier, struct letter *letter)
{
	const struct carrier_events *events = &carrier->events;
	const char *cloud = carrier->cloud->name;

	switch (letter->kind) {
	case LETTER_UP:
		events->up(cloud, &letter->traits, events->data);
		break;
	case LETTER_DOWN:
		events->down(cloud, letter->fault, letter->text, events->data);
		break;
	case LETTER_ANSWER:
		events->answer(cloud, g_steal_pointer(&letter->answer), events->data);
		break;
	case LETTER_NOTE:
		events->note(cloud, letter->text, events->data);
		break;
	case LETTER_CHANGED:
		events->changed(cloud, events->data);
		break;
	}
	letter_free(letter);
}

/* The letters that are there now; those posted meanwhile wait for the next turn. */
static gboolean letters_deliver(void *data)
{
	struct carrier *carrier = data;

	carrier->letters_source = 0;
	carrier->refs++;
	for (unsigned left = carrier->letters.length; left && !carrier->is_stopped; left--)
		letter_deliver(carrier, g_queue_pop_head(&carrier->letters));
	carrier_unref(carrier);
	return G_SOURCE_REMOVE;
}

static void letter_post(struct carrier *carrier, struct letter letter)
{
	g_queue_push_tail(&carrier->letters, g_memdup2(&letter, sizeof(letter)));
	if (!carrier->letters_source)
		carrier->letters_source =
			g_idle_add_full(G_PRIORITY_DEFAULT, letters_deliver, carrier, NULL);
}

void carrier_post_up(struct carrier *carrier, const struct traits *traits)
{
	letter_post(carrier, (struct letter){ .kind = LETTER_UP, .traits = *traits });
}

void carrier_post_down(struct carrier *carrier, enum fault fault, const char *text)
{
	letter_post(carrier,
	            (struct letter){ .kind = LETTER_DOWN, .fault = fault, .text = g_strdup(text) });
}

void carrier_post_answer(struct carrier *carrier, struct answer *own_answer)
{
	letter_post(carrier, (struct letter){ .kind = LETTER_ANSWER, .answer = own_answer });
}

void carrier_post_note(struct carrier *carrier, const char *text)
{
	letter_post(carrier, (struct letter){ .kind = LETTER_NOTE, .text = g_strdup(text) });
}

void carrier_post_changed(struct carrier *carrier)
{
	letter_post(carrier, (struct letter){ .kind = LETTER_CHANGED });
}

void carrier_post_fault(struct carrier *carrier, const struct ask *ask, enum fault fault,
                        const char *text, bool is_uncertain)
{
	struct answer *answer = answer_new_fault(ask->id, ask->verb, fault, text);

	answer->is_uncertain = is_uncertain && verb_is_mutating(ask->verb);
	carrier_post_answer(carrier, answer);
}

int64_t carrier_ask_ms(const struct carrier *carrier, const struct ask *ask,
                       const struct traits *traits)
{
	if (ask->deadline_ms > 0)
		return ask->deadline_ms;
	return traits->ask_deadline_ms > 0 ? traits->ask_deadline_ms : carrier->clocks.ask_ms;
}

bool carrier_settings(struct carrier *carrier, const struct setting_row *rows,
                      struct pairs **ret_settings)
{
	g_autoptr(GPtrArray) findings =
		g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
	g_autofree char *text = NULL;
	const struct finding *first;

	if (settings_check(carrier->cloud, rows, findings)) {
		*ret_settings = settings_resolve(carrier->cloud, rows);
		return true;
	}
	first = findings->len ? findings->pdata[0] : NULL;
	text = !first || !first->place.file
	               ? g_strdup(first ? first->text : "its settings are not as they should be")
	               : g_strdup_printf("%s:%u:%u: %s", first->place.file, first->place.line,
	                                 first->place.column, first->text);
	carrier_post_down(carrier, FAULT_INVALID, text);
	return false;
}

void carrier_timer_set(unsigned *source, int64_t ms, GSourceFunc function, void *data)
{
	carrier_timer_clear(source);
	*source = g_timeout_add((unsigned)CLAMP(ms, 0, G_MAXINT32), function, data);
}

void carrier_timer_clear(unsigned *source)
{
	if (*source)
		g_source_remove(*source);
	*source = 0;
}

static void link_start(struct carrier *carrier)
{
	carrier->kind = connector_find(carrier->cloud->connector) ? &link_local : &link_plugin;
	carrier->link = carrier->kind->start(carrier);
}

struct carrier *carrier_start(const struct cloud *cloud, const struct carrier_options *options,
                              const struct carrier_events *events)
{
	struct carrier *carrier = g_new0(struct carrier, 1);

	carrier->refs = 1;
	carrier->cloud = cloud_ref((struct cloud *)(uintptr_t)cloud);
	carrier->clocks = options->clocks ? *options->clocks : carrier_clocks_usual;
	carrier->events = *events;
	carrier->plugin_dir = g_strdup(options->plugin_dir);
	carrier->state_dir = g_strdup(options->state_dir);
	carrier->owner = g_strdup(options->owner);
	carrier->is_observing = options->is_observing;
	g_queue_init(&carrier->letters);
	link_start(carrier);
	return carrier;
}

static bool settings_equal(const GPtrArray *a, const GPtrArray *b)
{
	if (a->len != b->len)
		return false;
	for (unsigned i = 0; i < a->len; i++) {
		const struct setting *x = a->pdata[i], *y = b->pdata[i];

		if (!g_str_equal(x->name, y->name) || !g_str_equal(x->value, y->value))
			return false;
	}
	return true;
}

static bool credentials_equal(const GPtrArray *a, const GPtrArray *b)
{
	if (a->len != b->len)
		return false;
	for (unsigned i = 0; i < a->len; i++) {
		const struct credential *x = a->pdata[i], *y = b->pdata[i];

		if (!g_str_equal(x->name, y->name) || x->kind != y->kind ||
		    !g_strv_equal((const char *const *)x->words, (const char *const *)y->words))
			return false;
	}
	return true;
}

/* The same document again is a reload, which reads credentials anew. */
static bool is_other_in_words_only(const struct cloud *old, const struct cloud *new)
{
	return old != new &&g_str_equal(old->connector, new->connector) &&
	       settings_equal(old->settings, new->settings) &&
	       credentials_equal(old->credentials, new->credentials);
}

void carrier_replace(struct carrier *carrier, const struct cloud *cloud)
{
	struct cloud *old = carrier->cloud;

	carrier->cloud = cloud_ref((struct cloud *)(uintptr_t)cloud);
	if (!is_other_in_words_only(old, cloud)) {
		carrier->kind->stop(carrier->link, true);
		link_start(carrier);
	}
	cloud_unref(old);
}

void carrier_send(struct carrier *carrier, struct ask *own_ask)
{
	carrier->kind->send(carrier->link, own_ask);
}

void carrier_stop(struct carrier *carrier)
{
	if (!carrier)
		return;
	carrier->is_stopped = true;
	carrier->kind->stop(carrier->link, false);
	carrier_timer_clear(&carrier->letters_source);
	carrier_unref(carrier);
}

bool carrier_connector_exists(const char *name, const char *plugin_dir, char ***ret_known)
{
	g_autofree char *path = plugin_path_find(name, plugin_dir);
	g_autoptr(GPtrArray) known = NULL;

	if (ret_known) {
		known = g_ptr_array_new_with_free_func(g_free);
		for (size_t i = 0; connectors[i]; i++)
			g_ptr_array_add(known, g_strdup(connectors[i]->name));
		plugin_path_list(plugin_dir, known);
		g_ptr_array_add(known, NULL);
		*ret_known = (char **)g_ptr_array_steal(known, NULL);
	}
	return path || connector_find(name);
}
