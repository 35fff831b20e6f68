/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one function of a fuzz entry. libFuzzer calls it where the build has --enable-fuzzers;
 * replay.c calls it with the seeds and their neighbours everywhere else.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Feeds @bytes to a decoder, and checks what must hold of the answer. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#endif
