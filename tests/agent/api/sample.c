/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/agent/api/sample.h"

#include "reconcile/model/event.h"
#include "reconcile/model/fault.h"
#include "reconcile/model/finding.h"
#include "reconcile/model/plan.h"

static struct agent_view sample_agent(void *data G_GNUC_UNUSED)
{
	return (struct agent_view){ "/srv/manifests", "/srv/state", "watching", 1000 };
}

static void member_view_free(void *data)
{
	struct member_view *member = data;

	g_free(member->key);
	g_free(member->hold);
	g_free(member->hold_reason);
	g_free(member);
}

static void deployment_view_free(void *data)
{
	struct deployment_view *deployment = data;

	g_clear_pointer(&deployment->members, g_ptr_array_unref);
	g_free(deployment->name);
	g_free(deployment);
}

static GPtrArray *members_make(const char *deployment, unsigned count)
{
	GPtrArray *members = g_ptr_array_new_with_free_func(member_view_free);

	for (unsigned i = 1; i <= count; i++) {
		struct member_view *member = g_new0(struct member_view, 1);
		member->key = g_strdup_printf("%s/web/%u", deployment, i);
		member->is_desired = true;
		g_ptr_array_add(members, member);
	}
	return members;
}

static void deployment_add(GPtrArray *deployments, const struct view_options *options,
                           const char *name, unsigned members)
{
	struct deployment_view *deployment;

	if (options->deployment != NULL && !g_str_equal(options->deployment, name))
		return;
	deployment = g_new0(struct deployment_view, 1);
	deployment->name = g_strdup(name);
	deployment->desired = members;
	deployment->members = options->with_members ? members_make(name, members) : NULL;
	g_ptr_array_add(deployments, deployment);
}

static void cloud_view_free(void *data)
{
	struct cloud_view *cloud = data;

	g_free(cloud->name);
	g_free(cloud->text);
	g_free(cloud);
}

/* Made and freed as the engine's own are: by view_free. */
static struct view *sample_view(const struct view_options *options, void *data)
{
	struct sample *sample = data;
	struct view *view = g_new0(struct view, 1);
	struct cloud_view *cloud = g_new0(struct cloud_view, 1);

	view->at_ms = 5000;
	view->owner = g_strdup("k3v9");
	view->can_act = true;
	view->deployments = g_ptr_array_new_with_free_func(deployment_view_free);
	view->clouds = g_ptr_array_new_with_free_func(cloud_view_free);
	deployment_add(view->deployments, options, "blog", 2);
	deployment_add(view->deployments, options, "shop", sample->members);
	cloud->name = g_strdup("lab");
	cloud->fault = FAULT_AUTH;
	cloud->text = g_strdup("password \xff refused");
	g_ptr_array_add(view->clouds, cloud);
	return view;
}

static void plan_release(void *data)
{
	plan_free(data);
}

static GPtrArray *sample_plans(const char *deployment G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
	return g_ptr_array_new_with_free_func(plan_release);
}

static const GPtrArray *sample_findings(void *data)
{
	struct sample *sample = data;

	return sample->findings;
}

static void event_release(void *data)
{
	event_free(data);
}

static GPtrArray *sample_events(const struct event_query *query, void *data, GError **error)
{
	struct sample *sample = data;
	int64_t first = query->after >= 0 ? query->after + 1
	                                  : MAX((int64_t)sample->events - query->limit, 0) + 1;

	if (g_strcmp0(query->subject, "broken") == 0) {
		g_set_error(error, FAULT_DOMAIN, FAULT_TRANSIENT, "the store is busy");
		return NULL;
	}
	GPtrArray *events = g_ptr_array_new_with_free_func(event_release);
	for (int64_t id = first; id <= sample->events && events->len < query->limit; id++) {
		struct event *event = event_new(EVENT_MEMBER_READY, id * 1000);
		event->id = id;
		g_ptr_array_add(events, event);
	}
	return events;
}

static void sample_reload(void *data)
{
	struct sample *sample = data;

	sample->reloads++;
}

static int64_t sample_now_ms(void *data G_GNUC_UNUSED)
{
	return 5000;
}

static void finding_release(void *data)
{
	finding_free(data);
}

void sample_init(struct sample *sample)
{
	struct place place = { "shop.yaml", 3, 7 };

	*sample = (struct sample){
		.source = { .agent = sample_agent,
		            .view = sample_view,
		            .plans = sample_plans,
		            .findings = sample_findings,
		            .events = sample_events,
		            .reload = sample_reload,
		            .now_ms = sample_now_ms,
		            .data = sample },
		.members = 5,
		.findings = g_ptr_array_new_with_free_func(finding_release),
	};
	g_ptr_array_add(sample->findings,
	                finding_new(&place, g_strdup("unknown key \"cuont\""), "  cuont: 3"));
}

void sample_clear(struct sample *sample)
{
	g_ptr_array_unref(sample->findings);
}
