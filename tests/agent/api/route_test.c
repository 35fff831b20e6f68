/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every path of the API, its arguments and its refusals, without a socket. */
#include "agent/api/route.h"

#include "tests/agent/api/sample.h"

#include <jansson.h>
#include <string.h>

struct route_case {
	const char *name;
	const char *method;
	const char *target; /* path and query */
	unsigned status;
	const char *has; /* a part of the body */
};

static const struct route_case cases[] = {
	{ "version", "GET", "/v1/version", 200, "\"api\":\"v1\"" },
	{ "head", "HEAD", "/v1/version", 200, "muster" },
	{ "status", "GET", "/v1/status", 200, "\"next\":null" },
	{ "status-findings", "GET", "/v1/status", 200, "\"findings_count\":1" },
	{ "status-agent", "GET", "/v1/status", 200, "\"manifests\":\"/srv/manifests\"" },
	{ "status-not-utf8", "GET", "/v1/status", 200, "password \xef\xbf\xbd refused" },
	{ "status-one", "GET", "/v1/status?deployment=blog", 200, "\"name\":\"blog\"" },
	{ "status-none", "GET", "/v1/status?deployment=nix", 404, "no deployment \\\"nix\\\"" },
	{ "status-misspelt", "GET", "/v1/status?deploymnet=x", 400, "takes no argument" },
	{ "status-limit", "GET", "/v1/status?members=1&limit=x", 400, "whole number" },
	{ "status-limit-high", "GET", "/v1/status?members=1&limit=10001", 400, "up to 10000" },
	{ "deployment", "GET", "/v1/deployments/shop", 200, "shop/web/5" },
	{ "deployment-none", "GET", "/v1/deployments/nix", 404, "not-found" },
	{ "deployment-no-name", "GET", "/v1/deployments/", 404, "no path" },
	{ "clouds", "GET", "/v1/clouds", 200, "\"fault\":\"auth\"" },
	{ "plan", "GET", "/v1/plan", 200, "{" },
	{ "plan-text", "GET", "/v1/plan?text=1", 200, NULL },
	{ "events", "GET", "/v1/events", 200, "\"last\":9" },
	{ "events-last", "GET", "/v1/events?limit=2", 200, "\"id\":8" },
	{ "events-after", "GET", "/v1/events?after=8", 200, "[{\"id\":9" },
	{ "events-none", "GET", "/v1/events?after=9", 200, "{\"events\":[],\"last\":9}" },
	{ "events-wait", "GET", "/v1/events?after=9&wait=30", 0, NULL },
	{ "events-wait-long", "GET", "/v1/events?after=9&wait=61", 400, "up to 60" },
	{ "events-no-wait", "GET", "/v1/events?after=8&wait=30", 200, "\"last\":9" },
	{ "events-negative", "GET", "/v1/events?after=-1", 400, "whole number" },
	{ "events-broken", "GET", "/v1/events?subject=broken", 503, "the store is busy" },
	{ "findings", "GET", "/v1/findings", 200, "\"source\":\"  cuont: 3\"" },
	{ "reload", "POST", "/v1/reload", 202, "reloading" },
	{ "reload-get", "GET", "/v1/reload", 405, "takes POST, not GET" },
	{ "status-post", "POST", "/v1/status", 405, "takes GET, not POST" },
	{ "root", "GET", "/", 404, "no path" },
	{ "near", "GET", "/v1/statsu", 404, "did you mean \\\"/v1/status\\\"" },
	{ "longer", "GET", "/v1/status/x", 404, "no path" },
};

static GHashTable *query_split(const char *query)
{
	GHashTable *arguments = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_auto(GStrv) words = g_strsplit(query, "&", -1);

	for (size_t i = 0; words[i] != NULL; i++) {
		g_auto(GStrv) pair = g_strsplit(words[i], "=", 2);
		g_hash_table_replace(arguments, g_strdup(pair[0]), g_strdup(pair[1]));
	}
	return arguments;
}

static struct api_response *ask(struct sample *sample, const char *method, const char *target,
                                bool is_late)
{
	g_auto(GStrv) parts = g_strsplit(target, "?", 2);
	g_autoptr(GHashTable) arguments = parts[1] == NULL ? NULL : query_split(parts[1]);
	struct api_request request = { method, parts[0], arguments, is_late };

	return route_answer(&sample->source, &request);
}

static void check_case(const void *data)
{
	const struct route_case *row = data;
	struct sample sample;

	sample_init(&sample);
	sample.events = 9;
	autoptr(api_response) response = ask(&sample, row->method, row->target, false);
	g_assert_cmpuint(response->status, ==, row->status);
	if (row->has != NULL && strstr(response->body, row->has) == NULL) {
		g_test_message("no %s in %s", row->has, response->body);
		g_test_fail();
	}
	if (row->status >= 400) {
		json_t *json = json_loads(response->body, 0, NULL);
		g_assert_true(
			json_is_string(json_object_get(json_object_get(json, "error"), "class")));
		json_decref(json);
	}
	sample_clear(&sample);
}

static void check_reload(void)
{
	struct sample sample;

	sample_init(&sample);
	autoptr(api_response) wrong = ask(&sample, "GET", "/v1/reload", false);
	g_assert_cmpstr(wrong->allow, ==, "POST");
	g_assert_cmpuint(sample.reloads, ==, 0);
	autoptr(api_response) right = ask(&sample, "POST", "/v1/reload", false);
	g_assert_cmpuint(right->status, ==, 202);
	g_assert_cmpuint(sample.reloads, ==, 1);
	sample_clear(&sample);
}

static void check_late(void)
{
	struct sample sample;

	sample_init(&sample);
	autoptr(api_response) waits = ask(&sample, "GET", "/v1/events?after=0&wait=2", false);
	g_assert_cmpuint(waits->status, ==, 0);
	g_assert_cmpint(waits->wait_ms, ==, 2000);
	autoptr(api_response) late = ask(&sample, "GET", "/v1/events?after=0&wait=2", true);
	g_assert_cmpuint(late->status, ==, 200);
	sample_clear(&sample);
}

/* All keys of the page after @after; *ret_next is the key to go on with. */
static void page_take(struct sample *sample, const char *after, unsigned limit, GPtrArray *keys,
                      char **ret_next)
{
	g_autofree char *target =
		g_strdup_printf("/v1/status?members=1&limit=%u%s%s", limit,
	                        after == NULL ? "" : "&after=", after == NULL ? "" : after);
	autoptr(api_response) response = ask(sample, "GET", target, false);
	json_t *json = json_loads(response->body, 0, NULL);
	json_t *deployment, *member;
	size_t i, j;

	json_array_foreach(json_object_get(json, "deployments"), i, deployment){
		json_array_foreach(json_object_get(deployment, "members"), j, member){
			const char *key = json_string_value(json_object_get(member, "key"));
	g_ptr_array_add(keys, g_strdup(key));
}
}
*ret_next = g_strdup(json_string_value(json_object_get(json, "next")));
json_decref(json);
}

/* Every member once, in order, whatever the page's size; 10 comes after 9. */
static void check_pages(void)
{
	static const unsigned limits[] = { 1, 2, 3, 13, 14, 1000 };
	struct sample sample;

	sample_init(&sample);
	sample.members = 12;
	for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
		g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
		char *next = NULL;
		do {
			g_autofree char *after = next;
			page_take(&sample, after, limits[i], keys, &next);
		} while (next != NULL);
		g_assert_cmpuint(keys->len, ==, 14);
		g_assert_cmpstr(keys->pdata[1], ==, "blog/web/2");
		g_assert_cmpstr(keys->pdata[11], ==, "shop/web/10");
	}
	sample_clear(&sample);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/api/route/", cases[i].name, NULL);
		g_test_add_data_func(path, &cases[i], check_case);
	}
	g_test_add_func("/api/route/reload-once", check_reload);
	g_test_add_func("/api/route/late", check_late);
	g_test_add_func("/api/route/pages", check_pages);
	return g_test_run();
}
