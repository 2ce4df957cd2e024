#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Prints the circles of files of a build: tests/circles.awk. Run it in the build folder, after make;
# `make circles' does. Its objects are looked at; what is built without objects, since it is for the
# guest, is compiled here once more. CC and NM name the tools.

set -eu

source=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(cd "$source" && find zpci -name '*.c') >"$work/sources"
find zpci -name '*.o' >"$work/objects"
grep '^zpci/inspect/' "$work/sources" | while read -r file; do
	object=$work/${file%.c}.o
	mkdir -p "$(dirname "$object")"
	${CC:-cc} -std=gnu11 -w -D_GNU_SOURCE -DPACKAGE_VERSION='""' -I "$source/include" \
		-I "$source" -c -o "$object" "$source/$file"
	echo "$object"
done >>"$work/objects"
xargs "${NM:-nm}" -A -g <"$work/objects" |
	${AWK:-awk} -f "$source/tests/circles.awk" "$work/sources" -
