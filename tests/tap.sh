# SPDX-License-Identifier: GPL-2.0-or-later
#
# TAP for test scripts, to be sourced:
#   check NAME COMMAND...   one test: passes if the command does; what it prints is shown if not
#   skip NAME REASON        one test that cannot run here
#   finish                  the plan, and the exit code
# Sets $src and $build, the roots of the tree and of the build, and $scratch, a folder that goes at the end.

src=${G_TEST_SRCDIR:-$(cd "$(dirname "$0")" && git rev-parse --show-toplevel)}
build=${G_TEST_BUILDDIR:-$src}
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
tap_count=0
tap_failed=0

check() {
	tap_name=$1
	shift
	tap_count=$((tap_count + 1))
	if "$@" >"$scratch/.output" 2>&1; then
		echo "ok $tap_count - $tap_name"
	else
		sed 's/^/# /' "$scratch/.output"
		echo "not ok $tap_count - $tap_name"
		tap_failed=1
	fi
}

skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

finish() {
	echo "1..$tap_count"
	exit "$tap_failed"
}
