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

# Nothing is held back until more comes.
mkfifo "$tap_folder/fifo"
"$zpci" run --timeout 200 --append initcall_blacklist=virtio_console_init \
	--exec 'echo before; sleep 1000' >"$tap_folder/fifo" 2>/dev/null </dev/null &
pid=$!
read -r -t 200 line <"$tap_folder/fifo"
is "$line" before "output comes while the command runs"
kill -TERM "$pid"
wait "$pid" 2>/dev/null

# As in a CI, where standard input often is a pipe.
echo input | "$zpci" run --timeout 200 --append initcall_blacklist=virtio_console_init --quiet \
	--exec 'cat; echo "cat: $?"' >"$tap_folder/out" 2>"$tap_folder/err"
is "${PIPESTATUS[1]} $(cat "$tap_folder/out")" "0 cat: 0" "standard input is empty"
like "$(cat "$tap_folder/err")" \
	"^zpci: in the guest: .* has no virtio console .* so standard input .* reads nothing$" \
	"standard input: why it is empty"
done_testing
