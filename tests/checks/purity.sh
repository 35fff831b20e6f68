#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The archives of reconcile/ and of the connectors refer to nothing that touches the world
# (impure.list says what, and why), nor to a library above them.
. "$(dirname "$0")/../tap.sh"

list=$src/tests/checks/impure.list
nm=${NM:-nm}

# "object symbol" for what the archive $1 needs and does not define itself.
needs() {
	$nm -A "$1" 2>/dev/null | awk '
		{ symbol = $NF; sub(/@.*/, "", symbol); kind = $(NF - 1)
		  object = $1; sub(/:[0-9a-f]*$/, "", object); sub(/^.*:/, "", object) }
		kind == "U" || kind == "w" { needed[object " " symbol] = symbol; next }
		{ defined[symbol] = 1 }
		END { for (pair in needed) if (!(needed[pair] in defined)) print pair }' | sort
}

# Fails, naming object and symbol, where standard input (the output of needs) has an impure one.
needs_are_pure() {
	awk '
		NR == FNR { if ($0 != "" && !/^#/) patterns[++count] = "^(" $0 ")$"; next }
		$2 ~ /^__(asan|ubsan|sanitizer|sancov|lsan|gcov|llvm)_/ { next }
		{
			seen = 1
			symbol = $2
			if (sub(/^__/, "", symbol)) { sub(/_chk$/, "", symbol); sub(/_2$/, "", symbol) }
			sub(/64$/, "", symbol)
			for (i = 1; i <= count; i++)
				if (symbol ~ patterns[i] || $2 ~ patterns[i]) {
					print $1 " refers to " $2
					bad = 1
					break
				}
		}
		END {
			if (!seen) print "no symbol was read"
			exit bad || !seen
		}' "$list" -
}

archive_is_pure() {
	[ -f "$1" ] || { echo "$1 is not there"; return 1; }
	[ -n "$(${AR:-ar} t "$1")" ] || return 0
	needs "$1" | needs_are_pure
}

# Fails where archive $1 needs a symbol that one of the others defines.
archive_stands_below() {
	lower=$1
	shift
	$nm "$@" 2>/dev/null | awk 'NF == 3 && $2 ~ /^[TDBRVW]$/ { print $3 }' >"$scratch/above"
	needs "$lower" | awk '
		NR == FNR { above[$1] = 1; next }
		$2 in above { print $1 " refers to " $2; bad = 1 }
		END { exit bad }' "$scratch/above" -
}

symbol_is_refused() {
	! echo "made-up.o $1" | needs_are_pure
}

symbol_is_accepted() {
	echo "made-up.o $1" | needs_are_pure
}

check "libreconcile.a is pure" archive_is_pure "$build/libreconcile.a"
check "libconnectors.a is pure" archive_is_pure "$build/libconnectors.a"
check "libreconcile.a needs neither connectors nor agent" \
	archive_stands_below "$build/libreconcile.a" "$build/libconnectors.a" "$build/libagent.a"
check "libconnectors.a does not need agent" \
	archive_stands_below "$build/libconnectors.a" "$build/libagent.a"

for symbol in open open64 __open_2 __open64_2 read __read_chk clock_gettime g_get_monotonic_time random \
	getrandom printf __printf_chk __fprintf_chk stderr g_log g_log_structured_standard g_print \
	g_main_loop_run g_spawn_async g_file_get_contents fopen64 sqlite3_open_v2 curl_easy_init \
	pthread_create getenv sleep socket connect g_random_int g_rand_new g_date_time_new_now_utc; do
	check "$symbol is refused" symbol_is_refused "$symbol"
done
for symbol in malloc memcpy snprintf __snprintf_chk g_free g_assertion_message_expr \
	g_return_if_fail_warning g_rand_new_with_seed g_time_zone_new_utc json_loads; do
	check "$symbol is accepted" symbol_is_accepted "$symbol"
done

# The whole way, from a source that offends to the verdict, with this build's own tools.
cat >"$scratch/offender.c" <<EOF
#include <time.h>
long now(void);
long now(void) { return (long)time(0); }
EOF
if ${CC:-cc} -c -o "$scratch/offender.o" "$scratch/offender.c" 2>/dev/null &&
	${AR:-ar} cr "$scratch/liboffender.a" "$scratch/offender.o" 2>/dev/null; then
	offender_is_refused() { ! archive_is_pure "$scratch/liboffender.a"; }
	check "an archive that reads the clock is refused" offender_is_refused
else
	skip "an archive that reads the clock is refused" "no compiler at hand"
fi
finish
