#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make bench: prints each figure beside a floor measured in the same run, and the bar where there is one.
# Its build has no sanitizers: ../configure CFLAGS=-O2 && make bench
# With names (memory start commit qemu) in BENCH only those of the whole process: make bench BENCH=start
set -eu

build=${G_TEST_BUILDDIR:?run me by make bench}

echo "On $(nproc) cores, $(uname -m). CPU time unless a row says wall."
echo
# shellcheck disable=SC2086 # a list of words
if [ -z "${BENCH:-}" ]; then
	"$build/tests/bench/core_bench"
fi
exec python3 "$(dirname "$0")/process_bench.py" "$build" ${BENCH:-}
