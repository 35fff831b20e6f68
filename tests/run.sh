#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Installs what is missing, builds with sanitizers, runs every test, compiles once more with clang.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only if something
# passed and nothing failed.
#
# --no-install   take the machine as it is
# MUSTER_BUILD   the folder to build in (default: build/ in the tree), reused from run to run
set -u

tree=$(cd "$(dirname "$0")/.." && pwd)
build=${MUSTER_BUILD:-$tree/build}
jobs=$(nproc 2>/dev/null || echo 2)
passed=0 failed=0 skipped=0

finish() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$passed" -gt 0 ] && [ "$failed" = 0 ]
	exit
}

say() {
	printf '\n== %s\n' "$*"
}

# What a failed step prints is read by somebody who has only the end of a log.
step() {
	log=$build/$1.log
	shift
	"$@" >"$log" 2>&1 </dev/null && return 0
	grep -nE 'warning:|error:|Error [0-9]' "$log" | head -n 40
	echo "-- the end of $log:"
	tail -n 40 "$log"
	return 1
}

# One configured folder: NAME COMPILER CONFIGURE_ARGUMENT...
configure_once() {
	name=$1 cc=$2
	shift 2
	mkdir -p "$build/$name"
	[ -f "$build/$name/config.status" ] && return 0
	(cd "$build/$name" && "$tree/configure" -q CC="$cc" "$@")
}

# An ERROR beside a FAIL is the exit code of the same failure.
results_count() {
	find "$build/check" -name '*.trs' | while read -r trs; do
		awk '
			$1 != ":test-result:" { next }
			$2 == "PASS" || $2 == "XFAIL" { passed++; next }
			$2 == "SKIP" { skipped++; next }
			$2 == "ERROR" { errors++; next }
			{ failed++ }
			END { print passed + 0, failed ? failed : errors + 0, skipped + 0 }' "$trs"
	done | awk '{ passed += $1; failed += $2; skipped += $3 } END { print passed + 0, failed + 0, skipped + 0 }'
}

results_show() {
	find "$build/check" -name '*.trs' | sort | while read -r trs; do
		grep '^SKIP: ' "${trs%.trs}.log"
	done
	find "$build/check" -name '*.trs' | sort | while read -r trs; do
		grep -qE '^:test-result: (FAIL|ERROR|XPASS)' "$trs" || continue
		say "failed: ${trs#"$build/check/"}"
		grep -vE '^(ok |PASS: )' "${trs%.trs}.log" | tail -n 300
	done
}

if [ "${1:-}" != --no-install ]; then
	say "packages"
	"$tree/tests/packages.sh" --install build run guest test || {
		failed=1
		finish
	}
fi

mkdir -p "$build" || exit 1
if ! [ -f "$tree/configure" ] || ! [ -f "$tree/Makefile.in" ] || ! [ -f "$tree/config.h.in" ]; then
	say "autogen.sh"
	step autogen "$tree/autogen.sh" || {
		failed=1
		finish
	}
fi

say "build with gcc, sanitizers and -Werror in $build/check"
step check-configure configure_once check gcc --enable-sanitizers --enable-werror CFLAGS='-g -O1' &&
	step check-build make -C "$build/check" -j"$jobs" programs || {
	failed=1
	finish
}

say "tests"
find "$build/check" -name '*.trs' -delete
make -C "$build/check" -j"$jobs" -k check >"$build/check.log" 2>&1 </dev/null
check_status=$?
read -r passed failed skipped <<EOF
$(results_count)
EOF
results_show
if [ "$check_status" != 0 ] && [ "$failed" = 0 ]; then
	echo "make check failed, though no test did:"
	tail -n 40 "$build/check.log"
	failed=1
fi

say "build with clang and -Werror in $build/clang"
if ! command -v clang-14 >/dev/null; then
	echo "SKIP clang-14 is not installed"
	skipped=$((skipped + 1))
elif step clang-configure configure_once clang clang-14 --enable-werror CFLAGS='-g -O0' &&
	step clang-build make -C "$build/clang" -j"$jobs" programs; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
fi

say "totals"
finish
