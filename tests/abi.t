#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The binary interface of the library: its types are laid out as the table in tests/abi says, for
# C11 and for C++17; programs of either that refer to every public symbol link with the shared
# library and with the static one, and run; its soname and version node are those of configure.ac.
#
# CC, CXX and READELF name the tools, CFLAGS and LDFLAGS what they are given; LIBRARIES the folder
# with the libraries, LIBZPCIFW_VERSION libtool's version of them; EMULATOR what runs programs of
# another machine, if CROSS_COMPILING is yes.
#
# With --update it writes the table instead; HACKING.md says when.

set -eu

. "$(dirname "$0")/tap.sh"

srcdir=${srcdir:-$(dirname "$0")/..}
CC=${CC:-cc}
CXX=${CXX:-c++}
READELF=${READELF:-readelf}
AWK=${AWK:-awk}
LIBRARIES=${LIBRARIES:-.libs}
warnings='-Wall -Wextra -Wpedantic -Werror'
table=$srcdir/tests/abi/lp64.txt
work=$tap_folder

# compiler LANGUAGE: followed by options and input. CC may carry options of its own.
compiler() {
	case $1 in
	C11) echo "$CC -std=c11 ${CFLAGS:-} -x c" ;;
	C++17) echo "$CXX -std=c++17 -x c++" ;;
	esac
}

# run PROGRAM
run() {
	LD_LIBRARY_PATH=$LIBRARIES${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} ${EMULATOR:-} "$1"
}

headers=$(cd "$srcdir/include/zpci" && ls -- *.h)

# --- the table of types ----------------------------------------------------------------------

# Prints the lines of one header: its types by a program, its functions as they are declared.
table_of() {
	printf '#include <zpci/%s>\n' "$1" >"$work/one.c"
	$CC -std=c11 -E -I "$srcdir/include" "$work/one.c" |
		$AWK -v header="$1" -f "$srcdir/tests/headers.awk" >"$work/one"
	printf '\tputs("--- zpci/%s");\n' "$1"
	$AWK -F '\t' '
	$1 == "struct" { printf "\tSTRUCT(%s);\n", $2 }
	$1 == "field" { printf "\tFIELD(%s, %s, \"%s\");\n", $2, $3, $4 }
	$1 == "enum" { printf "\tENUM(%s);\n", $2 }
	$1 == "value" { printf "\tVALUE(%s);\n", $3 }
	$1 == "function" || $1 == "typedef" { printf "\tputs(\"%s %s\");\n", $1, $2 }' "$work/one"
	sed -n 's/^#define \(ZPCI_[A-Z0-9_]*\)[[:space:]]\{1,\}[^[:space:]].*/\tCONSTANT(\1);/p' \
		"$srcdir/include/zpci/$1"
}

program_of_table() {
	printf '#include <zpci/%s>\n' $headers
	cat <<-'END'
	#include <stddef.h>
	#include <stdio.h>
	#ifdef __cplusplus
	#define ALIGNOF alignof
	#else
	#define ALIGNOF _Alignof
	#endif
	#define STRUCT(name) printf("struct " #name ": %zu bytes, aligned to %zu\n", \
		sizeof(struct name), ALIGNOF(struct name))
	#define FIELD(type, name, declaration) printf("\t%4zu +%-4zu %s\n", \
		offsetof(struct type, name), sizeof(((struct type *)0)->name), declaration)
	#define ENUM(name) printf("enum " #name ": %zu bytes\n", sizeof(enum name))
	#define VALUE(name) printf("\t" #name " = %lld\n", (long long)name)
	#define CONSTANT(name) printf(#name " = 0x%llx\n", (unsigned long long)name)
	int main(void)
	{
	END
	for header in $headers; do
		table_of "$header"
	done
	echo '	return 0;'
	echo '}'
}

# print_table LANGUAGE
print_table() {
	$(compiler "$1") $warnings -I "$srcdir/include" "$work/table.c" ${LDFLAGS:-} \
		-o "$work/table" && run "$work/table" >"$work/printed"
}

program_of_table >"$work/table.c"

if [ "${1:-}" = --update ]; then
	print_table C11
	cp "$work/printed" "$table"
	exit
fi

# --- tools and libraries that are there --------------------------------------------------------

why_not_cxx=
if ! echo 'int main() {}' | $CXX -x c++ - -o "$work/try" 2>/dev/null; then
	why_not_cxx="no C++ compiler ($CXX)"
elif [ "$($CXX -dumpmachine | cut -d- -f1)" != "$($CC -dumpmachine | cut -d- -f1)" ]; then
	why_not_cxx="$CXX is for another machine than $CC"
fi
why_not_run=
if [ "${CROSS_COMPILING:-no}" = yes ] && [ -z "${EMULATOR:-}" ]; then
	why_not_run="the programs are another machine's; LOG_COMPILER names an emulator"
fi
why_not_table=
if ! echo | $CC -E -dM -x c - | grep -q '__LP64__ 1'; then
	why_not_table="no table for this data model, which is not LP64"
fi
# why_not LANGUAGE REASON...: prints the first reason that is not empty.
why_not() {
	[ "$1" = C11 ] || set -- "$@" "$why_not_cxx"
	shift
	for reason in "$@" "$why_not_run"; do
		[ -z "$reason" ] || {
			echo "$reason"
			return
		}
	done
}

for language in C11 C++17; do
	name="$language: types are as in tests/abi/$(basename "$table")"
	why=$(why_not $language "$why_not_table")
	if [ -n "$why" ]; then
		skip "$name" "$why"
		continue
	fi
	print_table $language || echo "no table was printed" >"$work/printed"
	same "$table" "$work/printed" "$name"
	cmp -s "$table" "$work/printed" ||
		echo "# the binary interface (-) has become another one (+); HACKING.md says what to do"
done

# --- every symbol ------------------------------------------------------------------------------

symbols=$(sed -n 's/^[[:space:]]*\(zpci_[a-z0-9_]*\);.*/\1/p' "$srcdir/zpci/libzpcifw.map")
count=$(echo "$symbols" | wc -l)

# Refers to each; prints how many there are.
{
	printf '#include <zpci/%s>\n' $headers
	echo '#include <stdio.h>'
	echo 'typedef void any(void);'
	echo 'static any *volatile symbols[] = {'
	printf '\t(any *)%s,\n' $symbols
	cat <<-'END'
	};
	int main(void)
	{
		unsigned found = 0;
		for (unsigned i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
			found += symbols[i] ? 1u : 0u;
		printf("%u %s\n", found, zpci_state_name(ZPCI_STATE_STANDBY));
		return zpci_model_find("probe") && zpci_profile_find("lpar") ? 0 : 1;
	}
	END
} >"$work/symbols.c"

# link_all LANGUAGE LIBRARY
link_all() {
	$(compiler "$1") $warnings -I "$srcdir/include" "$work/symbols.c" -x none "$2" \
		-Wl,--no-undefined -Wl,-z,now ${LDFLAGS:-} -pthread -o "$work/symbols"
}

for library in libzpcifw.so libzpcifw.a; do
	for language in C11 C++17; do
		name="$language: $count symbols of $library"
		why=
		[ -e "$LIBRARIES/$library" ] || why="no $library in $LIBRARIES"
		why=$(why_not $language "$why")
		if [ -n "$why" ]; then
			skip "$name" "$why"
		else
			is "$(link_all $language "$LIBRARIES/$library" && run "$work/symbols")" \
				"$count standby" "$name"
		fi
	done
done

# --- the version -------------------------------------------------------------------------------

# libtool's current:revision:age gives the soname current - age; the node bears the same number.
IFS=: read -r current revision age <<<"${LIBZPCIFW_VERSION:?}"
major=$((current - age))
shared=$LIBRARIES/libzpcifw.so
if [ -e "$shared" ]; then
	soname=$($READELF -d "$shared" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')
	[ "$soname" = "libzpcifw.so.$major" ] && [ -e "$shared.$major.$age.$revision" ] &&
		same=0 || same=1
	ok $same "soname $soname of version $LIBZPCIFW_VERSION" || ls "$shared"* | sed 's/^/# /'
	nodes=$($READELF -W --dyn-syms "$shared" |
		sed -n 's/.* \(zpci_[a-z0-9_]*\)@@*\([A-Z0-9_]*\)$/\2/p' | sort | uniq -c)
	is "$(echo $nodes)" "$count ZPCIFW_$major" "$(echo $nodes): symbols and their version node"
else
	skip "soname" "no shared library at $shared"
	skip "version node" "no shared library at $shared"
fi

done_testing
