/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings - how a world behaves, parsed from its rows. */
#pragma once

#include "reconcile/model/fault.h"
#include "reconcile/model/pairs.h"
#include "reconcile/model/setting_row.h"
#include "reconcile/model/spec.h"

#include <stdint.h>

enum death {
	DEATH_STOP,
	DEATH_FAIL,
	DEATH_VANISH,
	DEATHS, /* how many */
};

struct sim_settings {
	int64_t boot_ms;
	int64_t stop_ms;
	int64_t delete_ms;
	int64_t latency_ms; /* of one request */
	int64_t jitter_ms;  /* at most this more, by lot */
	int64_t list_lag_ms;
	bool list_lag_varies;
	uint64_t incomplete_ppm;
	uint64_t lying_ppm;
	uint64_t idle_ppm;
	uint64_t errors_ppm[FAULT_INTERNAL + 1];
	uint64_t requests_per_second; /* declared */
	uint64_t throttle_above;      /* enforced; 0: never */
	uint64_t in_flight;           /* declared */
	uint64_t quota_instances;     /* 0: none */
	uint64_t quota_cpus;
	uint64_t capacity;
	uint64_t lost_answer_ppm;
	uint64_t lost_request_ppm;
	uint64_t late_request_ppm;
	int64_t late_ms;             /* at most so late */
	uint64_t deaths_ppm[DEATHS]; /* for one running instance in an hour */
	uint64_t boot_failure_ppm;
	uint64_t batch_size;
	uint64_t page_size;
	uint64_t name_max;
	uint64_t seed; /* 0: the caller's */
	unsigned abilities;
	GArray *sizes; /* struct size */
	char **images; /* empty: any */
	char **zones;  /* empty: none */
	char *script;
	char *file; /* where the agent keeps the world; nothing to the world itself */
};

/* All fallbacks. */
void sim_settings_init(struct sim_settings *settings);
void sim_settings_clear(struct sim_settings *settings);
/* Sets one; FAULT_INVALID names it, and nothing has changed. */
bool sim_settings_set(struct sim_settings *settings, const char *name, const char *value,
                      GError **error);
/* The size of that name in the catalogue, or NULL. */
const struct size *sim_settings_find_size(const struct sim_settings *settings, const char *name);
/* Ends all drawn faults. */
void sim_settings_calm(struct sim_settings *settings);
