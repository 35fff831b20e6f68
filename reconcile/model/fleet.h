/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fleet - everything desired: clouds and deployments of all good manifests, sorted by name, in the
 * order of key_compare as all names and words here are.
 *
 * Immutable. Clouds and deployments are shared by reference between one fleet and the next, so an
 * unchanged document is the same pointer in both and comparing fleets is a walk over pointers. */
#pragma once

#include "reconcile/model/auto.h"
#include "reconcile/model/spec.h"

/* A word of the user's for an image, and what this cloud's connector is told for it. A plain
 * string in the manifest becomes the one option "name". */
struct image {
	char *word;
	struct pairs *options;
	struct place place;
};

/* A word of the user's for a size: the provider's type, or amounts, or both. */
struct size_word {
	char *word;
	char *type; /* the provider's name for it, NULL when by amounts alone */
	struct size size;
	struct place place;
};

/* One setting as written; its type is checked against the connector's rows later. */
struct setting {
	char *name;
	char *value;
	struct place place;
};

enum credential_kind {
	CREDENTIAL_ENV,
	CREDENTIAL_FILE,
	CREDENTIAL_SYSTEMD, /* { credential: NAME }: a file in $CREDENTIALS_DIRECTORY */
	CREDENTIAL_COMMAND, /* standard output of a program, no shell */
};

/* Where a secret is to be read when it is needed; never the secret. */
struct credential {
	char *name;
	enum credential_kind kind;
	char **words; /* one, or the command's */
	struct place place;
};

struct cloud_limits {
	unsigned instances;           /* 0: none */
	unsigned requests_per_second; /* 0: the connector's */
	unsigned in_flight;           /* 0: the connector's */
};

struct cloud {
	int refs;
	char *name;
	char *connector;
	struct place place; /* of the document */
	struct place connector_place;
	GPtrArray *settings;    /* struct setting, sorted by name */
	GPtrArray *credentials; /* struct credential, sorted by name */
	GPtrArray *images;      /* struct image, sorted by word */
	GPtrArray *sizes;       /* struct size_word, sorted by word */
	struct cloud_limits limits;
	bool is_stale; /* a last good version: its document is now bad or gone */
	bool is_gone;  /* gone: it is only there to be emptied */
	char *why_stale;
};

/* One tier: a set of equal members. */
struct component {
	char *name;
	char *cloud; /* name; the deployment's where the component says none */
	struct spec *spec;
	unsigned count; /* members 1..count, when there are no names */
	char **names;   /* sorted; NULL: by count */
	char **after;   /* names of components of this deployment, sorted; NULL: none */
	unsigned rank;  /* 0 for those that wait for nothing, else 1 + the highest of after */
	bool is_protected;
	bool says_unprotected; /* protect: false is written out */
	struct place place;    /* of the component */
	struct place count_place;
	struct place cloud_place;
	struct place after_place;
	struct place protect_place;
};

struct deployment {
	int refs;
	char *name;
	struct pairs *labels;
	bool is_absent; /* metadata.state: absent */
	struct place place;
	GPtrArray *components; /* struct component, sorted by name; empty when absent */
	bool is_stale;         /* a last good version: its document is now bad */
	char *why_stale;       /* the first finding, one line */
};

struct fleet {
	int refs;
	GPtrArray *clouds;      /* struct cloud */
	GPtrArray *deployments; /* struct deployment */
	char *commit;           /* of the manifest directory; NULL where it is no git checkout */
	bool is_complete; /* false: the directory was not read whole; nothing counts as missing */
};

/* An empty, complete fleet. */
struct fleet *fleet_new(void);
struct fleet *fleet_ref(struct fleet *fleet);
void fleet_unref(struct fleet *fleet);
struct cloud *cloud_new(const char *name);
struct cloud *cloud_ref(struct cloud *cloud);
void cloud_unref(struct cloud *cloud);
struct deployment *deployment_new(const char *name);
struct deployment *deployment_ref(struct deployment *deployment);
void deployment_unref(struct deployment *deployment);
/* A component without a spec, to be filled; freed with its deployment. */
struct component *component_new(const char *name);
void component_free(struct component *component);

/* The cloud, deployment, component, image or size word of that name, by binary search; or NULL. */
const struct cloud *fleet_find_cloud(const struct fleet *fleet, const char *name);
const struct deployment *fleet_find_deployment(const struct fleet *fleet, const char *name);
const struct component *deployment_find_component(const struct deployment *d, const char *name);
const struct image *cloud_find_image(const struct cloud *cloud, const char *word);
const struct size_word *cloud_find_size(const struct cloud *cloud, const char *word);
/* How many members @component wants. */
size_t component_size(const struct component *component);
/* The name of member @i (from 0) in sorted order: "1", "2", … or the names; freed by the caller. */
char *component_member_name(const struct component *component, size_t i);

AUTO_DEFINE(fleet, fleet_unref);
AUTO_DEFINE(cloud, cloud_unref);
AUTO_DEFINE(deployment, deployment_unref);
AUTO_DEFINE(component, component_free);
