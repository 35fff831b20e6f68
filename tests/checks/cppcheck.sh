#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# cppcheck's errors and warnings over each top folder; its opinions on style are not asked for.
. "$(dirname "$0")/../tap.sh"

sources_are_clean() {
	mkdir -p "$build/cppcheck-cache" || return 1
	cd "$src" && cppcheck -j2 --quiet --error-exitcode=1 --enable=warning,portability --std=c11 \
		--library=posix --library=gtk --suppress=unknownMacro --max-configs=2 -I. \
		-D_GNU_SOURCE -DHAVE_SYSTEMD=1 --cppcheck-build-dir="$build/cppcheck-cache" agent connectors reconcile
}

if command -v cppcheck >/dev/null; then
	check "cppcheck has no error and no warning" sources_are_clean
else
	skip "cppcheck has no error and no warning" "cppcheck is not installed"
fi
finish
