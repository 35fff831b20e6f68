#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make soak [SEEDS=N] [FIRST_SEED=N]: plays N seeds of the simulation (10,000), from a first one drawn at
# random unless it is given, and printed either way. Exits 1 when one fails, and says how to replay it.
set -eu

simulate=${G_TEST_BUILDDIR:?run me by make soak}/tests/simulation/simulate
seeds=${SEEDS:-10000}
first=${FIRST_SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
cores=$(nproc)
part=$(((seeds + cores - 1) / cores))
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

echo "seeds $first to $((first + seeds - 1)), on $cores cores: make soak SEEDS=$seeds FIRST_SEED=$first"
from=$first
last=$((first + seeds - 1))
pids=
while [ "$from" -le "$last" ]; do
	to=$((from + part - 1))
	[ "$to" -le "$last" ] || to=$last
	"$simulate" --seeds "$from-$to" >"$logs/$from" 2>&1 &
	pids="$pids $!"
	from=$((to + 1))
done
code=0
for pid in $pids; do
	wait "$pid" || code=1
done
cat "$logs"/*
[ $code = 0 ] || echo "replay one with: tests/simulation/simulate --seed N --trace"
exit $code
