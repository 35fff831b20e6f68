#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# clang-format 14 decides the form; other versions decide otherwise.
. "$(dirname "$0")/../tap.sh"

sources_are_formatted() {
	cd "$src" && find agent connectors reconcile tests -name '*.[ch]' | sort |
		xargs -r clang-format-14 --dry-run -Werror --ferror-limit=3
}

if command -v clang-format-14 >/dev/null; then
	check "sources are as clang-format-14 writes them" sources_are_formatted
else
	skip "sources are as clang-format-14 writes them" "clang-format-14 is not installed"
fi
finish
