#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Which folder may include which: agent -> connectors, reconcile; connectors -> their own folder,
# the kit, the contract, reconcile/model; reconcile -> nothing else of ours.
. "$(dirname "$0")/../tap.sh"

# Prints one line for each include in the tree at $1 that breaks a rule; fails if there is one.
arrows_check() {
	(cd "$1" && find agent connectors reconcile -name '*.[ch]' | sort) |
		(cd "$1" && xargs -r awk -v build="$build" '
		function folder(path) {
			match(path, /^[^\/]*\/[^\/]*\//)
			return substr(path, 1, RLENGTH)
		}
		function may(from, to) {
			if (from ~ /^agent\//)
				return to ~ /^(agent|connectors|reconcile)\//
			if (from ~ /^reconcile\//)
				return to ~ /^reconcile\//
			if (to ~ /^reconcile\/model\/|^connectors\/[^\/]*\.h$/)
				return 1
			if (from ~ /^connectors\/[^\/]*$/)
				return to ~ /^connectors\//
			return to ~ /^connectors\/(kit|plugin)\// || folder(from) == folder(to)
		}
		function exists(path,    line, found) {
			found = (getline line < path) >= 0
			close(path)
			return found
		}
		/^[ \t]*#[ \t]*include[ \t]*"/ {
			split($0, quoted, "\"")
			to = quoted[2]
			if (!exists(to) && !exists(build "/" to))
				wrong = "is not a path from the root of the tree"
			else if (to != "config.h" && !may(FILENAME, to))
				wrong = "is against the arrows"
			else
				next
			printf "%s:%d: \"%s\" %s\n", FILENAME, FNR, to, wrong
			bad = 1
		}
		END { exit bad }')
}

# A made-up tree where file $1 includes file $2: the check must refuse it.
refuses() {
	rm -rf "$scratch/tree"
	mkdir -p "$scratch/tree/agent" "$scratch/tree/connectors" "$scratch/tree/reconcile"
	for path in "$1" "$2"; do
		mkdir -p "$scratch/tree/$(dirname "$path")"
		: >"$scratch/tree/$path"
	done
	echo "#include \"${3:-$2}\"" >"$scratch/tree/$1"
	! arrows_check "$scratch/tree"
}

accepts() {
	! refuses "$@"
}

check "no include goes against the arrows" arrows_check "$src"
while read -r verdict from to; do
	check "$verdict $from to include $to" "$verdict" "$from" "$to"
done <<EOF
refuses reconcile/plan/plan.c agent/store/store.h
refuses reconcile/plan/plan.c connectors/connector.h
refuses connectors/ec2/ec2.c agent/daemon/carrier.h
refuses connectors/ec2/ec2.c reconcile/plan/plan.h
refuses connectors/ec2/ec2.c connectors/openstack/openstack.h
refuses agent/main.c tests/tap.h
accepts agent/main.c reconcile/plan/plan.h
accepts agent/main.c connectors/connector.h
accepts connectors/table.c connectors/ec2/ec2.h
accepts connectors/ec2/ec2.c connectors/kit/url.h
accepts connectors/ec2/ec2.c connectors/connector.h
accepts connectors/ec2/ec2.c reconcile/model/key.h
EOF
check "refuses an include beside the file, not from the root" \
	refuses reconcile/plan/plan.c reconcile/plan/plan.h plan.h
finish
