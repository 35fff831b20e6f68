/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life and the words of what happened. */
#include "reconcile/model/event.h"

static const struct {
	const char *text;
	const char *help;
} rows[EVENT_NAMES] = {
	[EVENT_OPERATION_BEGUN] = { "operation-begun", "a step was journaled and is being sent" },
	[EVENT_OPERATION_DONE] = { "operation-done", "the cloud did it" },
	[EVENT_OPERATION_FAILED] = { "operation-failed", "the cloud did not do it" },
	[EVENT_OPERATION_UNCERTAIN] = { "operation-uncertain",
	                                "no answer: it may have been done; lists will tell" },
	[EVENT_OPERATION_SETTLED] = { "operation-settled",
	                              "an uncertain step was found out about" },
	[EVENT_MEMBER_READY] = { "member-ready", "its readiness was seen" },
	[EVENT_MEMBER_UNREADY] = { "member-unready", "it was ready and is no more" },
	[EVENT_MEMBER_LATE] = { "member-late", "not ready within its time" },
	[EVENT_INSTANCE_VANISHED] = { "instance-vanished", "proved gone, and not by us" },
	[EVENT_INSTANCE_CHANGED] = { "instance-changed", "state or size changed by somebody else" },
	[EVENT_INSTANCE_ADOPTED] = { "instance-adopted", "recognised as ours by its marks" },
	[EVENT_ORPHAN_FOUND] = { "orphan-found", "an instance of ours that belongs to no member" },
	[EVENT_DEPLOYMENT_NEW] = { "deployment-new", "a manifest asks for it for the first time" },
	[EVENT_DEPLOYMENT_CHANGED] = { "deployment-changed", "its manifest changed" },
	[EVENT_DEPLOYMENT_MISSING] = { "deployment-missing",
	                               "its manifest went; the grace begins" },
	[EVENT_DEPLOYMENT_BACK] = { "deployment-back", "its manifest came back within the grace" },
	[EVENT_DEPLOYMENT_CONVERGED] = { "deployment-converged",
	                                 "all that was asked for is there and ready" },
	[EVENT_DOCUMENT_BAD] = { "document-bad", "it has errors; its last good version stays" },
	[EVENT_DOCUMENT_GOOD] = { "document-good", "its errors are mended" },
	[EVENT_CLOUD_UP] = { "cloud-up", "it can be asked" },
	[EVENT_CLOUD_DOWN] = { "cloud-down", "it cannot be asked now" },
	[EVENT_CLOUD_BLIND] = { "cloud-blind", "its lists fail: what is there is not known" },
	[EVENT_CLOUD_SEEN] = { "cloud-seen", "its lists come again" },
	[EVENT_HOLD] = { "hold", "a new reason not to act" },
	[EVENT_ACTING_STOPPED] = { "acting-stopped", "the agent only looks from now on" },
	[EVENT_ACTING_RESUMED] = { "acting-resumed", "the agent acts again" },
	[EVENT_AGENT_STARTED] = { "agent-started", "the agent came up" },
	[EVENT_AGENT_STOPPED] = { "agent-stopped", "the agent went down in order" },
};

struct event *event_new(enum event_name name, int64_t at_ms)
{
	struct event *event = g_new0(struct event, 1);

	event->name = name;
	event->at_ms = at_ms;
	return event;
}

void event_free(struct event *event)
{
	if (event == NULL)
		return;
	g_free(event->deployment);
	g_free(event->key);
	g_free(event->cloud);
	g_free(event->instance_id);
	g_free(event->before);
	g_free(event->after);
	g_free(event->text);
	g_free(event->commit);
	g_free(event);
}

const char *event_name_text(enum event_name name)
{
	g_assert((size_t)name < EVENT_NAMES);
	return rows[name].text;
}

const char *event_name_help(enum event_name name)
{
	g_assert((size_t)name < EVENT_NAMES);
	return rows[name].help;
}

bool event_name_parse(const char *text, enum event_name *ret_name)
{
	for (size_t i = 0; i < EVENT_NAMES; i++) {
		if (g_str_equal(text, rows[i].text)) {
			*ret_name = (enum event_name)i;
			return true;
		}
	}
	return false;
}
