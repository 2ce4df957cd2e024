#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The examples compile and run. In the manual pages of the library, each literal block of an
# EXAMPLES section is a complete program, which ends with 0. The programs in examples/ are built by
# the commands of its README.md, and the first one prints what that says.
#
# CC and NM name the tools, CFLAGS and LDFLAGS what the compiler is given; LIBRARIES the folder with
# the libraries, EXAMPLES that of examples/; EMULATOR what runs programs of another machine, if
# CROSS_COMPILING is yes. With PKG_CONFIG_PATH set and INSTALLED=yes the library is what pkg-config
# knows, as for a hypervisor (`make installcheck`).

set -eu

. "$(dirname "$0")/tap.sh"

srcdir=$(realpath "${srcdir:-$(dirname "$0")/..}")
CC=${CC:-cc}
AWK=${AWK:-awk}
LIBRARIES=$(realpath "${LIBRARIES:-.libs}")
EXAMPLES=${EXAMPLES:-$srcdir/examples}
work=$tap_folder

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

# compile ARGUMENT...: as the build does; the library's place is among the arguments.
compile() {
	# shellcheck disable=SC2086 # words
	$CC -std=c11 ${CFLAGS:-} -Wall -Wextra -Wpedantic -Werror "$@" ${LDFLAGS:-} -pthread
}

cannot_run() {
	[ "${CROSS_COMPILING:-no}" = yes ] && [ -z "${EMULATOR:-}" ]
}

run() {
	LD_LIBRARY_PATH=$LIBRARIES${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} ${EMULATOR:-} "$@"
}

# try PROGRAM.c
try() {
	# shellcheck disable=SC2086 # words
	compile $include "$1" $library -o "$work/program" || return 1
	cannot_run || run "$work/program" >"$work/output" 2>&1 || {
		echo "it ended with $?" >>"$work/output"
		return 1
	}
}

# result STATUS NAME: what is in $work/output explains a failure.
result() {
	ok "$1" "$2" || sed 's/^/# /' "$work/output"
	: >"$work/output"
}
: >"$work/output"

for page in "$srcdir"/man/*.3; do
	examples "$page"
	for program in "$work"/*.c; do
		status=0
		try "$program" || status=1
		result $status "$(basename "$page"): example $(basename "$program" .c)"
	done
done

# --- examples/: the block of README.md with the command, and the one with what it prints ----------

sed -n 's/^    \(cc .*\)/\1/p' "$EXAMPLES/README.md" >"$work/commands"
sed -n '/^It prints/,/^In /s/^    //p' "$EXAMPLES/README.md" >"$work/expected"

for_s390x=no
# shellcheck disable=SC2086 # words
case $($CC -dumpmachine) in s390x*) for_s390x=yes ;; esac

# In a copy, with the tools of this build behind the names that the command uses.
by_readme() (
	mkdir "$work/copy"
	cp "$EXAMPLES"/*.[ch] "$work/copy/"
	cd "$work/copy"
	cc() {
		local arguments=() argument
		for argument; do
			# Linkers of other machines do not know it.
			[ "$argument" = -Wl,--s390-pgste ] && [ "$for_s390x" = no ] ||
				arguments+=("$argument")
		done
		compile "${arguments[@]}"
	}
	if [ "${INSTALLED:-no}" = yes ]; then
		pkg-config() { ${PKG_CONFIG:-pkg-config} "$@"; }
	else
		pkg-config() { echo "$include" "$library"; }
	fi
	[ -s "$work/commands" ] && . "$work/commands"
)

status=0
by_readme >"$work/output" 2>&1 || status=1
result $status "examples/README.md: the commands"
if [ $status -eq 0 ] && ! cannot_run; then
	run "$work/copy/vmm" 2>"$work/messages" >"$work/got" || status=$?
	diff -u "$work/expected" "$work/got" >"$work/output" || status=1
	cat "$work/messages" >>"$work/output"
	result $status "examples/README.md: what the program prints"
fi

# --- examples/model: its Makefile, with the headers that are installed, or those of the clone ----

status=0
mkdir -p "$work/tree/examples"
cp -r "$EXAMPLES/model" "$work/tree/examples/"
[ "${INSTALLED:-no}" = yes ] || ln -s "$srcdir/include" "$work/tree/include"
env -u MAKEFLAGS -u MAKELEVEL make -s -C "$work/tree/examples/model" CC="$CC" PKG_CONFIG="${PKG_CONFIG:-pkg-config}" \
	CFLAGS="${CFLAGS:-} -Wall -Wextra -Wpedantic -Werror" LDFLAGS="${LDFLAGS:-}" \
	>"$work/output" 2>&1 || status=1
result $status "examples/model: make"
${NM:-nm} -D "$work/tree/examples/model/counter.so" | sed -n 's/.* \([A-Za-z]\) \(zpci_.*\)/\1 \2/p' \
	>"$work/symbols"
is "$(cat "$work/symbols")" "D zpci_model_export" "examples/model: no symbol of the library is used"

done_testing
