/* SPDX-License-Identifier: GPL-2.0-or-later */
/* budget - how fast one cloud may be asked.
 *
 * A token bucket for the cloud and one for each class of call, one token a request, and a cap on
 * asks at once. What the cloud declares is the ceiling; a throttled answer halves the class's rate,
 * which then recovers slowly. All asks pay, lists too. Who is served first is the caller's
 * order. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum budget_class {
	BUDGET_CHANGE, /* destroy, start, stop, resize, mark: what people wait for */
	BUDGET_CREATE,
	BUDGET_READ,    /* list, catalog */
	BUDGET_CLASSES, /* how many */
};

struct bucket {
	double tokens;
	double rate;     /* a second, now */
	double rate_max; /* as declared */
	double burst;
	int64_t at_ms;         /* when tokens were counted */
	int64_t hold_until_ms; /* the cloud asked for a pause */
};

struct budget {
	struct bucket all;
	struct bucket classes[BUDGET_CLASSES];
	unsigned in_flight;
	unsigned in_flight_max;
	unsigned throttled; /* times since start */
};

/* Sets the ceilings; what is in the buckets stays, as far as it fits. 0: a cautious value of
 * ours. */
void budget_set(struct budget *budget, unsigned requests_per_second, unsigned burst,
                unsigned in_flight, int64_t now_ms);
/* Whether an ask of @class may go now. One place of the cap is kept for reads. */
bool budget_allows(struct budget *budget, enum budget_class class, int64_t now_ms);
/* One ask of @class goes. */
void budget_take(struct budget *budget, enum budget_class class, int64_t now_ms);
/* Its answer came, after @requests requests in all; those beyond the first are paid now. */
void budget_return(struct budget *budget, enum budget_class class, unsigned requests,
                   int64_t now_ms);
/* It was throttled; @retry_after_ms as the cloud said, 0 when it did not. */
void budget_throttle(struct budget *budget, enum budget_class class, int64_t retry_after_ms,
                     int64_t now_ms);
/* When an ask of @class may go by time alone; INT64_MAX when an answer must come first. */
int64_t budget_next_ms(const struct budget *budget, enum budget_class class, int64_t now_ms);
