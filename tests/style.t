#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The rules of HACKING.md that a program can check: tests/style.awk has those of lines, and
# tests/circles.awk finds circles of files. Each rule is first seen finding what breaks it.
#
# It runs in a build folder. CC, NM and AWK name the tools.

set -eu

srcdir=${srcdir:-$(dirname "$0")/..}
CC=${CC:-cc}
NM=${NM:-nm}
AWK=${AWK:-awk}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
failed=0

# report TITLE FILE: a test that passes if there is nothing in FILE.
report() {
	number=$((number + 1))
	if [ -s "$2" ]; then
		sed 's/^/# /' "$2"
		printf not\ 
		failed=1
	fi
	echo "ok $number - $1"
}

# --- lines

rules='spdx rc name width'
sources() {
	(cd "$srcdir" && find include zpci tests -type f \
		\( -name '*.[ch]' -o -name '*.sh' -o -name '*.t' -o -name '*.p[lm]' -o \
			-name '*.awk' \))
}

# Each of these lines breaks one rule.
bad() {
	printf '/* SPDX-License-Identifier: GPL-2.0-or-later */\n'
	printf '\tint %s = 0;\n' ret
	printf '/* The function takes %sbuffer%s. */\n' '`' "'"
	printf '\t\t\t\t/* %069d */\n' 0
}

bad >"$work/bad.c"
$AWK -f "$srcdir/tests/style.awk" "$work/bad.c" >"$work/found"
sources | (cd "$srcdir" && xargs $AWK -f tests/style.awk) >"$work/broken"

for rule in $rules; do
	[ "$(grep -c "^$rule " "$work/found")" = 1 ] || echo "$rule finds nothing" >"$work/$rule"
	sed -n "s/^$rule /$rule /p" "$work/broken" >>"$work/$rule"
	report "rule $rule" "$work/$rule"
done

# --- circles of files

circles() {
	$AWK -f "$srcdir/tests/circles.awk" "$@"
}

# Two files that use each other, and one that uses both.
mkdir -p "$work/zpci"
echo 'void b(void); void a(void); void a(void) { b(); }' >"$work/zpci/a.c"
echo 'void a(void); void b(void); void b(void) { a(); }' >"$work/zpci/b.c"
echo 'void a(void); void b(void); int main(void) { a(); b(); return 0; }' >"$work/zpci/c.c"
for file in a b c; do
	$CC -c -o "$work/zpci/$file.o" "$work/zpci/$file.c"
	echo "zpci/$file.c"
done >"$work/list"
$NM -A -g "$work"/zpci/*.o | circles "$work/list" - >"$work/found"
grep -qx 'circle zpci/a.c zpci/b.c' "$work/found" || echo "no circle is found" >"$work/circles"

bash "$srcdir/tests/circles.sh" >"$work/all"
grep '^circle ' "$work/all" >>"$work/circles" || true
grep -q '^files [1-9]' "$work/all" || echo "no objects are found" >>"$work/circles"
report "files without circles ($(tail -n 1 "$work/all"))" "$work/circles"

echo "1..$number"
exit $failed
