#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/fuzz/run.sh SECONDS PROGRAM...: fuzzes with each program for so long, one after the other.
# What is found stays in the build: PROGRAM.corpus/ grows from run to run, PROGRAM.crash-* fails.
set -u
seeds=$(cd "$(dirname "$0")/seeds" && pwd)
seconds=$1
shift
status=0
for program in "$@"; do
	name=$(basename "$program" _fuzz)
	echo "== $name"
	mkdir -p "$program.corpus"
	"./$program" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 \
		-artifact_prefix="$program." "$program.corpus" "$seeds/$name" >"$program.log" 2>&1 || {
		status=1
		tail -n 60 "$program.log"
	}
	grep -E '^stat::(number_of_executed_units|average_exec_per_sec|new_units_added)' "$program.log"
done
exit "$status"
