#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# From a fresh Debian 12 to three running VMs: installs what is missing, builds, makes a guest, starts
# an agent on examples/quickstart/ and shows the progress until all is converged.
#
# --demo   goes on by itself: kills a VM and sees it come back, raises the count, lowers it, takes the
#          manifests away; exits 0 only if each step was seen to hold. Works on a copy of the manifests.
# --stop   destroys the VMs of the quickstart and stops its agent
#
# MUSTER_QUICKSTART   the folder for everything it makes (default: build/quickstart in the tree)
set -eu

tree=$(cd "$(dirname "$0")/.." && pwd)
work=${MUSTER_QUICKSTART:-$tree/build/quickstart}
state=$work/state
vms=$state/plugins/here/vms
manifests=$tree/examples/quickstart
muster=$work/make/muster
wait_s=50
export MUSTER_PLUGIN_PATH="$work/make"

say() {
	printf '\n\033[1m== %s\033[0m\n' "$*"
}

fail() {
	printf 'quickstart: %s\n' "$*" >&2
	exit 1
}

# Runs a command quietly; its output is shown only when it fails.
quietly() {
	log=$work/$1.log
	shift
	"$@" >"$log" 2>&1 </dev/null || {
		tail -n 40 "$log" >&2
		fail "failed: $* (all of it: $log)"
	}
}

build() {
	say "Packages"
	"$tree/tests/packages.sh" --install build run guest
	mkdir -p "$work/make"
	say "Build (log: $work/make.log)"
	[ -x "$tree/configure" ] || (cd "$tree" && quietly autogen ./autogen.sh)
	cd "$work/make"
	[ -f Makefile ] || quietly configure "$tree/configure" CFLAGS="-O2 -g"
	quietly make make -j"$(nproc)"
	say "Guest"
	quietly guest "$tree/examples/guests/build.sh" "$work/guest" nano
	cd "$work"
	ls -l "$work/guest/nano.elf"
}

agent_is_running() {
	[ -f "$work/agent.pid" ] && kill -0 "$(cat "$work/agent.pid")" 2>/dev/null &&
		tr '\0' ' ' <"/proc/$(cat "$work/agent.pid")/cmdline" | grep -q "muster agent"
}

agent_prepare() {
	mkdir -p "$state/plugins/here"
	cp "$work/guest/nano.elf" "$state/plugins/here/nano.elf"
	cat >"$work/agent.yaml" <<END
manifests: $manifests
state: $state
limits:
  missingGrace: 5s
  deletions: { count: 100, window: 1m }
END
}

agent_start() {
	"$muster" agent --config "$work/agent.yaml" >"$work/agent.log" 2>&1 </dev/null &
	echo $! >"$work/agent.pid"
}

agent_stop() {
	agent_is_running || return 0
	pid=$(cat "$work/agent.pid")
	kill -TERM "$pid"
	waited=0
	while kill -0 "$pid" 2>/dev/null; do
		waited=$((waited + 1))
		[ $waited -lt 50 ] || { kill -KILL "$pid"; break; }
		sleep 0.1
	done
	rm -f "$work/agent.pid"
}

# The VMs that really run: those whose pid file is locked by a process.
vms_running() {
	for file in "$vms"/*/qemu.pid; do
		[ -f "$file" ] || continue
		pid=$(cat "$file" 2>/dev/null) || continue
		case $(readlink "/proc/$pid/exe" 2>/dev/null) in
		*qemu-system*) echo "$pid" ;;
		esac
	done
}

vms_count() {
	vms_running | wc -l
}

# Destroys through Muster itself: a manifest that says absent.
vms_destroy() {
	[ -d "$vms" ] && [ -x "$muster" ] || return 0
	rm -rf "$work/absent" && mkdir -p "$work/absent"
	cp "$tree/examples/quickstart/cloud.yaml" "$work/absent/"
	printf '%s\n' 'apiVersion: muster/v1' 'kind: Deployment' \
		'metadata: { name: hello, state: absent }' >"$work/absent/hello.yaml"
	sed "s|^manifests: .*|manifests: $work/absent|" "$work/agent.yaml" >"$work/absent.yaml"
	"$muster" apply --config "$work/absent.yaml" >"$work/absent.log" 2>&1 </dev/null ||
		tail -n 5 "$work/absent.log" >&2
	for pid in $(vms_running); do
		echo "VM $pid outlived that; ending it"
		kill -KILL "$pid" || true
	done
}

clean_up() {
	trap - INT TERM EXIT
	say "Cleaning up"
	agent_stop
	vms_destroy
	rm -rf "$state"
	echo "No VM of the quickstart is left."
}

# The line of status for the deployment; nothing when there is none.
deployment_line() {
	"$muster" status --state "$state" 2>/dev/null | sed -n 's/^hello  *//p'
}

# Waits until COUNT VMs run and the agent has nothing to do, showing what changes meanwhile.
converge() {
	want=$1 shown= waited=0
	until [ "$(vms_count)" = "$want" ] && is_converged "$want"; do
		line=$(deployment_line) || line=
		[ "$line" = "$shown" ] || [ -z "$line" ] || printf '   hello  %s\n' "$line"
		shown=$line
		agent_is_running || {
			tail -n 20 "$work/agent.log" >&2
			fail "the agent ended"
		}
		waited=$((waited + 1))
		[ $waited -lt $((wait_s * 5)) ] || {
			"$muster" status --state "$state" -v >&2 || true
			tail -n 20 "$work/agent.log" >&2
			fail "not converged to $want VMs within $wait_s s"
		}
		sleep 0.2
	done
	printf '   %s VMs run, nothing is left to do\n' "$want"
}

is_converged() {
	line=$(deployment_line) || return 1
	case $line in
	"$1/$1 "*converged*) return 0 ;;
	'') [ "$1" = 0 ] ;;
	*) return 1 ;;
	esac
}

start() {
	if agent_is_running; then
		say "The quickstart's agent runs already"
		"$muster" status --state "$state"
		how_to
		exit 0
	fi
	trap 'clean_up; exit 130' INT TERM
	trap 'code=$?; clean_up; exit $code' EXIT
	build
	rm -rf "$state"
	say "What it will do: muster plan"
	agent_prepare
	"$muster" plan --config "$work/agent.yaml" || [ $? = 3 ]
	say "Start an agent on $manifests"
	agent_start
	converge 3
	"$muster" status --state "$state" -v
}

how_to() {
	cat <<END

Look:    $muster status --state $state --watch
         $muster events --state $state
         cat $vms/*/console.log
Change:  edit the count in $manifests/hello.yaml
Break:   kill -9 $(vms_running | head -n 1)
Stop:    $tree/examples/quickstart.sh --stop
END
}

demo() {
	rm -rf "$work/manifests"
	cp -r "$tree/examples/quickstart" "$work/manifests"
	manifests=$work/manifests
	start

	victim=$(vms_running | head -n 1)
	say "Kill one: kill -9 $victim"
	kill -KILL "$victim"
	while vms_running | grep -qx "$victim"; do
		sleep 0.05
	done
	converge 3

	say "Raise the count of web from 2 to 4"
	sed -i 's/count: 2/count: 4/' "$manifests/hello.yaml"
	converge 5

	say "Lower it to 1"
	sed -i 's/count: 4/count: 1/' "$manifests/hello.yaml"
	converge 2

	say "Take the manifest away (a grace of 5 s)"
	mv "$manifests/hello.yaml" "$work/hello.yaml.away"
	converge 0
	"$muster" events --state "$state" --limit 40
	say "Each step held."
}

mkdir -p "$work"
case ${1:-} in
'')
	start
	trap - INT TERM EXIT
	how_to
	;;
--demo) demo ;;
--stop)
	agent_is_running || [ -d "$state" ] || { echo "Nothing of the quickstart is there."; exit 0; }
	clean_up
	;;
*)
	echo "usage: $0 [--demo|--stop]" >&2
	exit 2
	;;
esac
