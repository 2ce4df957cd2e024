#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A real QEMU that is too old, of Debian 12 or 13, is refused in one sentence.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest
old=$tap_cache/qemu/too-old/qemu-system-s390x
[ -x "$old" ] || skip_all "no old QEMU; \`zpci-lab check' gets one"

version=$("$old" --version | sed -n 's/.* version \([0-9]*\.[0-9]*\).*/\1/p')
like "$version" '^(7|10)\.' "this is QEMU $version"
for command in run inspect; do
	tool "$command" --qemu "$old"
	is "$status" 125 "$command: status"
	like "$err" "is QEMU $version, but 11\.1 or newer is needed; .zpci lab qemu. gets" \
		"$command: what is missing and how to get it"
	is "$(wc -l <<<"$err")" 1 "$command: one sentence"
done
done_testing
