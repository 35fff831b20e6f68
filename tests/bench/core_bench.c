/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The core by itself: loading manifests, planning, passes with nothing changed, converging. */
#include "reconcile/model/key.h"
#include "tests/bench/bench.h"
#include "tests/bench/desk.h"
#include "tests/bench/sim_desk.h"

#include <stdio.h>
#include <yaml.h>

/* The least that loading manifests takes: libyaml's events of the same bytes. */
static double floor_yaml_s(unsigned files)
{
	double began = bench_cpu_s();

	for (unsigned i = 0; i < files; i++) {
		g_autofree char *text = desk_deployment_text(i, 1);
		yaml_parser_t parser;
		yaml_event_t event;
		bool is_end = false;

		yaml_parser_initialize(&parser);
		yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
		while (!is_end && yaml_parser_parse(&parser, &event)) {
			is_end = event.type == YAML_STREAM_END_EVENT;
			yaml_event_delete(&event);
		}
		yaml_parser_delete(&parser);
	}
	return bench_cpu_s() - began;
}

static int compare_keys(const void *a, const void *b)
{
	return key_compare(*(char *const *)a, *(char *const *)b);
}

/* The least that a plan of @members takes: their keys, sorted. */
static double floor_keys_s(unsigned members)
{
	double began = bench_cpu_s();
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);

	for (unsigned i = members; i > 0; i--)
		g_ptr_array_add(keys, g_strdup_printf("d00000/web/%u", i));
	g_ptr_array_sort(keys, compare_keys);
	return bench_cpu_s() - began;
}

/* The least that comparing a list takes: each instance with its like. */
static double floor_compare_s(const struct desk *desk)
{
	struct answer *a = desk_list(desk, 0), *b = desk_list(desk, 0);
	double began = bench_cpu_s(), took;
	size_t differ = 0;

	for (size_t i = 0; i < a->instances->len; i++)
		differ += !instance_equal(g_ptr_array_index(a->instances, i),
		                          g_ptr_array_index(b->instances, i));
	took = bench_cpu_s() - began;
	g_assert(differ == 0);
	answer_free(a);
	answer_free(b);
	return took;
}

static void bench_load(void)
{
	double floor = floor_yaml_s(10000), began = bench_cpu_s(), took;
	struct desk *desk = desk_new(10000, 1);
	g_autofree char *text = desk_deployment_text(5000, 2);
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

	took = bench_cpu_s() - began;
	bench_row("load 10,000 manifests", took * 1e3, floor * 1e3, 0, "ms");
	began = bench_cpu_s();
	manifests_put(desk->manifests, "d05000.yaml", bytes);
	desk_set_fleet(desk);
	took = bench_cpu_s() - began;
	bench_row("reload one of 10,000 manifests", took * 1e3, floor / 10000 * 1e3, 0, "ms");
	desk_free(desk);
}

static void bench_plan(void)
{
	double floor = floor_keys_s(100000), before = bench_peak_mib(), began, took;
	struct desk *desk = desk_new(10, 10000);
	GPtrArray *plans;
	size_t actions = 0;

	desk_pass(desk);
	began = bench_cpu_s();
	plans = engine_plan(desk->engine, NULL, desk->now_ms);
	took = bench_cpu_s() - began;
	for (size_t i = 0; i < plans->len; i++)
		actions += ((struct plan *)g_ptr_array_index(plans, i))->actions->len;
	if (actions != 100000)
		printf("planned %zu actions instead of 100000\n", actions);
	bench_row("plan 100,000 members from nothing", took * 1e3, floor * 1e3, 1000, "ms");
	bench_row("  memory for that", bench_peak_mib() - before, 0, 300, "MiB");
	g_ptr_array_unref(plans);
	desk_free(desk);
}

/* A list with nothing new and the pass after it: what a period at rest costs. */
static void bench_rest(void)
{
	struct desk *desk = desk_new(100, 100);
	double best = 1e9, floor;
	size_t writes;

	desk_converge(desk);
	floor = floor_compare_s(desk);
	writes = desk->writes;
	for (int i = 0; i < 20; i++) {
		double began, spent = 0;
		size_t asks;

		do {
			autoptr(effects) effects = NULL;

			began = bench_cpu_s();
			effects = engine_step(desk->engine, desk->now_ms);
			spent += bench_cpu_s() - began;
			asks = effects->asks->len;
			desk->writes += effects->writes->len;
			for (size_t j = 0; j < asks; j++) {
				const struct ask *ask = g_ptr_array_index(effects->asks, j);
				struct answer *answer = desk_list(desk, ask->id);

				began = bench_cpu_s();
				engine_answer(desk->engine, answer, desk->now_ms);
				spent += bench_cpu_s() - began;
			}
			if (!asks)
				desk->now_ms = effects->wake_at_ms;
		} while (asks);
		best = spent > 0 && spent < best && i > 0 ? spent : best;
	}
	bench_row("pass over 10,000 unchanged members", best * 1e3, floor * 1e3, 20, "ms");
	bench_row("  writes in 20 of them", (double)(desk->writes - writes), 0, 0, "");
	desk_free(desk);
}

static void bench_converge(void)
{
	double began = bench_cpu_s(), took;
	struct desk *desk = desk_new(100, 100);
	unsigned passes = desk_converge(desk);

	took = bench_cpu_s() - began;
	bench_row("converge 10,000 members, cloud at once", took * 1e3, floor_keys_s(10000) * 1e3,
	          0, "ms");
	bench_row("  passes", passes, 0, 0, "");
	bench_row("  asks", (double)desk->asks, 0, 0, "");
	if (desk->instances->len != 10000)
		printf("made %u instances instead of 10000\n", desk->instances->len);
	desk_free(desk);
}

int main(void)
{
	bench_load();
	bench_rest();
	bench_converge();
	sim_desk_bench(10000);
	bench_plan();
	return 0;
}
