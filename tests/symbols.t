#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the shared library exports, what its version map lists and what the public headers declare
# are the same names. CC and NM name the tools; LIBRARY the shared library.

set -eu

srcdir=${srcdir:-$(dirname "$0")/..}
CC=${CC:-cc}
NM=${NM:-nm}
AWK=${AWK:-awk}
LIBRARY=${LIBRARY:-.libs/libzpcifw.so}

if ! [ -e "$LIBRARY" ]; then
	echo "1..0 # SKIP no shared library at $LIBRARY (--disable-shared)"
	exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for path in "$srcdir"/include/zpci/*.h; do
	echo "#include <zpci/$(basename "$path")>"
done >"$work/all.c"
$CC -std=c11 -E -I "$srcdir/include" "$work/all.c" | $AWK -f "$srcdir/tests/headers.awk" |
	sed -n 's/^function.*[ *]\(zpci_[a-z0-9_]*\)(.*/\1/p' | sort -u >"$work/declared"

sed -n 's/^[[:space:]]*\(zpci_[a-z0-9_]*\);.*/\1/p' "$srcdir/zpci/libzpcifw.map" |
	sort >"$work/listed"

$NM -D --defined-only "$LIBRARY" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
	sort -u >"$work/exported"

failed=0
# same NUMBER ONE OTHER
same() {
	if [ -s "$work/$2" ] && diff -u "$work/$2" "$work/$3"; then
		echo "ok $1 - $2 and $3 are the same ($(wc -l <"$work/$2") names)"
	else
		echo "not ok $1 - $2 (-) and $3 (+) differ"
		failed=1
	fi
}

same 1 declared listed
same 2 listed exported
echo 1..2
exit $failed
