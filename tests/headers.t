#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Each public header compiles by itself, as C11 and as C++17, and twice in one file.
# CC and CXX name the compilers; without a C++ compiler that half is left out.

set -eu

. "$(dirname "$0")/tap.sh"

srcdir=${srcdir:-$(dirname "$0")/..}
CC=${CC:-cc}
CXX=${CXX:-c++}
warnings='-Wall -Wextra -Wpedantic -Wshadow -Werror'

# try LANGUAGE HEADER COMPILER OPTION...
try() {
	language=$1 header=$2
	shift 2
	status=0
	printf '#include <zpci/%s>\n#include <zpci/%s>\nextern int used;\n' "$header" "$header" |
		"$@" $warnings -I "$srcdir/include" -fsyntax-only -x "$language" - || status=1
	ok $status "$header as $language" || true
}

cxx=yes
if ! echo 'int main() {}' | $CXX -fsyntax-only -x c++ - 2>/dev/null; then
	echo "# no C++ compiler ($CXX): headers are tried as C only"
	cxx=no
fi

for path in "$srcdir"/include/zpci/*.h; do
	header=$(basename "$path")
	# CC may carry options of its own.
	try c "$header" $CC -std=c11
	if [ $cxx = yes ]; then
		try c++ "$header" $CXX -std=c++17
	fi
done
done_testing
