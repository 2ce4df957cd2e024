#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The manual pages of the library say what its headers say: each header has a page, with all of its
# functions, their prototypes and its types, and nothing else. What pages refer to is there: other
# pages, functions, constants. All pages are rendered by mandoc and by man (groff) without
# a warning, and their tables look as meant. CC and AWK name the tools.

set -eu

. "$(dirname "$0")/tap.sh"

srcdir=${srcdir:-$(dirname "$0")/..}
CC=${CC:-cc}
AWK=${AWK:-awk}
man=$srcdir/man
work=$tap_folder

# compare NAME: the lines of $work/got and $work/expected, in any order.
compare() {
	same <(sort "$work/got") <(sort "$work/expected") "$1"
}

# The prototypes of a page's synopsis, written as headers.awk writes them.
prototypes_of_page() {
	$AWK '
	{ gsub(/"/, "") }
	$1 == ".Sh" { synopsis = $2 == "SYNOPSIS" }
	!synopsis { next }
	$1 == ".Ft" { type = substr($0, 5); if (type !~ /\*$/) type = type " " }
	$1 == ".Fo" { line = type substr($0, 5) "("; separator = "" }
	$1 == ".Fa" { line = line separator substr($0, 5); separator = ", " }
	$1 == ".Fc" { print line ")" }' "$1"
}

names_of_page() {
	$AWK '
	$1 == ".Sh" { name = $2 == "NAME" }
	name && $1 == ".Nm" { print $2 }' "$1"
}

types_of_page() {
	sed -n 's/^\.It Vt "*\([a-z0-9_ ]*\)"*$/\1/p' "$1"
}

# declared HEADER: prints its declarations.
declared() {
	printf '#include <zpci/%s>\n' "$1" >"$work/one.c"
	$CC -std=c11 -E -I "$srcdir/include" "$work/one.c" |
		$AWK -v header="$1" -f "$srcdir/tests/headers.awk"
}

functions_in() {
	sed -n 's/^\(function\|inline\)	.*[ *]\(zpci_[a-z0-9_]*\)(.*/\2/p' "$1"
}

types_in() {
	sed -n -e 's/^\(struct\|enum\)	\(.*\)/\1 \2/p' -e 's/^opaque	\(.*\)/struct \1/p' \
		-e 's/^typedef	.*(\*\([a-z0-9_]*\))(.*/\1/p' "$1"
}

for path in "$srcdir"/include/zpci/*.h; do
	header=$(basename "$path")
	page=$man/zpci_$header.3
	title="zpci_$header(3)"
	[ -r "$page" ] || page=/dev/null # all tests fail, and say what is missing
	declared "$header" >"$work/declared"
	cat "$work/declared" >>"$work/all"
	grep -h '^\.In ' "$page" >"$work/got" || true
	echo ".In zpci/$header" >"$work/expected"
	compare "$title: the header"

	prototypes_of_page "$page" >"$work/got"
	sed -n -e 's/^\(function\|inline\)	//p' -e 's/^typedef	/typedef /p' \
		"$work/declared" >"$work/expected"
	compare "$title: $(wc -l <"$work/expected") prototypes"

	names_of_page "$page" >"$work/got"
	{ echo "zpci_$header"; functions_in "$work/declared"; } >"$work/expected"
	compare "$title: names"

	types_of_page "$page" >"$work/got"
	types_in "$work/declared" >"$work/expected"
	compare "$title: $(wc -l <"$work/expected") types"

	# Not only in the synopsis.
	sed -n '/^\.Sh DESCRIPTION/,/^\.Sh EXAMPLES/s/^\.Fn \(zpci_[a-z0-9_]*\).*/\1/p' "$page" |
		sort -u | grep -Fxf <(functions_in "$work/declared") >"$work/got" || true
	functions_in "$work/declared" >"$work/expected"
	compare "$title: all functions are described"
done

# --- what pages refer to ---------------------------------------------------------------------

# missing NAME PREFIX: lines of $work/used that are not in $work/there.
missing() {
	sort -u "$work/used" | grep -vFxf "$work/there" >"$work/got" || true
	empty "$work/got" "$1"
}

pages=$(ls "$man"/*.[0-9])

for page in $pages; do
	basename "$page"
done >"$work/there"
sed -n 's/^\.Xr \(zpci[a-z_.-]*\|libzpci[a-z]*\) \([0-9]\).*/\1.\2/p' $pages >"$work/used"
missing "pages that pages refer to"

(cd "$srcdir/include/zpci" && ls -- *.h | sed 's/.*/zpci_&.3/') >"$work/there"
(cd "$man" && ls zpci_*.3) >"$work/used"
missing "each page has a header"

functions_in "$work/all" >"$work/there"
sed -n 's/^\.Fn \(zpci_[a-z0-9_]*\).*/\1/p' $pages >"$work/used"
missing "functions that pages name"

# Also prefixes of constants, as ZPCI_PGM_*, and the node in the version map.
{
	sed -n 's/^value	[^	]*	//p' "$work/all"
	sed -n 's/^#define \(ZPCI_[A-Z0-9_]*\).*/\1/p' "$srcdir"/include/zpci/*.h
	sed -n 's/^\(ZPCIFW_[0-9]*\) {/\1/p' "$srcdir/zpci/libzpcifw.map"
} >"$work/constants"
sed 'p; :next; s/[A-Z0-9]*$//; s/_$//; /_/!d; h; s/$/_*/p; g; b next' "$work/constants" |
	sort -u >"$work/there"
sed -n 's/^\.\(It \)*Dv \(ZPCI[A-Z0-9_*]*\).*/\2/p' "$man"/*.3 >"$work/used"
missing "constants that pages name"

# In texts and pages; what only a build has is left out, and NAME stands for any name.
{
	grep -oh '`\(completions\|doc\|examples\|include\|man\|tests\|zpci\)/[^` ]*`' \
		"$srcdir"/*.md "$srcdir"/examples/*.md | tr -d '`'
	sed -n 's/^\.Pa \(\(examples\|include\|tests\|zpci\)\/[^ ]*\).*/\1/p' $pages
} | grep -v -e NAME -e TARGET -e '^tests/fuzz/\(merged\|work\)$' -e '\.tap$' | sort -u |
	while read -r path; do
		# A program of the build has the name of its source.
		compgen -G "$srcdir/$path" >"$work/found" || [ -e "$srcdir/$path.c" ] ||
			echo "$path"
	done >"$work/got"
empty "$work/got" "files that texts and pages name"

# HACKING's tables of tests: `test-FILE`: NAME, NAME.
grep -o '`test-[a-z-]*`: [a-z_]*\(, [a-z_]*\)* |$' "$srcdir/HACKING.md" |
	tr -d '`:,|' >"$work/rows"
while read -r file names; do
	for name in $names; do
		grep -q "^static void $name(void \*\*state)" "$srcdir/tests/$file.c" ||
			echo "$file: $name"
	done
done <"$work/rows" >"$work/got"
[ -s "$work/rows" ] || echo "no tests are found" >>"$work/got"
empty "$work/got" "tests that HACKING names"

# --- what pages look like --------------------------------------------------------------------

# quiet NAME COMMAND...: the command prints no warning.
quiet() {
	local name=$1
	shift
	"$@" >"$work/rendered" 2>"$work/got" || echo "$1 ended with $?" >>"$work/got"
	empty "$work/got" "$name"
}

# tables PAGE NAME: as they are in $work/rendered.
tables() {
	grep -q '^\.\(Bl -column\|TS\)' "$1" || return 0
	perl "$srcdir/tests/tables.pl" "$1" "$work/rendered" >"$work/got" 2>&1 ||
		echo "tables.pl ended with $?" >>"$work/got"
	empty "$work/got" "$2"
}

# has TOOL PAGE: else the page's test is skipped.
has() {
	command -v "$1" >/dev/null && return
	skip "$2" "no $1"
	return 1
}

lint() {
	mandoc -T lint -W warning "$1" >&2
}

# With all warnings of groff, also those that man leaves out by itself.
export MANWIDTH=80 LC_ALL=C.UTF-8
for page in $pages; do
	title=$(basename "$page")
	if has mandoc "$title: mandoc"; then
		quiet "$title: mandoc -T lint" lint "$page"
		mandoc -T utf8 "$page" >"$work/rendered"
		tables "$page" "$title: tables by mandoc"
	fi
	if has man "$title: man"; then
		quiet "$title: man --warnings" man --warnings=w -l "$page"
		tables "$page" "$title: tables by man"
	fi
done

done_testing
