/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people see of a status: wrong things first, reasons and countdowns, nothing that moves the
 * cursor. */
#include "agent/command/status_print.h"

#include <string.h>

struct print_case {
	const char *name;
	const char *status;
	const char *text; /* whole */
};

#define AGENT                                                                                \
	"\"agent\":{\"version\":\"1.0\",\"pid\":7,\"started_at_ms\":0,\"manifests\":\"/m\"," \
	"\"following\":\"watching\"},\"at_ms\":65000,\"acting\":true,"

static const struct print_case cases[] = {
	{ "empty", "{" AGENT "\"deployments\":[],\"clouds\":[]}",
	  "muster agent 1.0, pid 7, up 1m5s, on /m, watching\n\nNo deployments.\n" },
	{ "alone", "{\"agent\":null,\"state\":\"/s\",\"at_ms\":0,\"deployments\":[],\"clouds\":[]}",
	  "No agent runs on /s; this is what it last knew.\n\nNo deployments.\n" },
	{ "wrong-first",
	  "{" AGENT "\"deployments\":["
	  "{\"name\":\"a\",\"ready\":2,\"desired\":2,\"converged\":true},"
	  "{\"name\":\"b\",\"ready\":1,\"desired\":2,\"held\":1,\"note\":\"waits for b/db\"},"
	  "{\"name\":\"c\",\"ready\":0,\"desired\":1,\"failing\":1,\"note\":\"quota\","
	  "\"note_until_ms\":105000}],\"clouds\":[]}",
	  "muster agent 1.0, pid 7, up 1m5s, on /m, watching\n\n"
	  "DEPLOYMENT   READY   STATE       HELD   FAILING   NOTE\n"
	  "c              0/1   failing                  1   quota, in 40s\n"
	  "b              1/2   held           1             waits for b/db\n"
	  "a              2/2   converged\n" },
	{ "missing",
	  "{" AGENT "\"deployments\":[{\"name\":\"a\",\"ready\":0,\"desired\":0,"
	  "\"present\":3,\"missing_until_ms\":665000}],\"clouds\":[]}",
	  "muster agent 1.0, pid 7, up 1m5s, on /m, watching\n\n"
	  "DEPLOYMENT    READY   STATE     NOTE\n"
	  "a            3 left   missing   its manifest is gone; removal in 10m\n" },
	{ "stale",
	  "{" AGENT "\"deployments\":[{\"name\":\"a\",\"ready\":1,\"desired\":1,"
	  "\"converged\":true,\"stale\":true,\"why_stale\":\"a.yaml:3:1: bad\"}],\"clouds\":[],"
	  "\"findings_count\":5,\"findings\":[{\"place\":{\"file\":\"a.yaml\",\"line\":3,"
	  "\"column\":1},\"text\":\"bad \\u001b[2J\"}]}",
	  "muster agent 1.0, pid 7, up 1m5s, on /m, watching\n"
	  "! a.yaml:3:1: bad ?[2J\n"
	  "! … and 2 more: muster validate /m\n\n"
	  "DEPLOYMENT   READY   STATE       NOTE\n"
	  "a              1/1   converged   last good version in force: a.yaml:3:1: bad\n" },
	{ "gone-cloud",
	  "{" AGENT "\"deployments\":[],\"clouds\":[{\"name\":\"lab\",\"connector\":\"sim\","
	  "\"up\":true,\"gone\":true,\"instances\":3,\"listed_at_ms\":64000}]}",
	  "muster agent 1.0, pid 7, up 1m5s, on /m, watching\n"
	  "! cloud lab is gone from the manifests but still has 3 instances: its last settings "
	  "are used\n\n"
	  "No deployments.\n\n"
	  "CLOUD   CONNECTOR   STATE   INSTANCES   LISTED\n"
	  "lab     sim         up              3   1s ago\n" },
	{ "findings-without-place",
	  "{" AGENT
	  "\"deployments\":[],\"clouds\":[],\"findings\":[{\"place\":{\"file\":\"f.yaml\","
	  "\"line\":0,\"column\":0},\"text\":\"is a fifo\"},{\"place\":null,\"text\":\"gone\"}]}",
	  "muster agent 1.0, pid 7, up 1m5s, on /m, watching\n! f.yaml: is a fifo\n! gone\n\n"
	  "No deployments.\n" },
	{ "not-acting",
	  "{\"agent\":{\"version\":\"1.0\",\"pid\":7,\"started_at_ms\":0,\"manifests\":\"/m\"},"
	  "\"at_ms\":65000,\"acting\":false,\"why_not\":\"the disk is full\","
	  "\"observing\":true,\"commit\":\"0123456789\",\"deployments\":[],\"clouds\":[]}",
	  "muster agent 1.0, pid 7, up 1m5s, on /m at 0123456, only observing\n"
	  "! not acting: the disk is full\n\nNo deployments.\n" },
	{ "clouds",
	  "{" AGENT "\"deployments\":[],\"clouds\":["
	  "{\"name\":\"good\",\"connector\":\"sim\",\"up\":true,\"instances\":3,"
	  "\"listed_at_ms\":63000},"
	  "{\"name\":\"far\",\"connector\":\"qemu\",\"up\":false,\"fault\":\"auth\","
	  "\"text\":\"password refused\",\"instances\":0,\"listed_at_ms\":0}]}",
	  "muster agent 1.0, pid 7, up 1m5s, on /m, watching\n\nNo deployments.\n\n"
	  "CLOUD   CONNECTOR   STATE   INSTANCES   LISTED   NOTE\n"
	  "far     qemu        down            0   never    auth: password refused\n"
	  "good    sim         up              3   2s ago\n" },
	{ "members",
	  "{" AGENT "\"deployments\":[{\"name\":\"a\",\"ready\":1,\"desired\":2,\"held\":1,"
	  "\"members\":[{\"key\":\"a/web/1\",\"state\":\"running\",\"ready\":true,"
	  "\"desired\":true,\"size\":\"small\",\"cloud\":\"lab\",\"address\":\"10.0.0.1\","
	  "\"since_ms\":5000},{\"key\":\"a/web/2\",\"ready\":false,\"desired\":true,"
	  "\"cloud\":\"lab\",\"hold\":\"next attempt in 40s: quota\","
	  "\"hold_until_ms\":105000},{\"key\":\"a/web/3\",\"ready\":false,\"doing\":\"create\"},"
	  "{\"key\":\"a/web/4\",\"desired\":false}]}],\"clouds\":[]}",
	  "muster agent 1.0, pid 7, up 1m5s, on /m, watching\n\n"
	  "DEPLOYMENT   READY   STATE   HELD\n"
	  "a              1/2   held       1\n\n"
	  "MEMBER    STATE     READY   SIZE    CLOUD   ADDRESS    AGE   NOTE\n"
	  "a/web/1   running   yes     small   lab     10.0.0.1   1m\n"
	  "a/web/2   none      no              lab                      next attempt in 40s: quota\n"
	  "a/web/3   none      no                                       create under way\n"
	  "a/web/4   none      no                                       not desired\n" },
};

static char *print(const char *status, const struct status_options *options)
{
	json_error_t where;
	json_t *json = json_loads(status, 0, &where);
	GString *out = g_string_new(NULL);

	g_assert_nonnull(json);
	status_print(json, options, out);
	json_decref(json);
	return g_string_free(out, FALSE);
}

static void check_case(const void *data)
{
	const struct print_case *row = data;
	struct status_options options = { 0 };
	g_autofree char *text = print(row->status, &options);

	g_assert_cmpstr(text, ==, row->text);
}

/* Colour adds nothing but colour. */
static void check_colour(void)
{
	struct status_options options = { .in_colour = true };

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = print(cases[i].status, &options);
		g_autoptr(GRegex) codes = g_regex_new("\033\\[[0-9;]*m", 0, 0, NULL);
		g_autofree char *plain = g_regex_replace_literal(codes, text, -1, 0, "", 0, NULL);
		g_assert_nonnull(strstr(text, "\033["));
		g_assert_cmpstr(plain, ==, cases[i].text);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/command/status/", cases[i].name, NULL);
		g_test_add_data_func(path, &cases[i], check_case);
	}
	g_test_add_func("/command/status/colour", check_colour);
	return g_test_run();
}
