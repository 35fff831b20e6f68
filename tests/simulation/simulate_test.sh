#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Plays seeds 1 to SIMULATION_SEEDS (2000); a failing seed is printed, and replays by
# "simulate --seed N --trace".
. "$(dirname "$0")/../tap.sh"

simulate=$build/tests/simulation/simulate
seeds=${SIMULATION_SEEDS:-2000}

replays_exactly() {
	for seed in 1 8 77; do
		"$simulate" --seed $seed --hash >"$scratch/once"
		"$simulate" --seed $seed --hash >"$scratch/twice"
		cmp "$scratch/once" "$scratch/twice" || return 1
	done
}

# Two halves side by side.
half=$((seeds / 2))

all_converge() {
	"$simulate" --seeds "1-$half" >"$scratch/first" &
	first=$!
	"$simulate" --seeds "$((half + 1))-$seeds" || { wait $first; cat "$scratch/first"; return 1; }
	wait $first || { cat "$scratch/first"; return 1; }
}

check "a seed replays exactly" replays_exactly
check "seeds 1 to $seeds converge and keep all rules" all_converge
finish
