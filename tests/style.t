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

# RULE PATH: what may still break that rule, by the beginning of its path. This list shall be empty.
not_yet='
spdx tests/test-
spdx zpci/device/
spdx zpci/firmware/
spdx zpci/function/
spdx zpci/tool/
spdx zpci/util/
rc tests/
rc zpci/device/
rc zpci/inspect/
rc zpci/tool/
name zpci/inspect/
name zpci/tool/
width include/
width tests/
width zpci/device/
width zpci/firmware/
width zpci/function/
width zpci/inspect/
width zpci/lab/
width zpci/tool/
width zpci/util/
circle zpci/device/
circle zpci/function/
circle zpci/inspect/
circle zpci/tool/
'

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

# allowed RULE: passes on the lines that no beginning of a path excuses.
allowed() {
	not_yet=$not_yet $AWK -v rule="$1" '
		BEGIN {
			count = split(ENVIRON["not_yet"], line, "\n")
			for (i = 1; i <= count; i++)
				if (split(line[i], word, " ") == 2 && word[1] == rule)
					start[++starts] = word[2]
		}
		{
			for (i = 1; i <= starts; i++)
				if (index($2, start[i]) == 1)
					next
			print
		}'
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
	sed -n "s/^$rule /$rule /p" "$work/broken" | allowed "$rule" >>"$work/$rule"
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
grep '^circle ' "$work/all" | allowed circle >>"$work/circles" || true
grep -q '^files [1-9]' "$work/all" || echo "no objects are found" >>"$work/circles"
report "files without circles ($(tail -n 1 "$work/all"))" "$work/circles"

echo "1..$number"
exit $failed
