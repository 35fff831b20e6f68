/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The settings of a world: the rows that the user sees, and for each where and how it is kept.
 */
#include "connectors/sim/settings.h"

#include "connectors/sim/words.h"
#include "connectors/sim/world.h"
#include "reconcile/model/quantity.h"

#include <stddef.h>
#include <string.h>

/* Sums of a few durations and a time stay far from overflow. */
static const int64_t DURATION_MAX_MS = INT64_C(10000) * 24 * 3600 * 1000;

static bool keep_duration(const char *text, void *field, GError **error)
{
	int64_t ms = 0;

	if (!quantity_parse_duration(text, &ms, error))
		return false;
	if (ms > DURATION_MAX_MS) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "\"%s\" is over 10000 days", text);
		return false;
	}
	*(int64_t *)field = ms;
	return true;
}

static bool keep_number(const char *text, void *field, GError **error)
{
	return words_parse_number(text, field, error);
}

/* What would divide by nothing or mean nothing as 0. */
static bool keep_count(const char *text, void *field, GError **error)
{
	uint64_t number = 0;

	if (!words_parse_number(text, &number, error))
		return false;
	if (number == 0) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "it must be at least 1");
		return false;
	}
	*(uint64_t *)field = number;
	return true;
}

static bool keep_bool(const char *text, void *field, GError **error)
{
	if (!g_str_equal(text, "true") && !g_str_equal(text, "false")) {
		g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "\"%s\" is not true or false",
		            text);
		return false;
	}
	*(bool *)field = g_str_equal(text, "true");
	return true;
}

static bool keep_ppm(const char *text, void *field, GError **error)
{
	return words_parse_ppm(text, field, error);
}

static bool keep_errors(const char *text, void *field, GError **error)
{
	return words_parse_errors(text, field, error);
}

static bool keep_deaths(const char *text, void *field, GError **error)
{
	return words_parse_deaths(text, field, error);
}

static bool keep_abilities(const char *text, void *field, GError **error)
{
	return words_parse_abilities(text, field, error);
}

static bool keep_sizes(const char *text, void *field, GError **error)
{
	GArray *sizes = words_parse_sizes(text, error);

	if (!sizes)
		return false;
	g_clear_pointer((GArray **)field, g_array_unref);
	*(GArray **)field = sizes;
	return true;
}

static bool keep_words(const char *text, void *field, GError **error)
{
	(void)error;
	g_strfreev(*(char ***)field);
	*(char ***)field = *text ? g_strsplit(text, ",", -1) : g_new0(char *, 1);
	return true;
}

static bool keep_text(const char *text, void *field, GError **error)
{
	(void)error;
	g_free(*(char **)field);
	*(char **)field = g_strdup(text);
	return true;
}

#define SIZES                                                                          \
	"tiny=1:512MiB:10GiB:4000,small=1:2GiB:20GiB:10000,medium=2:4GiB:40GiB:20000," \
	"large=4:8GiB:80GiB:40000,xlarge=8:16GiB:160GiB:80000,huge=16:64GiB:320GiB:250000"
#define ABILITIES                                                                       \
	"batch-create,token,atomic-marks,power,resize,mark,catalog,user-data,ssh-keys," \
	"networks,firewall,labels"

const struct setting_row sim_setting_rows[] = {
	{ "bootTime", SETTING_DURATION, false, false, "2s", "from a create or start to running" },
	{ "stopTime", SETTING_DURATION, false, false, "1s", "from a stop to stopped" },
	{ "deleteTime", SETTING_DURATION, false, false, "1s", "from a destroy to gone" },
	{ "latency", SETTING_DURATION, false, false, "20ms", "how long one request takes" },
	{ "jitter", SETTING_DURATION, false, false, "0s", "up to this more for a request, by lot" },
	{ "listLag", SETTING_DURATION, false, false, "0s",
	  "a list shows the world as it was this long ago; also the declared consistency delay" },
	{ "listLagVaries", SETTING_BOOL, false, false, "false",
	  "each list draws its lag from 0 to listLag, so lists may go back in time" },
	{ "incompleteLists", SETTING_TEXT, false, false, "0",
	  "chance that a list leaves instances out and says so" },
	{ "lyingLists", SETTING_TEXT, false, false, "0",
	  "chance that a list leaves instances out and calls itself complete" },
	{ "idleChanges", SETTING_TEXT, false, false, "0",
	  "chance that a change is answered as done and does not happen; a removal always does" },
	{ "errors", SETTING_TEXT, false, false, "",
	  "chances of errors by class: transient=0.05,throttled=0.02" },
	{ "requestsPerSecond", SETTING_NUMBER, false, false, "1000", "the pace that is declared" },
	{ "throttleAbove", SETTING_NUMBER, false, false, "0",
	  "requests a second beyond which the cloud answers throttled; 0: never" },
	{ "inFlight", SETTING_NUMBER, false, false, "64", "asks at once, as declared" },
	{ "quotaInstances", SETTING_NUMBER, false, false, "0",
	  "instances that the account may have; 0: any number" },
	{ "quotaCpus", SETTING_NUMBER, false, false, "0",
	  "cpus that the account may have in all; 0: any number" },
	{ "capacity", SETTING_NUMBER, false, false, "0",
	  "instances that the cloud has room for; 0: any number" },
	{ "lostAnswers", SETTING_TEXT, false, false, "0",
	  "chance that a change happens but its answer is lost" },
	{ "lostRequests", SETTING_TEXT, false, false, "0",
	  "chance that a request is lost on its way, which looks the same" },
	{ "lateRequests", SETTING_TEXT, false, false, "0",
	  "chance that a request looks lost, and is carried out later all the same" },
	{ "lateBy", SETTING_DURATION, false, false, "10s", "how late at most, by lot" },
	{ "deaths", SETTING_TEXT, false, false, "",
	  "rates by hour and running instance: stop=0.1,fail=0.01,vanish=0.05" },
	{ "bootFailures", SETTING_TEXT, false, false, "0", "chance that a boot ends in failed" },
	{ "batchSize", SETTING_NUMBER, false, false, "50", "members in one create" },
	{ "pageSize", SETTING_NUMBER, false, false, "1000",
	  "instances in one page of a list; each page is a request" },
	{ "nameMax", SETTING_NUMBER, false, false, "63", "characters of an instance's name" },
	{ "seed", SETTING_NUMBER, false, false, "0",
	  "the same seed and the same asks give the same world; 0: drawn from the cloud's name" },
	{ "abilities", SETTING_TEXT, false, false, ABILITIES,
	  "all abilities, or changes to the usual ones: -token,+unique-name,+live-resize" },
	{ "sizes", SETTING_TEXT, false, false, SIZES,
	  "the catalogue: name=cpus:memory:disk:price, the price by hour in millionths" },
	{ "images", SETTING_TEXT, false, false, "", "names of images, by commas; empty: any" },
	{ "zones", SETTING_TEXT, false, false, "", "names of zones, taken in turn; empty: none" },
	{ "script", SETTING_TEXT, false, false, "",
	  "lines of what happens when: at 30s kill shop/web/1 (see connectors/sim/README.md)" },
	{ "file", SETTING_PATH, false, false, "",
	  "where the world is kept from run to run, relative to the state; empty: nowhere" },
	{ 0 },
};

#define KEEP(how, member)                                  \
	{                                                  \
		how, offsetof(struct sim_settings, member) \
	}

/* In the order of the rows. */
static const struct {
	bool (*keep)(const char *text, void *field, GError **error);
	size_t offset;
} keepers[] = {
	KEEP(keep_duration, boot_ms),
	KEEP(keep_duration, stop_ms),
	KEEP(keep_duration, delete_ms),
	KEEP(keep_duration, latency_ms),
	KEEP(keep_duration, jitter_ms),
	KEEP(keep_duration, list_lag_ms),
	KEEP(keep_bool, list_lag_varies),
	KEEP(keep_ppm, incomplete_ppm),
	KEEP(keep_ppm, lying_ppm),
	KEEP(keep_ppm, idle_ppm),
	KEEP(keep_errors, errors_ppm),
	KEEP(keep_count, requests_per_second),
	KEEP(keep_number, throttle_above),
	KEEP(keep_count, in_flight),
	KEEP(keep_number, quota_instances),
	KEEP(keep_number, quota_cpus),
	KEEP(keep_number, capacity),
	KEEP(keep_ppm, lost_answer_ppm),
	KEEP(keep_ppm, lost_request_ppm),
	KEEP(keep_ppm, late_request_ppm),
	KEEP(keep_duration, late_ms),
	KEEP(keep_deaths, deaths_ppm),
	KEEP(keep_ppm, boot_failure_ppm),
	KEEP(keep_count, batch_size),
	KEEP(keep_count, page_size),
	KEEP(keep_count, name_max),
	KEEP(keep_number, seed),
	KEEP(keep_abilities, abilities),
	KEEP(keep_sizes, sizes),
	KEEP(keep_words, images),
	KEEP(keep_words, zones),
	KEEP(keep_text, script),
	KEEP(keep_text, file),
};
G_STATIC_ASSERT(G_N_ELEMENTS(keepers) + 1 == G_N_ELEMENTS(sim_setting_rows));

void sim_settings_init(struct sim_settings *settings)
{
	*settings = (struct sim_settings){ 0 };
	for (size_t i = 0; i < G_N_ELEMENTS(keepers); i++) {
		bool is_good = keepers[i].keep(sim_setting_rows[i].fallback,
		                               (char *)settings + keepers[i].offset, NULL);

		g_assert(is_good);
	}
}

void sim_settings_clear(struct sim_settings *settings)
{
	g_clear_pointer(&settings->sizes, g_array_unref);
	g_strfreev(settings->images);
	g_strfreev(settings->zones);
	g_free(settings->script);
	g_free(settings->file);
	*settings = (struct sim_settings){ 0 };
}

bool sim_settings_set(struct sim_settings *settings, const char *name, const char *value,
                      GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keepers); i++) {
		if (!g_str_equal(name, sim_setting_rows[i].name))
			continue;
		if (keepers[i].keep(value, (char *)settings + keepers[i].offset, error))
			return true;
		g_prefix_error(error, "setting \"%s\": ", name);
		return false;
	}
	g_set_error(error, FAULT_DOMAIN, FAULT_INVALID, "unknown setting \"%s\"", name);
	return false;
}

const struct size *sim_settings_find_size(const struct sim_settings *settings, const char *name)
{
	for (unsigned i = 0; i < settings->sizes->len; i++) {
		const struct size *size = &g_array_index(settings->sizes, struct size, i);

		if (g_str_equal(size->name, name))
			return size;
	}
	return NULL;
}

void sim_settings_calm(struct sim_settings *settings)
{
	settings->incomplete_ppm = 0;
	settings->lying_ppm = 0;
	settings->idle_ppm = 0;
	settings->lost_answer_ppm = 0;
	settings->lost_request_ppm = 0;
	settings->late_request_ppm = 0;
	settings->boot_failure_ppm = 0;
	settings->throttle_above = 0;
	memset(settings->errors_ppm, 0, sizeof(settings->errors_ppm));
	memset(settings->deaths_ppm, 0, sizeof(settings->deaths_ppm));
}
