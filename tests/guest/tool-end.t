#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The ways in which a guest or the tool ends. Each gives a message and an exit status of its own,
# and leaves no process and no file behind.

. "$(dirname "$0")/../tool/tap.sh"
requires_guest

# A word in QEMU's command line by which this test's processes are found.
word=zpci.test=$$.$RANDOM
export TMPDIR=$tap_folder/tmp
mkdir "$TMPDIR"

qemu_alive() {
	grep -sqa "$word" /proc/[0-9]*/cmdline --exclude-dir=self
}

# nothing_left NAME
nothing_left() {
	local pid left=
	for pid in /proc/[0-9]*; do
		[ "${pid##*/}" != $$ ] || continue
		! tr '\0' ' ' 2>/dev/null <"$pid/cmdline" | grep -q -- "-append $word" || left=$pid
	done
	is "$left" "" "$1: no process"
	is "$(ls -A "$TMPDIR")" "" "$1: no temporary file"
}

tool run --append "$word" --exec 'echo before; echo c >/proc/sysrq-trigger; sleep 1000'
is "$status" 125 "panic: status"
is "$out" before "panic: output up to it"
like "$err" 'the guest ended before the command did; QEMU exited with status 1' \
	"panic: QEMU's exit status"
like "$err" '\| .*Kernel panic - not syncing: sysrq' "panic: last lines of the console"
nothing_left panic

tool run --append "$word" --exec 'poweroff -f; sleep 1000'
is "$status" 125 "power off: status"
like "$err" 'the guest ended before the command did; QEMU exited with status 0' \
	"power off: message"
nothing_left "power off"

tool run --append "$word init=/nonexistent rdinit=/nonexistent" --exec true
is "$status" 125 "no init: status"
like "$err" 'the guest ended before the command started' "no init: message"
like "$err" '\| .*Kernel panic' "no init: last lines of the console"
nothing_left "no init"

tool run --append "$word" --exec true -- -device nonexistent
is "$status" 125 "QEMU that does not start: status"
like "$err" 'nonexistent' "QEMU that does not start: its message"
like "$err" 'QEMU exited with status 1' "QEMU that does not start: its exit status"
nothing_left "QEMU that does not start"

tool run --append "$word" --timeout 1 --exec 'sleep 1000'
is "$status" 124 "timeout: status"
like "$err" 'did not end in 1 seconds' "timeout: message"
nothing_left timeout

# The command says when it runs: then the tool is killed, in each way.
for signal in INT TERM HUP KILL; do
	mkfifo "$tap_folder/fifo"
	# A shell's background job ignores SIGINT; env undoes that.
	env --default-signal=INT "$zpci" run --timeout 600 --append "$word" --exec 'echo runs; sleep 1000' \
		>"$tap_folder/fifo" 2>/dev/null &
	pid=$!
	read -r line <"$tap_folder/fifo"
	is "$line" runs "SIG$signal: the command runs"
	kill -"$signal" "$pid"
	wait "$pid" 2>/dev/null
	is $? $((128 + $(kill -l "$signal"))) "SIG$signal: status"
	tries=0
	# After SIGKILL the kernel ends QEMU, and there is no process of ours to wait for.
	while [ "$signal" = KILL ] && qemu_alive && [ $((tries += 1)) -lt 100000 ]; do
		:
	done
	nothing_left "SIG$signal"
	rm "$tap_folder/fifo"
done
done_testing
