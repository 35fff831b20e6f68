/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How figures are taken and printed, for all benches. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

double bench_cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double bench_peak_mib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss / 1024;
}

void bench_row(const char *name, double value, double floor, double bar, const char *unit)
{
	printf("%-46s %9.2f %-4s", name, value, unit);
	if (floor > 0)
		printf("  floor %9.3f  ratio %7.1f", floor, value / floor);
	else
		printf("%34s", "");
	if (bar > 0)
		printf("  bar %8.1f  %s", bar, value <= bar ? "ok" : "MISSED");
	printf("\n");
	fflush(stdout);
}
