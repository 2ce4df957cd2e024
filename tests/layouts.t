#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tables of the zPCI reference (doc/) say what the public headers say: offsets and sizes of
# structures, and codes. The headers are read as tests/abi/lp64.txt, which abi.t compares with them.

set -eu

. "$(dirname "$0")/tap.sh"

srcdir=${srcdir:-$(dirname "$0")/..}
AWK=${AWK:-awk}
work=$tap_folder

# compare NAME: what the header has, in header, and the reference, in table.
compare() {
	[ -s "$work/header" ] || echo "no header has it" >"$work/header"
	same "$work/header" "$work/table" "$1"
}

section() {
	$AWK -v section="$1" '
	/^#/ { inside = $2 == section || $2 == section "." }
	inside' "$srcdir"/doc/[0-9]*.md
}

# structure SECTION TABLE NAME: offset and size of all fields that are not reserved. TABLE counts
# the section's tables of offsets.
structure() {
	$AWK -v name="$3:" '
	/^[^\t]/ { inside = $1 == "struct" && $2 == name }
	inside && /^\t/ && !/ reserved|zpci_clp_header/ { print $1, substr($2, 2) }
	' "$srcdir/tests/abi/lp64.txt" >"$work/header"
	section "$1" | $AWK -F ' *[|] *' -v wanted="$2" '
	!/^[|]/ { inside = 0 }
	$2 == "offset" { inside = ++table == wanted }
	# What only one of two processors has is in code.
	inside && $2 ~ /^[0-9]+$/ && ($4 !~ /^reserved/ || $5 ~ /^`/) && $3 !~ /n$/ {
		size = $3
		if (split($3, by, " x ") == 2)
			size = by[1] * by[2]
		print $2, size
	}' >"$work/table"
	compare "section $1: struct $3"
}

# codes FORMAT NAME SECTION...: all of an enumeration have a row that begins with the code.
codes() {
	format=$1 name=$2
	shift 2
	$AWK -v name="$name:" -v format="$format" '
	/^[^\t]/ { inside = $1 == "enum" && $2 == name }
	inside && /^\t/ { printf format "\n", $3 }' "$srcdir/tests/abi/lp64.txt" | sort >"$work/header"
	for one; do
		section "$one"
	done | $AWK -F ' *[|] *' '/^[|]/ { print $2 }' | sort | comm -12 "$work/header" - >"$work/table"
	compare "section $*: enum $name"
}

structure 3.1 1 zpci_clp_header
structure 3.3 1 zpci_clp_slpc_response
structure 3.4 1 zpci_clp_list_request
structure 3.4 2 zpci_clp_list_response
structure 3.4 3 zpci_clp_list_entry
structure 3.5 1 zpci_clp_query_function_request
structure 3.5 2 zpci_clp_query_function_response
structure 3.6 1 zpci_clp_query_group_request
structure 3.6 2 zpci_clp_query_group_response
structure 3.9 1 zpci_clp_set_function_request
structure 3.9 2 zpci_clp_set_function_response
structure 5.1 1 zpci_fib
structure 2.9 1 zpci_sclp_configure
codes %d zpci_status 2.0.4
codes 0x%04X zpci_sclp_response 2.9
codes 0x%04X zpci_clp_response 3.2
codes %d zpci_mpcifc 5.2
codes 0x%04X zpci_pec 8.4 8.5
done_testing
