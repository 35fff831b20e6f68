/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rig - an engine with one cloud "lab" whose answers are given by hand. */
#pragma once

#include "reconcile/engine/engine.h"
#include "reconcile/manifest/manifests.h"

struct rig {
	struct engine *engine;
	struct manifests *manifests;
	struct traits traits;
	struct engine_limits limits;
	int64_t now_ms;
	GPtrArray *effects; /* struct effects: all of this life, in order */
	GPtrArray *asks;    /* struct ask, borrowed: sent and not answered */
	GPtrArray *probes;  /* struct probe, borrowed: not answered */
	GPtrArray *cloud;   /* struct instance: what a list shows */
};

/* With the usual traits (atomic marks, power, resize, mark) and no manifests; not started. */
struct rig *rig_new(void);
void rig_free(struct rig *rig);
/* One deployment "NAME": components as YAML lines below "components:", each ended by a newline. */
void rig_deploy(struct rig *rig, const char *name, const char *components);
/* @count members of one component "web" of deployment @name. */
void rig_deploy_web(struct rig *rig, const char *name, unsigned count);
void rig_remove(struct rig *rig, const char *name);
/* The engine with the manifests and the cloud up; before it, rig->traits and ->limits may be
 * set. */
void rig_start(struct rig *rig);
/* The same after an earlier life of which @own_records and @own_operations are left (NULL:
 * none). */
void rig_restart(struct rig *rig, GPtrArray *own_records, GPtrArray *own_operations);
/* The manifests as they are now. */
void rig_set_fleet(struct rig *rig);
/* Time passes; one step. */
void rig_step(struct rig *rig, int64_t ms);
/* Steps until a list is asked for, and answers it with rig->cloud. */
void rig_list(struct rig *rig);
void rig_list_incomplete(struct rig *rig);
/* The first unanswered ask of @verb, or NULL. */
struct ask *rig_ask(const struct rig *rig, enum verb verb);
/* How many are unanswered, and how many were ever sent. */
unsigned rig_open(const struct rig *rig, enum verb verb);
unsigned rig_sent(const struct rig *rig, enum verb verb);
/* Answers: done (a creation appears in rig->cloud), failed, or lost. */
void rig_done(struct rig *rig, struct ask *ask);
void rig_fault(struct rig *rig, struct ask *ask, enum fault fault);
void rig_lose(struct rig *rig, struct ask *ask);
/* The order's instance appears in rig->cloud, whatever was answered. */
void rig_appear(struct rig *rig, const struct ask *ask, guint order);
/* An instance of ours in rig->cloud. */
struct instance *rig_instance(struct rig *rig, const char *id, const char *key, const char *uid);
/* It is gone from there. */
void rig_vanish(struct rig *rig, const char *id);
/* Makes everything ready: lists and answers until nothing is asked any more. */
void rig_converge(struct rig *rig);
/* How many events of @name there were in this life. */
unsigned rig_events(const struct rig *rig, enum event_name name);
/* The last write of the record or operation of @key, or NULL. */
const struct record *rig_record(const struct rig *rig, const char *key);
const struct operation *rig_operation(const struct rig *rig, const char *key);

AUTO_DEFINE(rig, rig_free);
