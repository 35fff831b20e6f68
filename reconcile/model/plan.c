/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life of plans, actions and holds, and the words for their kinds and reasons. */
#include "reconcile/model/plan.h"

static const struct {
	const char *name;
	const char *sign;
} kinds[ACTION_KINDS] = {
	[ACTION_CREATE] = { "create", "+" }, [ACTION_DESTROY] = { "destroy", "-" },
	[ACTION_START] = { "start", "~" },   [ACTION_STOP] = { "stop", "~" },
	[ACTION_RESIZE] = { "resize", "~" }, [ACTION_MARK] = { "mark", "~" },
};

static const struct {
	const char *name;
	const char *help;
} reasons[HOLD_REASONS] = {
	[HOLD_CLOUD_UNKNOWN] = { "cloud-unknown",
	                         "no manifest describes the cloud, or its connector is not installed" },
	[HOLD_CLOUD_DOWN] = { "cloud-down", "the cloud cannot be asked now" },
	[HOLD_CLOUD_AUTH] = { "cloud-auth", "the cloud refuses the credentials" },
	[HOLD_NOT_LISTED] = { "not-listed", "the cloud has not shown all its instances yet" },
	[HOLD_OPERATION] = { "operation", "an operation is under way" },
	[HOLD_UNCERTAIN] = { "uncertain",
	                     "an operation may have had its effect; settled by looking" },
	[HOLD_ABSENT] = { "absent",
	                  "the instance is not on the last list; that it is gone needs proof" },
	[HOLD_PENDING] = { "pending", "the cloud is still starting, stopping or deleting it" },
	[HOLD_UNKNOWN_STATE] = { "unknown-state", "the cloud shows a state that is not known" },
	[HOLD_AFTER] = { "after", "waits until the components named in after are ready" },
	[HOLD_ORDER] = { "order", "removal waits until the components that come later are gone" },
	[HOLD_TEMPLATE] = { "template", "a value in its user data is not known yet" },
	[HOLD_BACKOFF] = { "backoff", "the last attempt failed; waits for the next one" },
	[HOLD_QUOTA] = { "quota", "the account's limit is reached" },
	[HOLD_CAPACITY] = { "capacity", "the cloud has no room now" },
	[HOLD_INVALID] = { "invalid", "refused as written; waits for a change of the manifest" },
	[HOLD_UNSUPPORTED] = { "unsupported", "the cloud's connector cannot do what is asked" },
	[HOLD_SIZE] = { "size", "no size of the cloud fits, or the size word is unknown to it" },
	[HOLD_IMAGE] = { "image", "the image word is unknown to the cloud" },
	[HOLD_REPLACE] = { "replace", "the change cannot be made in place; needs a new instance" },
	[HOLD_MOVE] = { "move", "the instance is on another cloud than the component says now" },
	[HOLD_PROTECTED] = { "protected", "the member is protected from being destroyed" },
	[HOLD_DELETION_BUDGET] = { "deletion-budget",
	                           "more would be destroyed than the limits allow in their time" },
	[HOLD_GRACE] = { "grace", "the manifest is missing; it is waited for before removal" },
	[HOLD_FLEET_INCOMPLETE] = { "fleet-incomplete",
	                            "the manifests could not be read whole; nothing is missing yet" },
	[HOLD_INSTANCES_LIMIT] = { "instances-limit", "the cloud's limits.instances is reached" },
	[HOLD_ORPHAN] = { "orphan", "an instance of ours without a member; needs proof and age" },
	[HOLD_DUPLICATE] = { "duplicate", "a second instance of the member; needs proof and age" },
	[HOLD_OBSERVE] = { "observe", "this agent only looks" },
};

struct plan *plan_new(const char *deployment)
{
	struct plan *plan = g_new0(struct plan, 1);

	plan->deployment = g_strdup(deployment);
	plan->actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
	plan->holds = g_ptr_array_new_with_free_func((GDestroyNotify)hold_free);
	return plan;
}

void plan_free(struct plan *plan)
{
	if (plan == NULL)
		return;
	g_free(plan->deployment);
	g_free(plan->commit);
	g_ptr_array_unref(plan->actions);
	g_ptr_array_unref(plan->holds);
	g_free(plan);
}

struct action *action_new(enum action_kind kind, enum verb verb, const char *key)
{
	struct action *action = g_new0(struct action, 1);

	action->kind = kind;
	action->verb = verb;
	action->key = g_strdup(key);
	return action;
}

void action_free(struct action *action)
{
	if (action == NULL)
		return;
	g_free(action->key);
	g_free(action->cloud);
	g_free(action->instance_id);
	g_free(action->uid);
	g_free(action->what);
	g_free(action->why);
	size_clear(&action->size);
	g_free(action->user_data);
	g_free(action->fingerprint);
	g_free(action);
}

struct hold *hold_new(enum hold_reason reason, enum action_kind kind, const char *key)
{
	struct hold *hold = g_new0(struct hold, 1);

	hold->reason = reason;
	hold->kind = kind;
	hold->key = g_strdup(key);
	return hold;
}

void hold_free(struct hold *hold)
{
	if (hold == NULL)
		return;
	g_free(hold->key);
	g_free(hold->cloud);
	g_free(hold->text);
	g_free(hold->why);
	g_free(hold);
}

const char *action_kind_name(enum action_kind kind)
{
	g_assert((size_t)kind < ACTION_KINDS);
	return kinds[kind].name;
}

const char *action_kind_sign(enum action_kind kind)
{
	g_assert((size_t)kind < ACTION_KINDS);
	return kinds[kind].sign;
}

const char *hold_reason_name(enum hold_reason reason)
{
	g_assert((size_t)reason < HOLD_REASONS);
	return reasons[reason].name;
}

const char *hold_reason_help(enum hold_reason reason)
{
	g_assert((size_t)reason < HOLD_REASONS);
	return reasons[reason].help;
}
