/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row names the arguments that its path takes; any other is refused, so that a misspelt filter
 * never shows everything. */
#include "agent/api/route.h"

#include "agent/api/view_json.h"
#include "reconcile/model/event.h"
#include "reconcile/model/finding.h"
#include "reconcile/plan/explain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	STATUS_OK = 200,
	STATUS_ACCEPTED = 202,
	STATUS_BAD = 400,
	STATUS_NOT_FOUND = 404,
	STATUS_METHOD = 405,
	STATUS_CONFLICT = 409,
	STATUS_INTERNAL = 500,
	STATUS_UNAVAILABLE = 503,
	MEMBERS_DEFAULT = 1000,
	MEMBERS_MAX = 10000,
	EVENTS_DEFAULT = 100,
	EVENTS_MAX = 1000,
	WAIT_MAX_S = 60,
	FINDINGS_SHOWN = 20, /* in the status; all are in /v1/findings */
};

/* A request that has a row. */
struct visit {
	const struct api_source *source;
	const struct api_request *request;
	const char *operand; /* the rest of the path; NULL: the row takes none */
};

struct route {
	const char *path; /* one that ends in "/" takes a name behind it */
	const char *method;
	const char *arguments[6]; /* ended by NULL */
	struct api_response *(*answer)(const struct visit *visit);
};

static struct api_response *response_new(unsigned status, const char *type, char *own_body)
{
	struct api_response *response = g_new0(struct api_response, 1);

	response->status = status;
	response->type = type;
	response->body = own_body;
	return response;
}

static struct api_response *response_json(unsigned status, json_t *own_json)
{
	char *text = json_dumps(own_json, JSON_COMPACT);
	g_autofree char *body = g_strconcat(text, "\n", NULL);

	free(text);
	json_decref(own_json);
	return response_new(status, "application/json", g_steal_pointer(&body));
}

struct api_response *api_response_new_fault(unsigned status, enum fault fault, const char *text)
{
	return response_json(status, fault_to_json(fault, text));
}

void api_response_free(struct api_response *response)
{
	if (response == NULL)
		return;
	g_free(response->body);
	g_free(response);
}

static unsigned fault_status(enum fault fault)
{
	static const unsigned statuses[] = {
		[FAULT_TRANSIENT] = STATUS_UNAVAILABLE, [FAULT_NOT_FOUND] = STATUS_NOT_FOUND,
		[FAULT_CONFLICT] = STATUS_CONFLICT,     [FAULT_EXISTS] = STATUS_CONFLICT,
		[FAULT_INVALID] = STATUS_BAD,
	};
	unsigned status = fault < G_N_ELEMENTS(statuses) ? statuses[fault] : 0;

	return status == 0 ? STATUS_INTERNAL : status;
}

static struct api_response *response_error(const GError *error)
{
	enum fault fault = error->domain == FAULT_DOMAIN ? (enum fault)error->code : FAULT_INTERNAL;

	return api_response_new_fault(fault_status(fault), fault, error->message);
}

static const char *argument_text(const struct visit *visit, const char *name)
{
	const char *text = visit->request->arguments == NULL
	                           ? NULL
	                           : g_hash_table_lookup(visit->request->arguments, name);

	return text == NULL || *text == '\0' ? NULL : text;
}

/* @ret_number keeps its value where the argument is not given. */
static bool argument_number(const struct visit *visit, const char *name, int64_t max,
                            int64_t *ret_number, GError **error)
{
	const char *text = argument_text(visit, name);
	gint64 number;

	if (text == NULL)
		return true;
	if (!g_ascii_string_to_signed(text, 10, 0, max, &number, NULL)) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID,
		            "argument \"%s\" is a whole number up to %" PRId64 ", not \"%s\"", name,
		            max, text);
		return false;
	}
	*ret_number = number;
	return true;
}

static bool argument_is(const struct visit *visit, const char *name)
{
	const char *text = argument_text(visit, name);

	return text != NULL && !g_str_equal(text, "0") && !g_str_equal(text, "false");
}

static json_t *agent_json(const struct api_source *source)
{
	struct agent_view agent = source->agent(source->data);

	return json_pack("{s:s, s:I, s:I, s:s?, s:s?, s:s?}", "version", PACKAGE_VERSION, "pid",
	                 (json_int_t)getpid(), "started_at_ms", (json_int_t)agent.started_at_ms,
	                 "manifests", agent.manifests_dir, "state", agent.state_dir, "following",
	                 agent.following);
}

static bool page_read(const struct visit *visit, struct member_page *ret_page, GError **error)
{
	int64_t limit = MEMBERS_DEFAULT;

	if (!argument_number(visit, "limit", MEMBERS_MAX, &limit, error))
		return false;
	ret_page->after = argument_text(visit, "after");
	ret_page->limit = (size_t)MAX(limit, 1);
	return true;
}

/* One more than the page holds, to see whether there is another. */
static void page_ask(const struct member_page *page, struct view_options *options)
{
	options->after = page->after;
	options->members_max = page->limit + 1;
}

static struct api_response *deployment_missing(const char *name)
{
	g_autofree char *text = g_strdup_printf("no deployment \"%s\"", name);

	return api_response_new_fault(STATUS_NOT_FOUND, FAULT_NOT_FOUND, text);
}

static struct api_response *answer_status(const struct visit *visit)
{
	const struct api_source *source = visit->source;
	const GPtrArray *findings = source->findings(source->data);
	struct view_options options = { .deployment = argument_text(visit, "deployment"),
		                        .with_members = argument_is(visit, "members") };
	struct member_page page;
	g_autoptr(GError) error = NULL;

	if (!page_read(visit, &page, &error))
		return response_error(error);
	page_ask(&page, &options);
	autoptr(view) view = source->view(&options, source->data);
	if (options.deployment != NULL && view->deployments->len == 0)
		return deployment_missing(options.deployment);
	json_t *json = view_to_json(view, options.with_members ? &page : NULL);
	json_object_set_new(json, "agent", agent_json(source));
	json_object_set_new(json, "findings", findings_to_json(findings, FINDINGS_SHOWN));
	json_object_set_new(json, "findings_count", json_integer(findings->len));
	return response_json(STATUS_OK, json);
}

static struct api_response *answer_deployment(const struct visit *visit)
{
	struct view_options options = { .deployment = visit->operand, .with_members = true };
	struct member_page page;
	g_autoptr(GError) error = NULL;

	if (!page_read(visit, &page, &error))
		return response_error(error);
	page_ask(&page, &options);
	autoptr(view) view = visit->source->view(&options, visit->source->data);
	if (view->deployments->len == 0)
		return deployment_missing(visit->operand);
	json_t *json = view_to_json(view, &page);
	json_t *deployment = json_array_get(json_object_get(json, "deployments"), 0);
	json_object_set(deployment, "next", json_object_get(json, "next"));
	json_object_set(deployment, "at_ms", json_object_get(json, "at_ms"));
	json_incref(deployment);
	json_decref(json);
	return response_json(STATUS_OK, deployment);
}

static struct api_response *answer_clouds(const struct visit *visit)
{
	struct view_options options = { 0 };
	autoptr(view) view = visit->source->view(&options, visit->source->data);

	return response_json(STATUS_OK, json_pack("{s:I, s:o}", "at_ms", (json_int_t)view->at_ms,
	                                          "clouds", view_clouds_to_json(view)));
}

static struct api_response *plan_text(const struct visit *visit, GPtrArray *plans)
{
	int64_t width = 0;
	g_autoptr(GError) error = NULL;

	if (!argument_number(visit, "width", 1000, &width, &error))
		return response_error(error);
	struct explain_options options = { .in_colour = argument_is(visit, "colour"),
		                           .with_holds = true,
		                           .width = (unsigned)width,
		                           .now_ms = visit->source->now_ms(visit->source->data) };
	return response_new(STATUS_OK, "text/plain; charset=utf-8", explain_text(plans, &options));
}

static struct api_response *answer_plan(const struct visit *visit)
{
	const char *deployment = argument_text(visit, "deployment");
	g_autoptr(GPtrArray) plans = visit->source->plans(deployment, visit->source->data);

	if (argument_is(visit, "text"))
		return plan_text(visit, plans);
	return response_new(STATUS_OK, "application/json", explain_json(plans));
}

/* The newest id that the reader has now seen: where it goes on. */
static int64_t events_last(const GPtrArray *events, int64_t after)
{
	const struct event *last =
		events->len == 0 ? NULL : g_ptr_array_index(events, events->len - 1);

	return last == NULL ? MAX(after, 0) : last->id;
}

static struct api_response *answer_events(const struct visit *visit)
{
	struct event_query query = { .after = -1, .subject = argument_text(visit, "subject") };
	int64_t limit = EVENTS_DEFAULT, wait_s = 0;
	g_autoptr(GError) error = NULL;

	if (!argument_number(visit, "after", INT64_MAX, &query.after, &error) ||
	    !argument_number(visit, "limit", EVENTS_MAX, &limit, &error) ||
	    !argument_number(visit, "wait", WAIT_MAX_S, &wait_s, &error))
		return response_error(error);
	query.limit = (unsigned)MAX(limit, 1);
	g_autoptr(GPtrArray) events = visit->source->events(&query, visit->source->data, &error);
	if (events == NULL)
		return response_error(error);
	if (events->len == 0 && wait_s > 0 && !visit->request->is_late) {
		struct api_response *response = response_new(0, NULL, NULL);
		response->wait_ms = wait_s * 1000;
		return response;
	}
	return response_json(STATUS_OK,
	                     json_pack("{s:o, s:I}", "events", events_to_json(events), "last",
	                               (json_int_t)events_last(events, query.after)));
}

static struct api_response *answer_findings(const struct visit *visit)
{
	const GPtrArray *findings = visit->source->findings(visit->source->data);

	return response_json(STATUS_OK,
	                     json_pack("{s:o}", "findings", findings_to_json(findings, SIZE_MAX)));
}

static struct api_response *answer_version(const struct visit *visit G_GNUC_UNUSED)
{
	return response_json(STATUS_OK, json_pack("{s:s, s:s, s:s}", "name", PACKAGE_NAME,
	                                          "version", PACKAGE_VERSION, "api", "v1"));
}

static struct api_response *answer_reload(const struct visit *visit)
{
	visit->source->reload(visit->source->data);
	return response_json(STATUS_ACCEPTED, json_pack("{s:b}", "reloading", 1));
}

static const struct route routes[] = {
	{ "/v1/status", "GET", { "deployment", "members", "after", "limit" }, answer_status },
	{ "/v1/deployments/", "GET", { "after", "limit" }, answer_deployment },
	{ "/v1/clouds", "GET", { NULL }, answer_clouds },
	{ "/v1/plan", "GET", { "deployment", "text", "colour", "width" }, answer_plan },
	{ "/v1/events", "GET", { "after", "subject", "limit", "wait" }, answer_events },
	{ "/v1/findings", "GET", { NULL }, answer_findings },
	{ "/v1/version", "GET", { NULL }, answer_version },
	{ "/v1/reload", "POST", { NULL }, answer_reload },
};

static const struct route *route_find(const char *path, const char **ret_operand)
{
	for (size_t i = 0; i < G_N_ELEMENTS(routes); i++) {
		size_t len = strlen(routes[i].path);
		bool takes_name = routes[i].path[len - 1] == '/';

		if (takes_name && strncmp(path, routes[i].path, len) == 0 && path[len] != '\0') {
			*ret_operand = path + len;
			return &routes[i];
		}
		if (g_str_equal(path, routes[i].path) && !takes_name)
			return &routes[i];
	}
	return NULL;
}

static struct api_response *route_missing(const char *path)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new();

	for (size_t i = 0; i < G_N_ELEMENTS(routes); i++)
		g_ptr_array_add(paths, (char *)routes[i].path);
	g_ptr_array_add(paths, NULL);
	const char *nearest = finding_nearest(path, (const char *const *)paths->pdata);
	g_autofree char *text =
		nearest == NULL
			? g_strdup_printf("no path \"%s\"", path)
			: g_strdup_printf("no path \"%s\"; did you mean \"%s\"?", path, nearest);
	return api_response_new_fault(STATUS_NOT_FOUND, FAULT_NOT_FOUND, text);
}

static struct api_response *arguments_refuse(const struct route *route,
                                             const struct api_request *request)
{
	GHashTableIter iter;
	void *name;

	if (request->arguments == NULL)
		return NULL;
	g_hash_table_iter_init(&iter, request->arguments);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		if (!g_strv_contains(route->arguments, name)) {
			g_autofree char *text = g_strdup_printf("%s takes no argument \"%s\"",
			                                        route->path, (char *)name);
			return api_response_new_fault(STATUS_BAD, FAULT_INVALID, text);
		}
	}
	return NULL;
}

struct api_response *route_answer(const struct api_source *source,
                                  const struct api_request *request)
{
	struct visit visit = { source, request, NULL };
	const struct route *route = route_find(request->path, &visit.operand);

	if (route == NULL)
		return route_missing(request->path);
	bool is_head = g_str_equal(request->method, "HEAD") && g_str_equal(route->method, "GET");
	if (!g_str_equal(request->method, route->method) && !is_head) {
		g_autofree char *text = g_strdup_printf("%s takes %s, not %s", route->path,
		                                        route->method, request->method);
		struct api_response *response =
			api_response_new_fault(STATUS_METHOD, FAULT_UNSUPPORTED, text);
		response->allow = route->method;
		return response;
	}
	struct api_response *refusal = arguments_refuse(route, request);
	return refusal != NULL ? refusal : route->answer(&visit);
}
