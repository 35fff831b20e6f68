/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drawing scenarios, small enough for thousands of them. */
#include "tests/simulation/scenario.h"

#include "reconcile/model/key.h"

#include <stdio.h>
#include <string.h>

enum {
	VAULT_MAX = 5,
};

static const char *const sizes[] = { "tiny", "small", "medium" };
static const char *const tiers[COMPONENTS_MAX] = { "db", "app", "web" };

unsigned scenario_draw(struct scenario *scenario, unsigned bound)
{
	return (unsigned)rand_below(&scenario->rand, bound);
}

static bool chance(struct scenario *scenario, unsigned percent)
{
	return scenario_draw(scenario, 100) < percent;
}

static void cloud_set(struct cloud_draw *cloud, const char *name, char *own_value)
{
	g_ptr_array_add(cloud->settings, g_strdup(name));
	g_ptr_array_add(cloud->settings, own_value);
}

static const char *one_of(struct scenario *scenario, const char *const *words, unsigned len)
{
	return words[scenario_draw(scenario, len)];
}

static void cloud_draw_abilities(struct scenario *scenario, struct cloud_draw *cloud)
{
	GString *text = g_string_new("power,resize,mark,labels,user-data");

	cloud->is_atomic = chance(scenario, 75);
	if (cloud->is_atomic)
		g_string_append(text, ",atomic-marks");
	if (chance(scenario, 40))
		g_string_append(text, ",token");
	if (chance(scenario, 30))
		g_string_append(text, ",unique-name");
	if (chance(scenario, 50))
		g_string_append(text, ",batch-create");
	if (chance(scenario, 50))
		g_string_append(text, ",catalog");
	if (chance(scenario, 20))
		g_string_append(text, ",live-resize");
	cloud_set(cloud, "abilities", g_string_free(text, FALSE));
}

static void cloud_draw_troubles(struct scenario *scenario, struct cloud_draw *cloud)
{
	static const char *const few[] = { "0", "0.02", "0.1" };
	static const char *const errors[] = {
		"",
		"transient=0.1,internal=0.02",
		"throttled=0.1,conflict=0.05",
		"quota=0.05,capacity=0.05,auth=0.01",
		"transient=0.05,not-found=0.05,exists=0.05,throttled=0.05,conflict=0.05",
		"transient=0.4",
	};
	static const char *const deaths[] = { "", "stop=1,fail=1,vanish=1",
		                              "stop=4,fail=2,vanish=4" };

	cloud_set(cloud, "lostAnswers", g_strdup(one_of(scenario, few, 3)));
	cloud_set(cloud, "lostRequests", g_strdup(one_of(scenario, few, 3)));
	cloud_set(cloud, "incompleteLists", g_strdup(one_of(scenario, few, 3)));
	cloud_set(cloud, "bootFailures", g_strdup(one_of(scenario, few, 3)));
	/* An instance that two lies call gone before its marks are on it cannot be known again. */
	if (scenario->has_lies && cloud->is_atomic)
		cloud_set(cloud, "lyingLists", g_strdup("0.05"));
	if (scenario->has_lies)
		cloud_set(cloud, "idleChanges", g_strdup("0.3"));
	if (scenario->draws_invalid)
		cloud_set(cloud, "errors", g_strdup("invalid=0.03,unsupported=0.02"));
	else
		cloud_set(cloud, "errors", g_strdup(one_of(scenario, errors, 6)));
	cloud_set(cloud, "deaths", g_strdup(one_of(scenario, deaths, 3)));
	if (chance(scenario, 20))
		cloud_set(cloud, "throttleAbove",
		          g_strdup_printf("%u", 2 + scenario_draw(scenario, 10)));
}

static void cloud_draw(struct scenario *scenario, struct cloud_draw *cloud, unsigned number)
{
	static const char *const lags[] = { "0s", "0s", "2s", "10s" };
	static const char *const boots[] = { "0s", "2s", "30s" };
	static const char *const latencies[] = { "0s", "20ms", "3s" };

	cloud->name = g_strdup_printf("c%u", number);
	cloud->settings = g_ptr_array_new_with_free_func(g_free);
	cloud_draw_abilities(scenario, cloud);
	cloud_set(
		cloud, "sizes",
		g_strdup(
			"tiny=1:512MiB:20GiB:4000,small=1:2GiB:20GiB:10000,medium=2:4GiB:20GiB:20000"));
	cloud_set(cloud, "listLag", g_strdup(one_of(scenario, lags, 4)));
	cloud_set(cloud, "listLagVaries", g_strdup(chance(scenario, 50) ? "true" : "false"));
	cloud_set(cloud, "bootTime", g_strdup(one_of(scenario, boots, 3)));
	cloud_set(cloud, "latency", g_strdup(one_of(scenario, latencies, 3)));
	cloud_set(cloud, "jitter", g_strdup(one_of(scenario, latencies, 3)));
	cloud_set(cloud, "inFlight", g_strdup_printf("%u", 1 + scenario_draw(scenario, 8)));
	cloud_set(cloud, "requestsPerSecond",
	          g_strdup_printf("%u", 1 + scenario_draw(scenario, 20)));
	cloud_set(cloud, "batchSize", g_strdup_printf("%u", 1 + scenario_draw(scenario, 5)));
	cloud_set(cloud, "pageSize", g_strdup_printf("%u", 3 + scenario_draw(scenario, 100)));
	cloud_draw_troubles(scenario, cloud);
}

static void component_draw(struct scenario *scenario, struct component_draw *component,
                           unsigned number)
{
	component->exists = number == 0 || chance(scenario, 50);
	component->count = 1 + scenario_draw(scenario, 4);
	component->size = scenario_draw(scenario, 3);
	component->has_probe = chance(scenario, 20);
	/* The first tier is always there to be named. */
	component->has_template = number == 1 && chance(scenario, 60);
}

struct scenario *scenario_new(uint64_t seed)
{
	struct scenario *scenario = g_new0(struct scenario, 1);
	bool all_atomic = true;

	scenario->rand.state = seed * 0x9e3779b97f4a7c15u + 1;
	scenario->clouds_len = 1 + scenario_draw(scenario, CLOUDS_MAX);
	scenario->deployments_len = 1 + scenario_draw(scenario, DEPLOYMENTS_MAX);
	scenario->trouble_ms = 1000 * (200 + (int64_t)scenario_draw(scenario, 500));
	scenario->deletions = 4 + scenario_draw(scenario, 4);
	scenario->crashes_percent = chance(scenario, 60) ? scenario_draw(scenario, 12) : 0;
	scenario->uses_store = seed % 8 == 0;
	scenario->draws_invalid = chance(scenario, 10);
	scenario->has_lies = chance(scenario, 8);
	for (unsigned i = 0; i < scenario->clouds_len; i++) {
		cloud_draw(scenario, &scenario->clouds[i], i);
		all_atomic &= scenario->clouds[i].is_atomic;
	}
	/* Without marks from the first moment an instance may be ours by our word alone. */
	scenario->may_lose_store = all_atomic && chance(scenario, 30);
	for (unsigned i = 0; i < scenario->deployments_len; i++) {
		struct deployment_draw *deployment = &scenario->deployments[i];

		deployment->has_file = chance(scenario, 90);
		deployment->is_vault = chance(scenario, 15) && !scenario->has_lies;
		deployment->cloud = scenario_draw(scenario, scenario->clouds_len);
		for (unsigned j = 0; j < COMPONENTS_MAX; j++)
			component_draw(scenario, &deployment->components[j], j);
	}
	return scenario;
}

void scenario_free(struct scenario *scenario)
{
	for (unsigned i = 0; i < scenario->clouds_len; i++) {
		g_free(scenario->clouds[i].name);
		g_ptr_array_unref(scenario->clouds[i].settings);
	}
	g_free(scenario);
}

char *scenario_cloud_text(const struct scenario *scenario, unsigned i)
{
	return g_strdup_printf("apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: %s }\n"
	                       "spec:\n  connector: sim\n"
	                       "  sizes: { tiny: tiny, small: small, medium: medium }\n",
	                       scenario->clouds[i].name);
}

static void component_text(const struct deployment_draw *deployment, unsigned i, GString *text)
{
	const struct component_draw *component = &deployment->components[i];
	bool has_before = i > 0 && deployment->components[i - 1].exists;

	g_string_append_printf(text,
	                       "    %s:\n      count: %u\n      image: debian\n"
	                       "      size: %s\n",
	                       tiers[i], component->count, sizes[component->size]);
	if (has_before)
		g_string_append_printf(text, "      after: [%s]\n", tiers[i - 1]);
	if (has_before && component->has_template)
		g_string_append_printf(text, "      userData: \"${components.%s.1.address}\"\n",
		                       tiers[i - 1]);
	if (component->has_probe)
		g_string_append(text, "      ready: { tcp: 80, within: 5m }\n");
	if (deployment->is_vault)
		g_string_append(text, "      protect: true\n");
}

char *scenario_deployment_text(const struct scenario *scenario, unsigned i)
{
	const struct deployment_draw *deployment = &scenario->deployments[i];
	GString *text = g_string_new("apiVersion: muster/v1\nkind: Deployment\n");

	g_string_append_printf(text, "metadata:\n  name: d%u\n  labels: { revision: r%u }\n", i,
	                       deployment->revision);
	if (deployment->is_absent) {
		g_string_append(text, "  state: absent\n");
		return g_string_free(text, FALSE);
	}
	g_string_append_printf(text, "spec:\n  cloud: %s\n  components:\n",
	                       scenario->clouds[deployment->cloud].name);
	for (unsigned j = 0; j < COMPONENTS_MAX; j++)
		if (deployment->components[j].exists)
			component_text(deployment, j, text);
	return g_string_free(text, FALSE);
}

/* What is protected stays, whatever is asked for; in the end all of it is asked for again. */
static void vault_commit(struct scenario *scenario, struct deployment_draw *deployment)
{
	deployment->has_file = chance(scenario, 70);
	deployment->is_absent = chance(scenario, 20);
	deployment->components[0].count = 1 + scenario_draw(scenario, VAULT_MAX);
	deployment->components[0].size = scenario_draw(scenario, 3);
}

unsigned scenario_commit(struct scenario *scenario)
{
	unsigned i = scenario_draw(scenario, scenario->deployments_len);
	struct deployment_draw *deployment = &scenario->deployments[i];
	unsigned which = scenario_draw(scenario, COMPONENTS_MAX);
	struct component_draw *component = &deployment->components[which];

	if (deployment->is_vault) {
		vault_commit(scenario, deployment);
		return i;
	}
	switch (scenario_draw(scenario, 7)) {
	case 0:
		component->count = (which == 0) + scenario_draw(scenario, 6);
		break;
	case 1:
		deployment->has_file = !deployment->has_file;
		break;
	case 2:
		deployment->is_absent = !deployment->is_absent;
		break;
	case 3:
		component->size = scenario_draw(scenario, 3);
		break;
	case 4:
		component->exists = which == 0 || !component->exists;
		break;
	case 5:
		deployment->revision++;
		break;
	default:
		component->count += component->count < 6;
		break;
	}
	return i;
}

void scenario_finish(struct scenario *scenario)
{
	for (unsigned i = 0; i < scenario->deployments_len; i++) {
		struct deployment_draw *deployment = &scenario->deployments[i];

		deployment->revision++;
		deployment->is_absent = !deployment->is_vault && chance(scenario, 15);
		deployment->has_file = deployment->is_vault || chance(scenario, 85);
		if (deployment->is_vault)
			deployment->components[0].count = VAULT_MAX;
	}
}

bool scenario_desires(const struct scenario *scenario, const char *key)
{
	unsigned number, member;
	char tier[8];

	if (sscanf(key, "d%u/%7[a-z]/%u", &number, tier, &member) != 3 ||
	    number >= scenario->deployments_len)
		return false;
	for (unsigned i = 0; i < COMPONENTS_MAX; i++) {
		const struct deployment_draw *deployment = &scenario->deployments[number];

		if (strcmp(tier, tiers[i]) == 0)
			return deployment->has_file && !deployment->is_absent &&
			       deployment->components[i].exists &&
			       member <= deployment->components[i].count;
	}
	return false;
}

unsigned scenario_size(const struct scenario *scenario)
{
	unsigned size = 0;

	for (unsigned i = 0; i < scenario->deployments_len; i++) {
		const struct deployment_draw *deployment = &scenario->deployments[i];

		for (unsigned j = 0; j < COMPONENTS_MAX; j++)
			if (deployment->has_file && !deployment->is_absent &&
			    deployment->components[j].exists)
				size += deployment->components[j].count;
	}
	return size;
}

bool scenario_protects(const struct scenario *scenario, const char *key)
{
	unsigned number;

	return sscanf(key, "d%u/", &number) == 1 && number < scenario->deployments_len &&
	       scenario->deployments[number].is_vault;
}
