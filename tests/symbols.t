#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the shared library exports, what its version map lists and what the public headers declare
# are the same names. CC and NM name the tools; LIBRARY the shared library.

set -eu

srcdir=${srcdir:-$(dirname "$0")/..}
CC=${CC:-cc}
NM=${NM:-nm}
LIBRARY=${LIBRARY:-.libs/libzpcifw.so}

if ! [ -e "$LIBRARY" ]; then
	echo "1..0 # SKIP no shared library at $LIBRARY (--disable-shared)"
	exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Functions that the headers declare: what is left of the preprocessed text at depth 0, without
# bodies, in statements that are no types and have no bodies of their own.
for path in "$srcdir"/include/zpci/*.h; do
	echo "#include <zpci/$(basename "$path")>"
done >"$work/all.c"
$CC -std=c11 -E -P -I "$srcdir/include" "$work/all.c" | tr '\n' ' ' | awk '{
	depth = 0; text = ""
	for (i = 1; i <= length($0); i++) {
		c = substr($0, i, 1)
		if (c == "{") depth++
		else if (c == "}") { depth--; if (!depth) text = text ";" }
		else if (!depth) text = text c
	}
	count = split(text, statements, ";")
	for (i = 1; i <= count; i++)
		if (statements[i] !~ /(^| )(typedef|static|_Static_assert)[ (]/ &&
		    match(statements[i], /zpci_[a-z0-9_]+ *\(/)) {
			name = substr(statements[i], RSTART, RLENGTH)
			sub(/ *\($/, "", name)
			print name
		}
}' | sort -u >"$work/declared"

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
