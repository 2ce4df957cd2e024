#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The examples in the manual pages of the library compile and run: each literal block of their
# EXAMPLES sections is a complete program, which ends with 0.
#
# CC names the compiler, CFLAGS and LDFLAGS what it is given; LIBRARIES the folder with the libraries;
# EMULATOR what runs programs of another machine, if CROSS_COMPILING is yes. With PKG_CONFIG_PATH set
# and INSTALLED=yes the library is what pkg-config knows, as for a hypervisor (`make installcheck`).

set -eu

srcdir=${srcdir:-$(dirname "$0")/..}
CC=${CC:-cc}
AWK=${AWK:-awk}
LIBRARIES=${LIBRARIES:-.libs}
failed=0
number=0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ "${INSTALLED:-no}" = yes ]; then
	include=$(${PKG_CONFIG:-pkg-config} --cflags zpcifw)
	library=$(${PKG_CONFIG:-pkg-config} --libs zpcifw)
else
	include="-I $srcdir/include"
	library=$LIBRARIES/libzpcifw.so
	[ -e "$library" ] || library=$LIBRARIES/libzpcifw.a
fi

# examples PAGE: writes $work/1.c and so on.
examples() {
	rm -f "$work"/*.c
	$AWK -v folder="$work" '
	$1 == ".Sh" { wanted = $2 == "EXAMPLES" }
	!wanted { next }
	/^\.Bd -literal/ { path = folder "/" ++count ".c"; next }
	/^\.Ed/ { close(path); path = ""; next }
	path { gsub(/\\e/, "\\"); sub(/^\\&/, ""); print >path }' "$1"
}

# try PROGRAM.c
try() {
	# shellcheck disable=SC2086 # words
	$CC -std=c11 ${CFLAGS:-} -Wall -Wextra -Wpedantic -Werror $include "$1" $library \
		${LDFLAGS:-} -pthread -o "$work/program" || return 1
	if [ "${CROSS_COMPILING:-no}" = yes ] && [ -z "${EMULATOR:-}" ]; then
		return
	fi
	LD_LIBRARY_PATH=$LIBRARIES${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} ${EMULATOR:-} \
		"$work/program" >"$work/output" 2>&1 || {
		echo "it ended with $?" >>"$work/output"
		return 1
	}
}

for page in "$srcdir"/man/*.3; do
	examples "$page"
	for program in "$work"/*.c; do
		number=$((number + 1))
		name="$(basename "$page"): example $(basename "$program" .c)"
		if try "$program"; then
			echo "ok $number - $name"
		else
			sed 's/^/# /' "$work/output" 2>/dev/null || true
			echo "not ok $number - $name"
			failed=1
		fi
		rm -f "$work/output"
	done
done

echo "1..$number"
[ $number -gt 0 ] && exit $failed
