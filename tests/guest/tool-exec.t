#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zpci run --exec: output and status of a command in a guest arrive as they are.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest

tool run --exec 'echo out; echo err >&2; exit 7'
is "$status" 7 "exit status"
is "$out" out "standard output of the command, and nothing else"
is "$err" err "standard error of the command, and nothing else"

# Every byte value, beginnings of the end record, and much of it.
limited "$zpci" run --exec '
	i=0
	while [ $i -lt 256 ]; do printf "\\$(printf %o $i)"; i=$((i + 1)); done
	printf "\033\033_zpci:\033_zpci\033\\"
	head -c 3000000 /dev/urandom >/tmp/r
	cat /tmp/r
	md5sum </tmp/r' >"$tap_folder/bytes" 2>"$tap_folder/err"
is $? 0 "bytes: exit status"
{
	for ((i = 0; i < 256; i++)); do
		# shellcheck disable=SC2059 # the format is made on purpose
		printf "\\$(printf %o "$i")"
	done
	printf '\033\033_zpci:\033_zpci\033\\'
} >"$tap_folder/expected"
size=$(stat -c %s "$tap_folder/expected")
head -c "$size" "$tap_folder/bytes" | cmp -s - "$tap_folder/expected"
ok $? "bytes: every value and parts of records"
sum=$(tail -c +$((size + 1)) "$tap_folder/bytes" | head -c 3000000 | md5sum)
is "$(tail -c "$(wc -c <<<"$sum")" "$tap_folder/bytes")" "$sum" "bytes: 3,000,000 random ones"
is "$(stat -c %s "$tap_folder/bytes")" $((size + 3000000 + $(wc -c <<<"$sum"))) "bytes: no more"

# shellcheck disable=SC2016 # variables of the guest's shell
tool run --smp 2 --append 'zpci.test=1' --memory 640M --exec '
	read -r line && echo "input: $line"
	nproc
	grep -o zpci.test=1 /proc/cmdline
	[ "$(sed -n "s/^MemTotal: *\([0-9]*\) kB/\1/p" /proc/meminfo)" -gt 550000 ] && echo memory
	kill -TERM $$'
is "$status" 143 "a command that a signal ended"
is "$out" $'2\nzpci.test=1\nmemory' "input is empty; --smp, --append and --memory arrive"

tool run --exec 'lspci -n' -- -device virtio-rng-pci
like "$out" '1af4:' "QEMU's options after --"
done_testing
