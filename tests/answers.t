#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# doc/answers.md is the table of answers as tests/answers has it.
#
# EMULATOR is what runs programs of another machine, if CROSS_COMPILING is yes.
#
# With --update, in the build folder, it writes the page instead.

set -eu

srcdir=${srcdir:-$(dirname "$0")/..}
page=$srcdir/doc/answers.md

if [ "${CROSS_COMPILING:-no}" = yes ] && [ -z "${EMULATOR:-}" ]; then
	echo "1..0 # SKIP the programs are another machine's; LOG_COMPILER names an emulator"
	exit
fi

printed=$(mktemp)
trap 'rm -f "$printed"' EXIT
${EMULATOR:-} tests/answers/answers.tap --list >"$printed"

if [ "${1:-}" = --update ]; then
	cat "$printed" >"$page"
elif diff -u "$page" "$printed" | sed 's/^/# /' && [ "${PIPESTATUS[0]}" = 0 ]; then
	echo "ok 1 - doc/answers.md is the table of answers"
	echo 1..1
else
	echo "not ok 1 - doc/answers.md is the table of answers"
	echo "# 'bash $0 --update' in the build folder writes it again"
	echo 1..1
fi
