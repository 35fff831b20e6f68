#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Prints the packages of the named sections of tests/packages, one a line.
# --missing  prints only those that are not installed
# --install  installs those, as root or by sudo; without either it names them and fails
set -eu

list=$(dirname "$0")/packages

usage() {
	echo "usage: $0 [--missing|--install] SECTION..." >&2
	exit 2
}

packages_print() {
	for section in "$@"; do
		grep -qx "\[$section\]" "$list" || {
			echo "$0: no section \"$section\" in $list" >&2
			return 2
		}
		awk -v want="[$section]" '
			/^#/ || !NF { next }
			/^\[/ { inside = $1 == want; next }
			inside { print $1 }' "$list"
	done
}

missing_print() {
	packages_print "$@" >/dev/null || return 2
	if ! command -v dpkg-query >/dev/null; then
		packages_print "$@"
		return
	fi
	packages_print "$@" | while read -r name; do
		status=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) || status=
		[ "$status" = installed ] || echo "$name"
	done
}

# --no-remove: the other flavour of libcurl's headers, say, must not vanish behind the user's back.
apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 \
		-o Dpkg::Use-Pty=0 --no-remove "$@" </dev/null >&2
}

packages_install() {
	packages_print "$@" >/dev/null || return 2
	missing=$(missing_print "$@" | sort -u | tr '\n' ' ')
	[ -n "$missing" ] || return 0
	as_root=
	if [ "$(id -u)" != 0 ]; then
		as_root=sudo
		command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; } || {
			echo "$0: not root and no sudo; these packages are missing: $missing" >&2
			return 1
		}
	fi
	command -v apt-get >/dev/null || {
		echo "$0: this is not a Debian system; the Debian 12 names of what is missing: $missing" >&2
		return 1
	}
	echo "$0: installing $missing" >&2
	# shellcheck disable=SC2086 # one word a package
	{
		apt-cache show $missing >/dev/null 2>&1 || apt update
		apt install --no-install-recommends -y $missing && return 0
		# Package lists that are too old name files that the mirror no longer has.
		apt update && apt install --no-install-recommends -y $missing && return 0
	}
	echo "$0: could not install all of: $missing" >&2
	return 1
}

action=packages_print
case ${1:-} in
--missing) action=missing_print && shift ;;
--install) action=packages_install && shift ;;
-*) usage ;;
esac
[ $# -gt 0 ] || usage
$action "$@"
