#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A guest whose kernel has no virtio console: what a command writes comes by the SCLP console, and
# is whole, also if a program of the command goes on in the guest. The kernel here has the driver
# built in, and is told not to start it.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest

"$zpci" run --timeout 200 --append initcall_blacklist=virtio_console_init --exec '
	[ ! -e /sys/class/virtio-ports ] || exit 99
	head -c 100000 /dev/urandom >/tmp/r
	md5sum </tmp/r >&2
	echo "the kernel says this" >/dev/kmsg
	cat /tmp/r
	sleep 1000 &
	printf "no end of line" >&2
	exit 7' >"$tap_folder/out" 2>"$tap_folder/err"
is $? 7 "status of the command"
is "$(stat -c %s "$tap_folder/out")" 100000 "standard output: no byte more or less"
sum=$(md5sum <"$tap_folder/out")
is "$(sed 1d "$tap_folder/err")" "$sum"$'\n'"no end of line" "both outputs are whole"
like "$(sed -n 1p "$tap_folder/err")" \
	"^zpci: the guest's kernel has no virtio console: .* SCLP console, which is slower" \
	"said so, once"
like "$(cat "$ZPCI_CONSOLE")" "the kernel says this" "messages of the kernel come as well"
done_testing
