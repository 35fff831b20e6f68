/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stage - a world to plan in: manifests, clouds, records and instances, laid out as the engine
 * does. */
#pragma once

#include "reconcile/manifest/manifests.h"
#include "reconcile/plan/plan_build.h"
#include "reconcile/plan/scene.h"

enum {
	STAGE_NOW_MS = 1000 * 1000 * 1000,
	STAGE_DEADLINE_MS = 10 * 60 * 1000, /* of creations, on clouds that say nothing else */
};

struct stage {
	int64_t now_ms;
	struct manifests *manifests;
	struct fleet *fleet;
	GPtrArray *clouds;  /* struct cloud_scene */
	GPtrArray *slots;   /* struct slot */
	GHashTable *by_key; /* of slots */
	GPtrArray *deletions;
	struct engine_limits limits;
};

struct stage *stage_new(void);
void stage_free(struct stage *stage);
/* A file of manifests; "---" parts documents. */
void stage_put(struct stage *stage, const char *file, const char *text);
void stage_remove(struct stage *stage, const char *file);
/* Takes the fleet of what was put; its clouds are up, listed and can do all but sizes of any amount
 * and catalogues. */
void stage_settle(struct stage *stage);
/* The cloud called @name, made when it is not there. */
struct cloud_scene *stage_cloud(struct stage *stage, const char *name);
struct traits *stage_traits(struct stage *stage, const char *name);
/* The slot of @key, made when it is not there. */
struct slot *stage_slot(struct stage *stage, const char *key);
struct record *stage_record(struct stage *stage, const char *key);
/* A running instance of @key with our marks, seen an hour ago on three lists; and its record where
 * there is none yet. */
struct sighting *stage_instance(struct stage *stage, const char *key, const char *cloud,
                                const char *id);
struct operation *stage_operation(struct stage *stage, const char *key, enum verb verb);
void stage_deletion(struct stage *stage, const char *key, const char *cloud, int64_t ago_ms);
/* The fingerprint of what @key should be now, or NULL; freed by the caller. */
char *stage_fingerprint(const struct stage *stage, const char *key);
/* The plans of all deployments by name, the empty ones too; a new array of struct plan. */
GPtrArray *stage_plans(struct stage *stage);
/* That of one deployment. */
struct plan *stage_plan(struct stage *stage, const char *deployment);

AUTO_DEFINE(stage, stage_free);
