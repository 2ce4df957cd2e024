#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# doc/answers.md is the table of answers as tests/answers has it.
#
# EMULATOR is what runs programs of another machine, if CROSS_COMPILING is yes.
#
# With --update, in the build folder, it writes the page instead.

set -eu

. "$(dirname "$0")/tap.sh"

srcdir=${srcdir:-$(dirname "$0")/..}
page=$srcdir/doc/answers.md

if [ "${CROSS_COMPILING:-no}" = yes ] && [ -z "${EMULATOR:-}" ]; then
	skip_all "the programs are another machine's; LOG_COMPILER names an emulator"
fi

printed=$tap_folder/printed
${EMULATOR:-} tests/answers/answers.tap --list >"$printed"

if [ "${1:-}" = --update ]; then
	cat "$printed" >"$page"
	exit
fi
same "$page" "$printed" "doc/answers.md is the table of answers"
cmp -s "$page" "$printed" || echo "# 'bash $0 --update' in the build folder writes it again"
done_testing
