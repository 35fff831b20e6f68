/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Token buckets that learn. */
#include "reconcile/engine/budget.h"

#include <glib.h>

enum {
	RATE_CAUTIOUS = 10,
	IN_FLIGHT_CAUTIOUS = 8,
	RECOVERY_MS = 60 * 1000, /* from nothing back to the declared rate */
	PAUSE_MS = 1000,         /* after a throttled answer that names no time */
};

static const double rate_least = 0.2; /* requests a second; slower would look dead */
static const double whole = 1 - 1e-6; /* of a token; the sum of parts may fall short by a hair */

static void bucket_set(struct bucket *bucket, double rate, double burst, int64_t now_ms)
{
	bool is_new = bucket->rate_max == 0;

	bucket->rate = is_new || bucket->rate == bucket->rate_max ? rate : MIN(bucket->rate, rate);
	bucket->rate_max = rate;
	bucket->burst = burst;
	bucket->tokens = is_new ? burst : MIN(bucket->tokens, burst);
	if (is_new)
		bucket->at_ms = now_ms;
}

static void bucket_refill(struct bucket *bucket, int64_t now_ms)
{
	double passed_ms = (double)MAX(now_ms - bucket->at_ms, 0);

	bucket->tokens = MIN(bucket->burst, bucket->tokens + bucket->rate * passed_ms / 1000);
	bucket->rate =
		MIN(bucket->rate_max, bucket->rate + bucket->rate_max * passed_ms / RECOVERY_MS);
	bucket->at_ms = MAX(now_ms, bucket->at_ms);
}

static bool bucket_allows(const struct bucket *bucket, int64_t now_ms)
{
	return bucket->tokens >= whole && bucket->hold_until_ms <= now_ms;
}

static int64_t bucket_next_ms(const struct bucket *bucket, int64_t now_ms)
{
	int64_t full_ms = now_ms;

	if (bucket->tokens < whole)
		full_ms = bucket->at_ms + 1 + (int64_t)((1 - bucket->tokens) / bucket->rate * 1000);
	return MAX(MAX(full_ms, bucket->hold_until_ms), now_ms);
}

void budget_set(struct budget *budget, unsigned requests_per_second, unsigned burst,
                unsigned in_flight, int64_t now_ms)
{
	double rate = requests_per_second ? requests_per_second : RATE_CAUTIOUS;
	double depth = burst ? burst : rate;

	bucket_set(&budget->all, rate, depth, now_ms);
	for (int i = 0; i < BUDGET_CLASSES; i++)
		bucket_set(&budget->classes[i], rate, depth, now_ms);
	budget->in_flight_max = in_flight ? in_flight : IN_FLIGHT_CAUTIOUS;
}

/* A cloud that takes one ask at a time has no place to keep. */
static bool has_place(const struct budget *budget, enum budget_class class)
{
	unsigned kept = class != BUDGET_READ && budget->in_flight_max > 1;

	return budget->in_flight + kept < budget->in_flight_max;
}

bool budget_allows(struct budget *budget, enum budget_class class, int64_t now_ms)
{
	if (!has_place(budget, class))
		return false;
	bucket_refill(&budget->all, now_ms);
	bucket_refill(&budget->classes[class], now_ms);
	return bucket_allows(&budget->all, now_ms) &&
	       bucket_allows(&budget->classes[class], now_ms);
}

void budget_take(struct budget *budget, enum budget_class class, int64_t now_ms)
{
	bucket_refill(&budget->all, now_ms);
	bucket_refill(&budget->classes[class], now_ms);
	budget->all.tokens -= 1;
	budget->classes[class].tokens -= 1;
	budget->in_flight++;
}

void budget_return(struct budget *budget, enum budget_class class, unsigned requests,
                   int64_t now_ms)
{
	double more = requests > 1 ? requests - 1 : 0;

	g_assert(budget->in_flight > 0);
	budget->in_flight--;
	bucket_refill(&budget->all, now_ms);
	bucket_refill(&budget->classes[class], now_ms);
	budget->all.tokens -= more;
	budget->classes[class].tokens -= more;
}

void budget_throttle(struct budget *budget, enum budget_class class, int64_t retry_after_ms,
                     int64_t now_ms)
{
	struct bucket *bucket = &budget->classes[class];
	int64_t pause_ms = retry_after_ms > 0 ? retry_after_ms : PAUSE_MS;

	bucket_refill(bucket, now_ms);
	bucket->rate = MAX(bucket->rate / 2, MIN(rate_least, bucket->rate_max));
	bucket->tokens = MIN(bucket->tokens, 1);
	bucket->hold_until_ms = MAX(bucket->hold_until_ms, now_ms + pause_ms);
	budget->throttled++;
}

int64_t budget_next_ms(const struct budget *budget, enum budget_class class, int64_t now_ms)
{
	if (!has_place(budget, class))
		return INT64_MAX;
	return MAX(bucket_next_ms(&budget->all, now_ms),
	           bucket_next_ms(&budget->classes[class], now_ms));
}
