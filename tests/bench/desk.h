/* SPDX-License-Identifier: GPL-2.0-or-later */
/* desk - what the in-process benches work on: manifests of a given size, and the least cloud that
 * answers at once, so that a figure shows the engine and not a connector. */
#pragma once

#include "reconcile/engine/engine.h"
#include "reconcile/manifest/manifests.h"

struct desk {
	struct manifests *manifests;
	struct engine *engine;
	GPtrArray *instances; /* struct instance at the cloud */
	int64_t now_ms;
	size_t asks;
	size_t writes;
};

/* The text of one small deployment "d0042" of @members members on the cloud "desk". */
char *desk_deployment_text(unsigned number, unsigned members);
/* The text of the cloud "desk". */
char *desk_cloud_text(void);
/* @deployments manifests of @members each, loaded, and an engine that has the cloud up and nothing
 * asked yet. */
struct desk *desk_new(unsigned deployments, unsigned members);
void desk_free(struct desk *desk);
/* The fleet of the manifests, given to the engine. */
void desk_set_fleet(struct desk *desk);
/* Runs one pass and answers everything that it asked; how many asks there were. */
size_t desk_pass(struct desk *desk);
/* Passes on virtual time until the engine has nothing to do; how many passes. */
unsigned desk_converge(struct desk *desk);
/* A list of everything, as an answer to ask @id. */
struct answer *desk_list(const struct desk *desk, uint64_t id);
