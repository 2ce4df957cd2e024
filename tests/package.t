#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What debian/ says about this tree, where it can be looked at without a build of packages:
# `./zpci-lab package' makes these, and `check --long' as well.

. "$(dirname "$0")/tool/tap.sh"
source=${srcdir:-$(dirname "$0")/..}
debian=$source/debian
[ -x "$zpci" ] || skip_all "this build has no zpci"

version=$(sed -n '1s/^zpci (\([^)]*\)) .*/\1/p' "$debian/changelog")
is "zpci $version" "$("$zpci" --version)" "the changelog's version is that of configure.ac"
if command -v dpkg-parsechangelog >/dev/null; then
	is "$(dpkg-parsechangelog -l "$debian/changelog" -S Version 2>&1)" "$version" \
		"dpkg reads the changelog"
else
	skip "dpkg reads the changelog" "no dpkg-parsechangelog"
fi

is "$(sed -n 's/^ \(zpci_.*\)@ZPCIFW_0 .*/\1/p' "$debian/libzpcifw0.symbols")" \
	"$(sed -n '/^global:/,/^local:/s/^\t\(.*\);$/\1/p' "$source/zpci/libzpcifw.map" | LC_ALL=C sort)" \
	"the symbols are those of the library"
is "$(sed -n '1s/^libzpcifw\.so\.\([0-9]*\) libzpcifw\1 .*/\1/p' "$debian/libzpcifw0.symbols")" \
	"$(IFS=: && set -- $LIBZPCIFW_VERSION && echo $(($1 - $3)))" "so is the number of its soname"

# --- what is installed --------------------------------------------------------------------------

root=$tap_folder/root
MAKEFLAGS='' make -s install DESTDIR="$root" prefix=/usr libdir=/usr/lib/TRIPLET \
	>"$tap_folder/log" 2>&1
ok $? "make install" || sed 's/^/# /' "$tap_folder/log"
for list in "$debian"/*.install; do
	while read -r pattern _; do
		found=$(cd "$root" && compgen -G "$pattern")
		if [ -z "$found" ]; then
			echo "$(basename "$list"): $pattern: nothing" >>"$tap_folder/nothing"
		else
			(cd "$root" && xargs -d '\n' -I{} find {} ! -type d <<<"$found") >>"$tap_folder/listed"
		fi
	done <"$list"
done
touch "$tap_folder/nothing"
empty "$tap_folder/nothing" "each line of debian/*.install has files"
(cd "$root" && find . ! -type d | sed 's,^\./,,' | LC_ALL=C sort) >"$tap_folder/installed"
LC_ALL=C sort "$tap_folder/listed" >"$tap_folder/sorted"
same "$tap_folder/installed" "$tap_folder/sorted" "each installed file is in one package"

# --- what a build needs -------------------------------------------------------------------------

# field NAME: of the source's paragraph, one dependency a line, names alone.
field() {
	sed '/^$/q' "$debian/control" |
		awk -v name="$1:" '$1 == name { on = 1; $1 = "" } /^[^ ]/ && $1 != "" { on = 0 } on' |
		tr ',' '\n' | sed 's/ *([^)]*)//; s/\[.*//; s/<.*//; s/ //g; s/|.*//; /^$/d' | LC_ALL=C sort
}

# names LIST: the names in a list of the lab's.
names() {
	sed '/^#/d; s/.*|//' "$source/zpci/lab/$1" | LC_ALL=C sort
}
needed=$(field Build-Depends | sed 's/^debhelper-compat$/debhelper/')
like "$needed" '^libinih-dev$' "Build-Depends"
is "$(grep -vxFf <(names packages.debian) <<<"$needed")" "" "packages.debian has Build-Depends"
is "$(names packages.debian | grep -vxFf <(names packages) | tr '\n' ' ')" "debhelper lintian " \
	"what is only for packages"

# --- the rest -----------------------------------------------------------------------------------

for test in $(sed -n 's/^Tests: //p' "$debian/tests/control"); do
	[ -x "$debian/tests/$test" ]
	ok $? "debian/tests/$test is a program"
done

# The last paragraph whose pattern matches a file counts; `*' matches slashes as well.
cat >"$tap_folder/licences" <<'AWK'
BEGIN { count = 0 }
FILENAME == ARGV[1] {
	if (/^Files:/) { filling = 1; first = count }
	else if (/^[A-Z]/) filling = 0
	if (/^License:/)
		while (first < count) licence[first++] = $2
	if (!filling) next
	for (i = (/^Files:/) ? 2 : 1; i <= NF; i++) {
		pattern = $i
		gsub(/\./, "\\.", pattern)
		gsub(/\*/, ".*", pattern)
		patterns[count++] = "^" pattern "$"
	}
	next
}
FNR <= 3 && match($0, /SPDX-License-Identifier: L?GPL-[0-9.]+-or-later/) {
	said = substr($0, RSTART + 25, RLENGTH - 25)
	sub(/\.0-or-later/, "+", said)
	sub(/-or-later/, "+", said)
	file = FILENAME
	for (i = 0; i < count; i++)
		if (file ~ patterns[i]) known = licence[i]
	files++
	if (said != known) print file ": " said ", but debian/copyright says " known
}
END { if (files < 500) print "only " files " files have a licence" }
AWK
(cd "$source" && find .clang-format Makefile.am configure.ac run.in zpci-lab completions debian \
	examples include man tests zpci -type f ! -name '*.log' ! -name '*.trs' -print0 |
	xargs -0 "${AWK:-awk}" -f "$tap_folder/licences" debian/copyright) >"$tap_folder/wrong"
empty "$tap_folder/wrong" "debian/copyright has the licence that each file names"

done_testing
