/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tier - a component with what is the same for all of its members, worked out once for a plan. */
#pragma once

#include "reconcile/plan/scene.h"

struct tier {
	const struct component *component;
	const struct cloud_scene *cloud; /* NULL: unknown */
	size_t wanted, present, ready; /* members; present: with an instance, as far as is known */
	size_t leaving;                /* instances of ordinals, or names, that it has no more */
	struct size size;              /* resolved against the cloud */
	const struct size *asked;      /* what size is the choice for */
	char *size_problem;            /* NULL: size is good */
	const struct pairs *image;     /* the cloud's options; NULL: it maps no images */
	char *image_problem;           /* NULL: the image is good */
	char *fingerprint;
	char *what;         /* of a creation: "small on lab" */
	char *count_why;    /* "count 3 → 4"; NULL: does not apply */
	bool has_user_data; /* and it is the same for all members */
	char *user_data;    /* then this; NULL: a value is missing */
	const char *missing;
	char *waits;     /* "waits for shop/db (0 of 1 ready)"; NULL: all before it is ready */
	char *after_why; /* "after: [db]"; with waits */
};

struct tiers {
	struct tier *items; /* sorted as the deployment's components */
	size_t len;
};

/* All components of @scene's deployment, with its slots counted. Costs slots + components. */
void tiers_init(struct tiers *tiers, const struct scene *scene);
void tiers_clear(struct tiers *tiers);
/* The tier of @component; never NULL for one of the deployment. */
struct tier *tiers_find(const struct tiers *tiers, const struct component *component);
/* The tier of the component called @name, of @len bytes; NULL when it is not desired. */
struct tier *tiers_find_name(const struct tiers *tiers, const char *name, size_t len);
/* Whether @slot counts as having an instance: seen, or remembered and not proved gone. */
bool slot_is_present(const struct slot *slot);
