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

check "a seed replays exactly" replays_exactly
check "seeds 1 to $seeds converge and keep all rules" "$simulate" --seeds "1-$seeds"
finish
