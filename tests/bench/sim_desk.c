/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The floor is what the simulated cloud itself took to make, boot and list the same instances. */
#include "tests/bench/sim_desk.h"

#include "connectors/sim/world.h"
#include "tests/bench/bench.h"
#include "tests/bench/desk.h"

#include <stdio.h>

struct sim_desk {
	struct desk *desk;
	struct sim_world *world;
	double world_s;
	size_t asks;
};

static struct answer *ask_timed(struct sim_desk *sim, const struct ask *ask, int64_t *ret_heard_ms)
{
	double began = bench_cpu_s();
	int64_t latency_ms;
	struct answer *answer = sim_world_ask(sim->world, ask, sim->desk->now_ms, &latency_ms);

	sim->world_s += bench_cpu_s() - began;
	*ret_heard_ms = MAX(*ret_heard_ms, sim->desk->now_ms + latency_ms);
	return answer;
}

/* All asks of a pass are heard when the slowest of them is. */
static void pass(struct sim_desk *sim)
{
	struct desk *desk = sim->desk;
	autoptr(effects) effects = engine_step(desk->engine, desk->now_ms);
	g_autoptr(GPtrArray) answers = g_ptr_array_new();
	int64_t heard_ms = desk->now_ms;

	for (guint i = 0; i < effects->asks->len; i++)
		g_ptr_array_add(answers, ask_timed(sim, effects->asks->pdata[i], &heard_ms));
	sim->asks += answers->len;
	desk->now_ms = answers->len ? heard_ms : MAX(desk->now_ms + 1, effects->wake_at_ms);
	for (guint i = 0; i < answers->len; i++)
		engine_answer(desk->engine, answers->pdata[i], desk->now_ms);
}

void sim_desk_bench(unsigned members)
{
	const struct pair pace[] = { { "requestsPerSecond", "100000" }, { "batchSize", "1000" } };
	autoptr(pairs) settings = pairs_new(pace, G_N_ELEMENTS(pace));
	struct sim_desk sim = {
		.desk = desk_new(members / 100, 100),
		.world = sim_world_new(settings, 1, NULL),
	};
	const struct traits traits = sim_world_traits(sim.world);
	double began = bench_cpu_s(), took;
	bool has_failed;

	engine_cloud_up(sim.desk->engine, "desk", &traits, sim.desk->now_ms);
	do
		pass(&sim);
	while (!engine_is_converged(sim.desk->engine, sim.desk->now_ms, &has_failed));
	took = bench_cpu_s() - began;
	bench_row("converge 10,000 members on sim", took * 1e3, sim.world_s * 1e3, 0, "ms");
	bench_row("  asks", (double)sim.asks, 0, 0, "");
	if (sim_world_count(sim.world) != members)
		printf("made %zu instances instead of %u\n", sim_world_count(sim.world), members);
	sim_world_free(sim.world);
	desk_free(sim.desk);
}
