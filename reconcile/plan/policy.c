/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Protection, grace and the deletion budget. */
#include "reconcile/plan/policy.h"

#include <string.h>

/* One of the sets that the budget holds for: the deployment, a cloud, all. */
struct scope {
	char *name;     /* "shop", "cloud lab", "all" */
	size_t total;   /* what the percentage is of: with those already destroyed in the window */
	size_t allowed; /* destructions in the window */
	size_t used;    /* by the past and by this plan */
	size_t held;    /* this plan's that found no room here */
	int64_t oldest_at_ms; /* the first to leave the window; 0: none */
};

/* The deployment, all, then a scope for each cloud of the scene. */
enum {
	SCOPE_DEPLOYMENT,
	SCOPE_ALL,
	SCOPE_CLOUDS,
};

struct budget {
	const struct scene *scene;
	struct scope *scopes;
	size_t len;
};

struct hold *policy_missing_hold(const struct subject *subject)
{
	const struct scene *scene = subject->scene;
	const struct record *record = subject->slot->record;

	if (scene->deployment != NULL)
		return NULL;
	if (!scene->fleet->is_complete) {
		return hold_because(
			subject_hold(
				subject, HOLD_FLEET_INCOMPLETE, ACTION_DESTROY,
				g_strdup("its manifest is missing, but not all could be read")),
			"waits until all manifests are read", NULL);
	}
	int64_t since_ms = record == NULL                  ? subject->sighting->first_seen_at_ms
	                   : record->missing_since_ms != 0 ? record->missing_since_ms
	                                                   : scene->now_ms;
	int64_t until_ms = since_ms + scene->limits->missing_grace_ms;

	if (until_ms <= scene->now_ms)
		return NULL;
	g_autofree char *wait = subject_wait_text(until_ms - scene->now_ms);
	struct hold *hold =
		subject_hold(subject, HOLD_GRACE, ACTION_DESTROY,
	                     g_strdup_printf("its manifest is missing: destroyed in %s", wait));

	hold->until_ms = until_ms;
	return hold_because(hold, "putting the file back keeps it", NULL);
}

struct hold *policy_protected_hold(const struct subject *subject, bool is_protected)
{
	const struct record *record = subject->slot->record;

	if (!is_protected)
		return NULL;
	return hold_because(
		subject_hold(subject, HOLD_PROTECTED, ACTION_DESTROY, g_strdup("is protected")),
		"protect: false, in force before its removal, lifts it",
		record == NULL ? NULL : &record->place);
}

static void scope_use(struct scope *scope, int64_t at_ms)
{
	scope->used++;
	if (scope->oldest_at_ms == 0 || at_ms < scope->oldest_at_ms)
		scope->oldest_at_ms = at_ms;
}

static bool is_of(const char *key, const char *deployment, size_t len)
{
	return strncmp(key, deployment, len) == 0 && key[len] == '/';
}

/* The past: what was destroyed within the window. */
static void budget_count(struct budget *budget)
{
	const struct scene *scene = budget->scene;
	size_t name_len = strlen(scene->name);
	int64_t from_ms = scene->now_ms - scene->limits->deletion_window_ms;

	for (guint i = 0; scene->deletions != NULL && i < scene->deletions->len; i++) {
		const struct deletion *deletion = g_ptr_array_index(scene->deletions, i);
		size_t cloud = subject_cloud_at(scene, deletion->cloud);

		if (deletion->at_ms <= from_ms)
			continue;
		scope_use(&budget->scopes[SCOPE_ALL], deletion->at_ms);
		if (cloud < scene->clouds_len)
			scope_use(&budget->scopes[SCOPE_CLOUDS + cloud], deletion->at_ms);
		if (is_of(deletion->key, scene->name, name_len))
			scope_use(&budget->scopes[SCOPE_DEPLOYMENT], deletion->at_ms);
	}
}

static void budget_init(struct budget *budget, const struct scene *scene, size_t present)
{
	budget->scene = scene;
	budget->len = SCOPE_CLOUDS + scene->clouds_len;
	budget->scopes = g_new0(struct scope, budget->len);
	budget->scopes[SCOPE_DEPLOYMENT].name = g_strdup(scene->name);
	budget->scopes[SCOPE_DEPLOYMENT].total = present;
	budget->scopes[SCOPE_ALL].name = g_strdup("all");
	budget->scopes[SCOPE_ALL].total = scene->instances_total;
	for (size_t i = 0; i < scene->clouds_len; i++) {
		struct scope *scope = &budget->scopes[SCOPE_CLOUDS + i];

		scope->name = g_strdup_printf("cloud %s", scene->clouds[i]->name);
		scope->total = scene->clouds[i]->instances;
	}
	budget_count(budget);
	for (size_t i = 0; i < budget->len; i++) {
		struct scope *scope = &budget->scopes[i];

		scope->total += scope->used;
		scope->allowed = MAX((size_t)scene->limits->deletions,
		                     scope->total * scene->limits->deletions_percent / 100);
	}
}

static void budget_clear(struct budget *budget)
{
	for (size_t i = 0; i < budget->len; i++)
		g_free(budget->scopes[i].name);
	g_free(budget->scopes);
}

static bool has_room(const struct scope *scope)
{
	return scope->used < scope->allowed;
}

/* The scope that has no room for one more on @cloud, or NULL when it was taken from all of them. */
static struct scope *budget_take(struct budget *budget, const char *cloud)
{
	size_t at = subject_cloud_at(budget->scene, cloud);
	struct scope *scopes[] = {
		&budget->scopes[SCOPE_DEPLOYMENT],
		at < budget->scene->clouds_len ? &budget->scopes[SCOPE_CLOUDS + at] : NULL,
		&budget->scopes[SCOPE_ALL],
	};

	for (size_t i = 0; i < G_N_ELEMENTS(scopes); i++) {
		if (scopes[i] != NULL && !has_room(scopes[i])) {
			scopes[i]->held++;
			return scopes[i];
		}
	}
	for (size_t i = 0; i < G_N_ELEMENTS(scopes); i++)
		if (scopes[i] != NULL)
			scopes[i]->used++;
	return NULL;
}

/* "3 more than 10 (10 % of 100) in 1h for shop; next in 12m" */
static char *scope_text(const struct scope *scope, const struct scene *scene, int64_t *ret_until_ms)
{
	const struct engine_limits *limits = scene->limits;
	g_autofree char *window = subject_wait_text(limits->deletion_window_ms);
	int64_t until_ms =
		scope->oldest_at_ms == 0 ? 0 : scope->oldest_at_ms + limits->deletion_window_ms;
	g_autofree char *wait = subject_wait_text(until_ms == 0 ? limits->deletion_window_ms
	                                                        : until_ms - scene->now_ms);
	g_autofree char *percent =
		scope->allowed <= limits->deletions
			? g_strdup("")
			: g_strdup_printf(" (%u %% of %zu)", limits->deletions_percent,
	                                  scope->total);

	*ret_until_ms = until_ms;
	return g_strdup_printf("%zu more than %zu%s in %s for %s; next in %s", scope->held,
	                       scope->allowed, percent, window, scope->name, wait);
}

static void verdict_hold(struct verdict *verdict, const char *text, int64_t until_ms)
{
	struct action *action = verdict->action;
	struct hold *hold = hold_new(HOLD_DELETION_BUDGET, ACTION_DESTROY, action->key);

	hold->cloud = g_strdup(action->cloud);
	hold->text = g_strdup(text);
	hold->why = g_strdup(action->why);
	hold->place = action->place;
	hold->until_ms = until_ms;
	*(verdict->hold == NULL ? &verdict->hold : &verdict->duplicate) = hold;
	action_free(action);
	verdict->action = NULL;
}

static bool is_counted(const struct verdict *verdict)
{
	return verdict->action != NULL && verdict->action->kind == ACTION_DESTROY &&
	       !verdict->action->is_repair;
}

static bool has_counted(const struct scene *scene, const struct verdict *verdicts)
{
	for (size_t i = 0; i < scene->slots_len; i++)
		if (is_counted(&verdicts[i]))
			return true;
	return false;
}

/* Two walks: the text says how many are held, which is known after the first. */
static void budget_apply(struct budget *budget, struct verdict *verdicts)
{
	size_t len = budget->scene->slots_len;
	g_autofree struct scope **full = g_new0(struct scope *, len);
	g_autofree int64_t *untils = g_new0(int64_t, budget->len);
	g_auto(GStrv) texts = g_new0(char *, budget->len + 1);

	for (size_t i = len; i-- > 0;) {
		full[i] = is_counted(&verdicts[i]) ? budget_take(budget, verdicts[i].action->cloud)
		                                   : NULL;
	}
	for (size_t i = 0; i < budget->len; i++)
		texts[i] = scope_text(&budget->scopes[i], budget->scene, &untils[i]);
	for (size_t i = 0; i < len; i++) {
		if (full[i] != NULL) {
			size_t at = (size_t)(full[i] - budget->scopes);
			verdict_hold(&verdicts[i], texts[at], untils[at]);
		}
	}
}

void policy_budget(const struct scene *scene, size_t present, struct verdict *verdicts)
{
	struct budget budget;

	if (!has_counted(scene, verdicts))
		return;
	budget_init(&budget, scene, present);
	budget_apply(&budget, verdicts);
	budget_clear(&budget);
}
