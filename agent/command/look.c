/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Progress is counted from the view, so that it says the same as status would. */
#include "agent/command/look.h"

#include "agent/command/paths.h"
#include "agent/daemon/daemon.h"
#include "agent/output/terminal.h"
#include "reconcile/plan/explain.h"

#include <stdio.h>

void look_options(const struct arguments *arguments, struct look_paths *ret_paths,
                  struct daemon_options *ret_options)
{
	ret_paths->state_dir = paths_state(arguments);
	ret_paths->manifests_dir = paths_manifests(arguments);
	ret_paths->config_path = paths_config(arguments);
	*ret_options = (struct daemon_options){
		.manifests_dir = ret_paths->manifests_dir,
		.state_dir = ret_paths->state_dir,
		.config_path = ret_paths->config_path,
		.plugin_dir = arguments_text(arguments, "plugins"),
	};
}

void look_paths_clear(struct look_paths *paths)
{
	g_free(paths->state_dir);
	g_free(paths->manifests_dir);
	g_free(paths->config_path);
}

static void stale_warn(const char *kind, const char *name)
{
	fprintf(stderr, "muster: %s \"%s\" is bad now; its last good version stays in force\n",
	        kind, name);
}

unsigned look_warn(struct daemon *daemon)
{
	const GPtrArray *findings = daemon_findings(daemon);
	const struct fleet *fleet = daemon_fleet(daemon);
	bool in_colour = terminal_has_colour(stderr);

	for (guint i = 0; i < findings->len; i++) {
		g_autofree char *text = finding_format(g_ptr_array_index(findings, i), in_colour);
		fputs(text, stderr);
	}
	for (guint i = 0; i < fleet->clouds->len; i++) {
		const struct cloud *cloud = g_ptr_array_index(fleet->clouds, i);
		if (cloud->is_gone) {
			fprintf(stderr,
			        "muster: cloud \"%s\" is gone from the manifests; its last "
			        "settings are used to empty it\n",
			        cloud->name);
		} else if (cloud->is_stale) {
			stale_warn("cloud", cloud->name);
		}
	}
	for (guint i = 0; i < fleet->deployments->len; i++) {
		const struct deployment *deployment = g_ptr_array_index(fleet->deployments, i);
		if (deployment->is_stale)
			stale_warn("deployment", deployment->name);
	}
	return findings->len;
}

struct totals {
	size_t desired, ready, under_way, held, failing;
	size_t clouds, listed;
};

static struct totals view_count(const struct view *view)
{
	struct totals totals = { .clouds = view->clouds->len };

	for (guint i = 0; i < view->deployments->len; i++) {
		const struct deployment_view *deployment = g_ptr_array_index(view->deployments, i);
		totals.desired += deployment->desired;
		totals.ready += deployment->ready;
		totals.under_way += deployment->under_way;
		totals.held += deployment->held;
		totals.failing += deployment->failing;
	}
	for (guint i = 0; i < view->clouds->len; i++) {
		const struct cloud_view *cloud = g_ptr_array_index(view->clouds, i);
		totals.listed += cloud->listed_at_ms > 0;
	}
	return totals;
}

void look_progress(struct daemon *daemon, void *data)
{
	struct view_options options = { 0 };
	autoptr(view) view = engine_view(daemon_engine(daemon), &options, daemon_now_ms(daemon));
	struct totals totals = view_count(view);
	g_autoptr(GString) text = g_string_new(NULL);

	if (totals.listed < totals.clouds) {
		g_string_append_printf(text, "looking: %zu of %zu clouds listed", totals.listed,
		                       totals.clouds);
	} else {
		g_string_append_printf(text, "%zu of %zu members ready, %zu under way",
		                       totals.ready, totals.desired, totals.under_way);
	}
	if (totals.held > 0)
		g_string_append_printf(text, ", %zu held", totals.held);
	if (totals.failing > 0)
		g_string_append_printf(text, ", %zu failing", totals.failing);
	progress_say(data, text->str, g_get_monotonic_time() / 1000);
}

GPtrArray *look_plans(struct daemon *daemon)
{
	return engine_plan(daemon_engine(daemon), NULL, daemon_now_ms(daemon));
}

void look_print(GPtrArray *plans, bool is_json, int64_t now_ms)
{
	struct explain_options options = {
		.in_colour = terminal_has_colour(stdout),
		.with_holds = true,
		.width = terminal_width(stdout),
		.now_ms = now_ms,
	};
	g_autofree char *text = is_json ? explain_json(plans) : explain_text(plans, &options);

	fputs(text, stdout);
	fputs(g_str_has_suffix(text, "\n") ? "" : "\n", stdout);
}
