#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the shared library exports, what its version map lists and what the public headers declare
# are the same names. CC and NM name the tools; LIBRARY the shared library.

set -eu

. "$(dirname "$0")/tap.sh"

srcdir=${srcdir:-$(dirname "$0")/..}
CC=${CC:-cc}
NM=${NM:-nm}
AWK=${AWK:-awk}
LIBRARY=${LIBRARY:-.libs/libzpcifw.so}

if ! [ -e "$LIBRARY" ]; then
	skip_all "no shared library at $LIBRARY (--disable-shared)"
fi

work=$tap_folder

for path in "$srcdir"/include/zpci/*.h; do
	echo "#include <zpci/$(basename "$path")>"
done >"$work/all.c"
$CC -std=c11 -E -I "$srcdir/include" "$work/all.c" | $AWK -f "$srcdir/tests/headers.awk" |
	sed -n 's/^function.*[ *]\(zpci_[a-z0-9_]*\)(.*/\1/p' | sort -u >"$work/declared"

sed -n 's/^[[:space:]]*\(zpci_[a-z0-9_]*\);.*/\1/p' "$srcdir/zpci/libzpcifw.map" |
	sort >"$work/listed"

$NM -D --defined-only "$LIBRARY" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
	sort -u >"$work/exported"

# compare ONE OTHER
compare() {
	local count
	count=$(wc -l <"$work/$1")
	[ "$count" -gt 0 ] || echo "no name is $1" >"$work/$1"
	same "$work/$1" "$work/$2" "$1 and $2 are the same ($count names)"
}

compare declared listed
compare listed exported
done_testing
