/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench - measures a thing beside a floor in the same run and prints one row.
 *
 * A figure is CPU time of this process (user and system), the smallest of a few runs, since noise
 * only ever adds. The floor is the least that any program would have to do for the same result. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* CPU time used by this process so far, in seconds. */
double bench_cpu_s(void);
/* Peak resident memory of this process so far, in MiB. */
double bench_peak_mib(void);
/* Prints "name  value unit  floor  ratio  bar  ok|MISSED"; a @floor or @bar of 0 is left out. */
void bench_row(const char *name, double value, double floor, double bar, const char *unit);
