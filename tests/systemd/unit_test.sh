#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The unit's sandbox scores under 2.0, with the drop-in for local VMs too, and systemd knows each
# word of all the files.
. "$(dirname "$0")/../tap.sh"

# The threshold is ten times the score that is printed.
scores_under() {
	systemd-analyze security --offline=true --no-pager --threshold="$1" "$scratch/muster.service"
}

# Unknown words are warnings only, so nothing at all may be printed about our unit.
unit_is_understood() {
	systemd-analyze verify --man=no "$scratch/muster.service" >"$scratch/verify" 2>&1 || true
	! grep -F muster.service "$scratch/verify"
}

drop_in_install() {
	mkdir -p "$scratch/muster.service.d" &&
		cp "$src/systemd/muster-qemu.conf" "$scratch/muster.service.d/qemu.conf"
}

users_are_understood() {
	systemd-sysusers --dry-run "$src/systemd/muster.sysusers"
}

files_are_understood() {
	systemd-tmpfiles --create --root="$scratch/root" "$src/systemd/muster.tmpfiles" &&
		[ -d "$scratch/root/etc/muster/manifests" ]
}

if ! command -v systemd-analyze >/dev/null; then
	skip "the sandbox of muster.service" "systemd-analyze is not installed"
	finish
fi

# The program need not be installed to look at its unit.
sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' "$build/systemd/muster.service" >"$scratch/muster.service"
check "muster.service is understood" unit_is_understood
check "muster.service scores under 2.0" scores_under 20
echo "NoSuchWord=yes" >>"$scratch/muster.service"
unknown_word_is_seen() { ! unit_is_understood; }
check "a word that systemd does not know is seen" unknown_word_is_seen
sed -i '$d' "$scratch/muster.service"
check "the drop-in for local VMs is there" drop_in_install
check "muster.service with the drop-in is understood" unit_is_understood
check "muster.service with the drop-in scores under 2.0" scores_under 20
check "muster.sysusers is understood" users_are_understood
if [ "$(id -u)" = 0 ]; then
	mkdir -p "$scratch/root/etc"
	check "muster.tmpfiles makes the folder of manifests" files_are_understood
else
	skip "muster.tmpfiles makes the folder of manifests" "not root"
fi
finish
