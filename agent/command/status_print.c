/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each line of a table has one state, the worst that applies; the rows of these states are also
 * their order. */
#include "agent/command/status_print.h"

#include "agent/command/document.h"
#include "agent/output/age.h"
#include "agent/output/table.h"

#include <inttypes.h>
#include <string.h>

struct state_row {
	const char *word;
	enum style style;
	const char *count; /* the member whose number decides it; NULL: a flag or a time */
	const char *flag;
};

/* The first that applies; a deployment that none applies to is converged or about to change. */
static const struct state_row deployment_states[] = {
	{ "failing", STYLE_BAD, "failing", NULL },
	{ "missing", STYLE_BAD, "missing_until_ms", NULL },
	{ "changing", STYLE_WARN, "under_way", NULL },
	{ "held", STYLE_WARN, "held", NULL },
	{ "unknown", STYLE_WARN, NULL, "unknown" },
	{ "removed", STYLE_DIM, NULL, "absent" },
	{ "converged", STYLE_GOOD, NULL, "converged" },
	{ "pending", STYLE_WARN, NULL, NULL },
};

static size_t deployment_state(const json_t *deployment)
{
	for (size_t i = 0; i + 1 < G_N_ELEMENTS(deployment_states); i++) {
		const struct state_row *row = &deployment_states[i];

		if ((row->count != NULL && document_number(deployment, row->count) > 0) ||
		    (row->flag != NULL && document_is(deployment, row->flag)))
			return i;
	}
	return G_N_ELEMENTS(deployment_states) - 1;
}

static int deployment_order(const void *a, const void *b)
{
	const json_t *x = *(const json_t *const *)a, *y = *(const json_t *const *)b;
	size_t x_state = deployment_state(x), y_state = deployment_state(y);

	if (x_state != y_state)
		return x_state < y_state ? -1 : 1;
	return strcmp(document_text(x, "name", ""), document_text(y, "name", ""));
}

/* "text, in 40s"; the countdown only where the text does not say it already. */
static char *countdown_text(const char *text, int64_t until_ms, int64_t now_ms)
{
	if (until_ms == 0 || strstr(text, " in ") != NULL)
		return g_strdup(text);
	g_autofree char *until = age_until(until_ms, now_ms);
	return g_strconcat(text, *text == '\0' ? "" : ", ", until, NULL);
}

static char *deployment_note(const json_t *deployment, int64_t now_ms)
{
	int64_t missing_until_ms = document_number(deployment, "missing_until_ms");

	if (missing_until_ms > 0) {
		g_autofree char *until = age_until(missing_until_ms, now_ms);
		return g_strconcat("its manifest is gone; removal ", until, NULL);
	}
	if (document_is(deployment, "stale")) {
		return g_strdup_printf("last good version in force: %s",
		                       document_text(deployment, "why_stale", "manifest is bad"));
	}
	return countdown_text(document_text(deployment, "note", ""),
	                      document_number(deployment, "note_until_ms"), now_ms);
}

static void count_add(struct table *table, enum style style, int64_t count)
{
	if (count == 0)
		table_add(table, STYLE_PLAIN, NULL);
	else
		table_addf(table, style, "%" PRId64, count);
}

static void deployment_add(struct table *table, const json_t *deployment, int64_t now_ms)
{
	const struct state_row *state = &deployment_states[deployment_state(deployment)];
	int64_t ready = document_number(deployment, "ready");
	int64_t desired = document_number(deployment, "desired");
	g_autofree char *commit = g_strndup(document_text(deployment, "commit", ""), 7);
	g_autofree char *note = deployment_note(deployment, now_ms);

	table_add(table, STYLE_PLAIN, document_text(deployment, "name", "?"));
	if (document_number(deployment, "missing_until_ms") > 0) {
		/* Nothing is desired of it; what counts is what is still there. */
		table_addf(table, STYLE_WARN, "%" PRId64 " left",
		           document_number(deployment, "present"));
	} else if (document_is(deployment, "unknown")) {
		table_addf(table, STYLE_PLAIN, "?/%" PRId64, desired);
	} else {
		table_addf(table, ready < desired ? STYLE_WARN : STYLE_PLAIN,
		           "%" PRId64 "/%" PRId64, ready, desired);
	}
	table_add(table, state->style, state->word);
	count_add(table, STYLE_PLAIN, document_number(deployment, "under_way"));
	count_add(table, STYLE_WARN, document_number(deployment, "held"));
	count_add(table, STYLE_BAD, document_number(deployment, "failing"));
	table_add(table, STYLE_DIM, commit);
	table_add(table, document_is(deployment, "stale") ? STYLE_BAD : STYLE_PLAIN, note);
}

static const char *const deployment_headings[] = {
	"DEPLOYMENT", ">READY", "STATE", ">UNDER WAY", ">HELD", ">FAILING", "COMMIT", "NOTE", NULL,
};

static void deployments_print(const json_t *deployments, int64_t now_ms,
                              const struct status_options *options, GString *out)
{
	autoptr(table) table = table_new(deployment_headings);
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();
	json_t *deployment;
	size_t i;

	json_array_foreach(deployments, i, deployment)
	{
		g_ptr_array_add(sorted, deployment);
	}
	g_ptr_array_sort(sorted, deployment_order);
	for (guint j = 0; j < sorted->len; j++)
		deployment_add(table, g_ptr_array_index(sorted, j), now_ms);
	if (sorted->len == 0)
		g_string_append(out, "No deployments.\n");
	table_print(table, out, 0, options->in_colour, options->width);
}

static const char *const cloud_headings[] = {
	"CLOUD",      "CONNECTOR", "STATE", ">INSTANCES", ">ORPHANS",
	">IN FLIGHT", "LISTED",    "NOTE",  NULL,
};

static void cloud_add(struct table *table, const json_t *cloud, int64_t now_ms)
{
	bool is_up = document_is(cloud, "up");
	int64_t listed_at_ms = document_number(cloud, "listed_at_ms");
	const char *fault = document_text(cloud, "fault", "");
	const char *text = document_text(cloud, "text", "");
	g_autofree char *age = age_text(now_ms - listed_at_ms);
	g_autofree char *note =
		g_strconcat(fault, *fault == '\0' || *text == '\0' ? "" : ": ", text, NULL);

	table_add(table, STYLE_PLAIN, document_text(cloud, "name", "?"));
	table_add(table, STYLE_PLAIN, document_text(cloud, "connector", NULL));
	if (is_up && *fault != '\0')
		table_add(table, STYLE_BAD, "lists fail");
	else
		table_add(table, is_up ? STYLE_GOOD : STYLE_BAD, is_up ? "up" : "down");
	table_addf(table, STYLE_PLAIN, "%" PRId64, document_number(cloud, "instances"));
	count_add(table, STYLE_WARN, document_number(cloud, "orphans"));
	count_add(table, STYLE_PLAIN, document_number(cloud, "in_flight"));
	if (listed_at_ms == 0)
		table_add(table, STYLE_WARN, "never");
	else
		table_addf(table, STYLE_PLAIN, "%s ago", age);
	table_add(table, *note == '\0' ? STYLE_PLAIN : STYLE_BAD, note);
}

static void clouds_print(const json_t *clouds, int64_t now_ms, const struct status_options *options,
                         GString *out)
{
	autoptr(table) table = table_new(cloud_headings);
	json_t *cloud;
	size_t i;

	/* Those that are down first. */
	for (int wanted_up = 0; wanted_up <= 1; wanted_up++) {
		json_array_foreach(clouds, i, cloud)
		{
			if (document_is(cloud, "up") == (wanted_up == 1))
				cloud_add(table, cloud, now_ms);
		}
	}
	g_string_append(out, table_rows(table) == 0 ? "" : "\n");
	table_print(table, out, 0, options->in_colour, options->width);
}

static const char *const member_headings[] = {
	"MEMBER", "STATE", "READY", "SIZE", "CLOUD", "ADDRESS", "AGE", "NOTE", NULL,
};

static char *member_note(const json_t *member, int64_t now_ms)
{
	const char *hold = document_text(member, "hold", NULL);
	const char *doing = document_text(member, "doing", NULL);

	if (doing != NULL)
		return g_strdup_printf("%s under way", doing);
	if (hold != NULL)
		return countdown_text(hold, document_number(member, "hold_until_ms"), now_ms);
	return g_strdup(document_is(member, "desired") ? "" : "not desired");
}

static void member_add(struct table *table, const json_t *member, int64_t now_ms)
{
	bool is_known = !json_is_null(json_object_get(member, "ready"));
	const char *state = document_text(member, "state", is_known ? "none" : "unknown");
	bool is_ready = document_is(member, "ready");
	int64_t since_ms = document_number(member, "since_ms");
	g_autofree char *age = since_ms == 0 ? NULL : age_text(now_ms - since_ms);
	g_autofree char *note = member_note(member, now_ms);

	table_add(table, STYLE_PLAIN, document_text(member, "key", "?"));
	table_add(table, g_str_equal(state, "running") ? STYLE_PLAIN : STYLE_WARN, state);
	table_add(table, is_ready ? STYLE_GOOD : STYLE_WARN,
	          is_ready   ? "yes"
	          : is_known ? "no"
	                     : "?");
	table_add(table, STYLE_PLAIN, document_text(member, "size", NULL));
	table_add(table, STYLE_PLAIN, document_text(member, "cloud", NULL));
	table_add(table, STYLE_PLAIN, document_text(member, "address", NULL));
	table_add(table, STYLE_PLAIN, age);
	table_add(table, STYLE_PLAIN, note);
}

static void members_print(const json_t *deployments, int64_t now_ms,
                          const struct status_options *options, GString *out)
{
	autoptr(table) table = table_new(member_headings);
	json_t *deployment, *member;
	size_t i, j;

	json_array_foreach(deployments, i, deployment)
	{
		json_array_foreach(json_object_get(deployment, "members"), j, member)
		{
			member_add(table, member, now_ms);
		}
	}
	g_string_append(out, table_rows(table) == 0 ? "" : "\n");
	table_print(table, out, 0, options->in_colour, options->width);
}

static void agent_print(const json_t *status, const struct status_options *options, GString *out)
{
	const json_t *agent = json_object_get(status, "agent");
	int64_t up_ms = document_number(status, "at_ms") - document_number(agent, "started_at_ms");
	g_autofree char *up = age_text(up_ms);
	g_autofree char *commit = g_strndup(document_text(status, "commit", ""), 7);

	if (!json_is_object(agent)) {
		terminal_append(out, STYLE_BAD, "No agent runs", options->in_colour);
		g_string_append_printf(out, " on %s; this is what it last knew.\n\n",
		                       document_text(status, "state", "?"));
		return;
	}
	terminal_append(out, STYLE_BOLD, "muster agent", options->in_colour);
	g_string_append_printf(out, " %s, pid %" PRId64 ", up %s, on %s%s%s",
	                       document_text(agent, "version", "?"), document_number(agent, "pid"),
	                       up, document_text(agent, "manifests", "?"),
	                       *commit == '\0' ? "" : " at ", commit);
	const char *following = document_text(agent, "following", NULL);
	g_string_append_printf(out, "%s%s%s\n", following == NULL ? "" : ", ",
	                       following == NULL ? "" : following,
	                       document_is(status, "observing") ? ", only observing" : "");
}

static void warning_print(GString *out, const struct status_options *options, const char *text)
{
	g_autofree char *clean = terminal_clean(text);

	terminal_append(out, STYLE_BAD, "! ", options->in_colour);
	g_string_append_printf(out, "%s\n", clean);
}

static void findings_print(const json_t *status, const struct status_options *options, GString *out)
{
	enum {
		SHOWN = 3
	};
	const json_t *findings = json_object_get(status, "findings");
	int64_t count = document_number(status, "findings_count");
	json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding)
	{
		if (i == SHOWN)
			break;
		g_autofree char *text = document_finding(finding);
		warning_print(out, options, text);
	}
	if (count > SHOWN) {
		g_autofree char *text = g_strdup_printf(
			"… and %" PRId64 " more: muster validate %s", count - SHOWN,
			document_text(json_object_get(status, "agent"), "manifests", "DIR"));
		warning_print(out, options, text);
	}
}

static void gone_print(const json_t *clouds, const struct status_options *options, GString *out)
{
	json_t *cloud;
	size_t i;

	json_array_foreach(clouds, i, cloud)
	{
		int64_t instances = document_number(cloud, "instances");

		if (!document_is(cloud, "gone"))
			continue;
		g_autofree char *count = g_strdup_printf("still has %" PRId64 " instance%s",
		                                         instances, instances == 1 ? "" : "s");
		g_autofree char *text = g_strdup_printf(
			"cloud %s is gone from the manifests but %s: its last settings are used",
			document_text(cloud, "name", "?"),
			instances > 0 ? count : "may still have something of ours");
		warning_print(out, options, text);
	}
}

void status_print(const json_t *status, const struct status_options *options, GString *out)
{
	const json_t *deployments = json_object_get(status, "deployments");
	int64_t now_ms = document_number(status, "at_ms");

	agent_print(status, options, out);
	if (json_is_false(json_object_get(status, "acting"))) {
		g_autofree char *text =
			g_strdup_printf("not acting: %s", document_text(status, "why_not", "?"));
		warning_print(out, options, text);
	}
	findings_print(status, options, out);
	gone_print(json_object_get(status, "clouds"), options, out);
	g_string_append(out, json_is_object(json_object_get(status, "agent")) ? "\n" : "");
	deployments_print(deployments, now_ms, options, out);
	clouds_print(json_object_get(status, "clouds"), now_ms, options, out);
	members_print(deployments, now_ms, options, out);
}
