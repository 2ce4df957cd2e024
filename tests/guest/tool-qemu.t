#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Debian 12's real QEMU, which is too old, is refused in one sentence.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest
old=$tap_cache/qemu/debian12/qemu-system-s390x
[ -x "$old" ] || skip_all "no old QEMU; \`zpci-lab check' gets one"

like "$("$old" --version)" 'version 7\.2' "this is QEMU 7.2"
for command in run inspect; do
	tool "$command" --qemu "$old"
	is "$status" 125 "$command: status"
	like "$err" 'is QEMU 7\.2, but 11\.1 or newer is needed; .zpci-lab qemu. gets' \
		"$command: what is missing and how to get it"
	is "$(wc -l <<<"$err")" 1 "$command: one sentence"
done
done_testing
