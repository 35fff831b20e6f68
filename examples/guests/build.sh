#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# build.sh DIR [nano|linux]   makes small guests in DIR; without the second word both. No root needed.
#
#   nano.elf                       7 KB: says who it is, beats, obeys the power button
#   vmlinux, initrd.gz, cmdline    Debian's cloud kernel and busybox: user data, network, hot-plug
#
# What is there already and not older than its source is kept.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
what=${2:-all}
[ $# -ge 1 ] && [ $# -le 2 ] || {
	sed -n '3,9s/^# \{0,1\}//p' "$0" >&2
	exit 2
}
mkdir -p "$1"
out=$(cd "$1" && pwd)
# Tests that run side by side share a folder of guests.
exec 9>"$out/.lock"
flock 9

fail() {
	echo "build.sh: $*" >&2
	exit 1
}

tool_need() {
	command -v "$1" >/dev/null || fail "$1 is missing: install the Debian package $2"
}

nano_build() {
	tool_need gcc gcc
	tool_need ld binutils
	[ -e "$out/nano.elf" ] && [ -z "$(find "$here" -name 'nano.*' -newer "$out/nano.elf")" ] && return
	gcc -m32 -std=c11 -Os -Wall -Wextra -ffreestanding -fno-pic -fno-pie -fno-stack-protector \
		-fno-asynchronous-unwind-tables -mno-sse -mno-mmx -nostdlib -static \
		-Wl,-m,elf_i386 -Wl,-T,"$here/nano.ld" -Wl,--build-id=none -Wl,--no-warn-rwx-segments \
		-o "$out/nano.elf.new" "$here/nano.S" "$here/nano.c"
	mv "$out/nano.elf.new" "$out/nano.elf"
}

# The package that the newest cloud kernel is in.
kernel_package() {
	apt-cache depends linux-image-cloud-amd64 2>/dev/null |
		sed -n 's/.*Depends: \(linux-image-[^ ]*\).*/\1/p' | head -n1
}

kernel_download() {
	tool_need apt-get apt
	tool_need dpkg-deb dpkg
	package=$(kernel_package)
	if [ -z "$package" ] && [ "$(id -u)" = 0 ]; then
		apt-get update -qq
		package=$(kernel_package)
	fi
	[ -n "$package" ] || fail "apt knows no linux-image-cloud-amd64: run apt-get update"
	set --
	# As root, apt would download as a user that may not write here.
	[ "$(id -u)" != 0 ] || set -- -o APT::Sandbox::User=root
	(cd "$work" && apt-get "$@" -qq download "$package" >&2) ||
		fail "cannot download $package: run apt-get update and try again"
	dpkg-deb -x "$work"/linux-image-*.deb "$work/kernel"
}

# Uncompressed, the kernel has a PVH entry: nothing to unpack in the guest, a second less when it is
# emulated. The offsets are those of the kernel's Documentation/arch/x86/boot.rst.
kernel_unpack() {
	number() { od -An -t"u$2" -j"$1" -N"$2" "$work"/kernel/boot/vmlinuz-* | tr -d ' '; }
	offset=$((($(number 497 1) + 1) * 512 + $(number 584 4)))
	length=$(($(number 588 4) - 4))
	tail -c "+$((offset + 1))" "$work"/kernel/boot/vmlinuz-* | head -c "$length" >"$work/payload"
	case $(od -An -tx1 -N4 "$work/payload" | tr -d ' ') in
	02214c18) tool_need lz4 lz4 && lz4 -dc "$work/payload" >"$work/vmlinux" ;;
	fd377a58) tool_need xz xz-utils && xz -dc --single-stream "$work/payload" >"$work/vmlinux" ;;
	28b52ffd) tool_need zstd zstd && zstd -qdc "$work/payload" >"$work/vmlinux" ;;
	1f8b*) gzip -dc "$work/payload" >"$work/vmlinux" ;;
	*) fail "the kernel is compressed in a way that is not known here" ;;
	esac
}

# Modules in loading order; one that this kernel has built in is passed over.
modules_copy() {
	for name in virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci \
		virtio_blk failover net_failover virtio_net virtio_mem button evdev qemu_fw_cfg \
		fat vfat nls_cp437 nls_ascii nls_iso8859-1; do
		module=$(find "$work/kernel/lib/modules" -name "$name.ko" | head -n1)
		[ -n "$module" ] || continue
		cp "$module" "$work/root/modules/"
		echo "$name" >>"$work/root/modules.order"
	done
}

# No device node is made: the kernel has /dev/console built in, the rest is devtmpfs.
initrd_build() {
	mkdir -p "$work/root/bin" "$work/root/modules" "$work/root/dev" "$work/root/proc" "$work/root/sys"
	cp "$(command -v busybox)" "$work/root/bin/busybox"
	cp "$here/init" "$work/root/init"
	chmod 755 "$work/root/init" "$work/root/bin/busybox"
	modules_copy
	(cd "$work/root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0 | gzip -6) >"$work/initrd.gz"
}

linux_build() {
	tool_need busybox busybox-static
	tool_need cpio cpio
	[ -z "$(ldd "$(command -v busybox)" 2>/dev/null | grep '=>')" ] ||
		fail "busybox is not static: install the Debian package busybox-static"
	[ -e "$out/initrd.gz" ] && [ -e "$out/vmlinux" ] && [ -e "$out/cmdline" ] &&
		[ -z "$(find "$here/init" "$here/build.sh" -newer "$out/initrd.gz")" ] && return
	work=$(mktemp -d "$out/.work.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' INT TERM
	kernel_download
	kernel_unpack
	initrd_build
	# These shorten the start of an emulated guest and turn plugged memory on.
	echo "console=ttyS0 quiet panic=-1 reboot=t mitigations=off nokaslr init_on_alloc=0" \
		"init_on_free=0 random.trust_cpu=on cryptomgr.notests audit=0 apparmor=0" \
		"rcupdate.rcu_expedited=1 nmi_watchdog=0 memhp_default_state=online_movable" \
		"swiotlb=noforce" >"$out/cmdline"
	mv "$work/vmlinux" "$out/vmlinux"
	mv "$work/initrd.gz" "$out/initrd.gz"
}

case $what in
nano) nano_build ;;
linux) linux_build ;;
all) nano_build && linux_build ;;
*) fail "\"$what\" is neither nano nor linux" ;;
esac
