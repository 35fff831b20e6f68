#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# cppcheck's errors and warnings over each top folder; its opinions on style are not asked for, nor
# on leaks: it does not know the cleanup attribute, and LeakSanitizer does. Nor on portability:
# it wants readdir_r, which glibc has deprecated, and casts of NULL as in C++.
. "$(dirname "$0")/../tap.sh"

sources_are_clean() {
	mkdir -p "$build/cppcheck-cache" || return 1
	cd "$src" && cppcheck -j2 --quiet --error-exitcode=1 --enable=warning --std=c11 \
		--library=posix --library=gtk --suppress=unknownMacro --suppress=memleak --max-configs=2 -I. \
		-D_GNU_SOURCE -DHAVE_SYSTEMD=1 --cppcheck-build-dir="$build/cppcheck-cache" agent connectors reconcile
}

offender_is_seen() {
	mkdir -p "$scratch/agent" "$scratch/connectors" "$scratch/reconcile" "$scratch/cppcheck-cache"
	printf 'int f(void);\nint f(void)\n{\n\tint a[2] = {0};\n\treturn a[2];\n}\n' >"$scratch/agent/f.c"
	! (src=$scratch build=$scratch && sources_are_clean)
}

if command -v cppcheck >/dev/null; then
	check "cppcheck has no error and no warning" sources_are_clean
	check "cppcheck sees a read past the end" offender_is_seen
else
	skip "cppcheck has no error and no warning" "cppcheck is not installed"
fi
finish
