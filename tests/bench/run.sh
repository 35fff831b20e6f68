#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make bench: prints each figure beside a floor measured in the same run, and the bar where there is one.
# Run it in a build without sanitizers: ../configure CFLAGS=-O2 && make bench
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=${top_builddir:?run me by make bench}

if grep -q '^SAN_CFLAGS = .*-fsanitize' "$build/Makefile"; then
	echo "bench: this build has sanitizers; its figures would say nothing" >&2
	exit 1
fi
make -s -C "$build" muster muster-connector-qemu tests/bench/core_bench
echo "On $(nproc) cores, $(uname -m). CPU time unless a row says otherwise."
echo
"$build/tests/bench/core_bench"
python3 "$here/process_bench.py" "$build" "$@"
